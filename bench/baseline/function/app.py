"""The usual way to write `POST /notifications`, to measure ours beside.

What the documentation of Powertools, boto3 and SAM shows: a resolver that validates, a logger,
metrics, and a client for each service, made when the module is imported.
"""

from typing import Any, Literal
from uuid import uuid4

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

app = APIGatewayHttpResolver(enable_validation=True)
logger = Logger(service="baseline")
metrics = Metrics(namespace="baseline", service="baseline")
dynamodb = boto3.client("dynamodb")
sqs = boto3.client("sqs")


class Notification(BaseModel):
    """What a caller asks for."""

    user_id: int | str
    notification_type: Literal["email", "sms"]
    content: str
    to: str


class Receipt(BaseModel):
    """What a caller is told."""

    message: str
    id: str


@app.post("/notifications")
def post_notification(body: Notification) -> Response[Receipt]:
    """Put a notification onto the queue and into the table."""
    notification_id = str(uuid4())
    sqs.send_message(QueueUrl="https://sqs.example.com/1/email", MessageBody=body.model_dump_json())
    item = {
        "pk": {"S": f"USER#{body.user_id}"},
        "sk": {"S": f"NOTIFICATION#{notification_id}"},
        "content": {"S": body.content},
        "status": {"S": "pending"},
    }
    dynamodb.put_item(TableName="table", Item=item, ConditionExpression="attribute_not_exists(pk)")
    metrics.add_metric(name="Accepted", unit=MetricUnit.Count, value=1)
    receipt = Receipt(message="Notification queued", id=notification_id)
    return Response(status_code=201, content_type="application/json", body=receipt)


@logger.inject_lambda_context
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an event of the HTTP API's."""
    return app.resolve(event, context)
