"""The functions with the AWS services around them in moto."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from notificationd.domain.identity import Scope
from notificationd.runtime import aws as runtime_aws
from notificationd.runtime import logs, services
from tests.fakes import aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

type Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]

EVERYTHING = " ".join(Scope)
_QUEUE_ARN = f"arn:aws:sqs:{aws.REGION}:123456789012"
TOKEN_SECRET = "a token secret of at least 32 bytes, for tests"


@dataclass(frozen=True)
class Account:
    """What the functions find around them."""

    dynamodb: DynamoDBClient
    sqs: SQSClient
    queues: dict[str, str]

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Return what lies on a channel's queue."""
        answer = self.sqs.receive_message(
            QueueUrl=self.queues[channel], MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def items(self) -> list[dict[str, Any]]:
        """Return all there is in the table."""
        return list(self.dynamodb.scan(TableName=aws.TABLE)["Items"])


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with aws.table() as dynamodb:
        sqs = boto3.client("sqs", region_name=aws.REGION)
        queues = {
            channel: sqs.create_queue(QueueName=channel)["QueueUrl"]
            for channel in ("email", "sms", "in-app", "dead-letters")
        }
        boto3.client("ssm", region_name=aws.REGION).put_parameter(
            Name="/test/token-secret", Value=TOKEN_SECRET, Type="SecureString"
        )
        environment = {
            "AWS_DEFAULT_REGION": aws.REGION,
            "AWS_REGION": aws.REGION,
            "URL_SUFFIX": "amazonaws.com",
            "TABLE_NAME": aws.TABLE,
            "WORKER_SECONDS": "10",
            "LOG_LEVEL": "INFO",
            "SECRETS_PREFIX": "/test",
            "WEBSOCKET_ENDPOINT": "https://sockets.example.com/live",
            "EMAIL_QUEUE_URL": queues["email"],
            "SMS_QUEUE_URL": queues["sms"],
            "IN_APP_QUEUE_URL": queues["in-app"],
            "DEAD_LETTER_QUEUE_URL": queues["dead-letters"],
            "SCHEDULE_GROUP": "notificationd",
            "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/schedule",
            "EMAIL_QUEUE_ARN": f"{_QUEUE_ARN}:email",
            "SMS_QUEUE_ARN": f"{_QUEUE_ARN}:sms",
            "IN_APP_QUEUE_ARN": f"{_QUEUE_ARN}:in-app",
            "DEAD_LETTER_QUEUE_ARN": f"{_QUEUE_ARN}:dead-letters",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        forget()
        yield Account(dynamodb, sqs, queues)
        forget()


def forget() -> None:
    """Drop the clients and use cases that an earlier test has made."""
    for module in (services, runtime_aws, logs):
        for made in vars(module).values():
            if clear := getattr(made, "cache_clear", None):
                clear()
    # Powertools sets a logger up once, for the stdout of that moment; capsys has another.
    logging.Logger.manager.loggerDict.pop("notificationd", None)


def api_event(  # noqa: PLR0913 - what a request consists of
    route: str,
    *,
    body: Any = None,  # noqa: ANN401 - JSON
    raw: str | None = None,
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    caller: dict[str, str] | None = None,
    content_type: str | None = "application/json",
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Make an event of the HTTP API's, payload format 2.0."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "headers": ({} if content_type is None else {"content-type": content_type})
        | (headers or {}),
        "requestContext": {
            "authorizer": {"lambda": caller or {"kind": "api_key", "id": "k", "scopes": EVERYTHING}}
        },
        "isBase64Encoded": False,
    }
    if path:
        event["pathParameters"] = path
    if query:
        event["queryStringParameters"] = query
    if raw is not None or body is not None:
        event["body"] = raw if raw is not None else json.dumps(body)
    return event


def call(handler: Handler, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return a handler's status and body."""
    answer = handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])
