"""A stack's table and dead-letter queue, in moto."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import boto3
import pytest
from moto import mock_aws

from local.notificationctl.target import Target
from notificationd.domain.notification import Channel

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient


class FakeTarget:
    """What the commands ask of a Target."""

    table = "table"
    token_secret = "/notificationd/token-secret"

    def __init__(self) -> None:
        session = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        )
        self._dynamodb = session.client("dynamodb")
        self._sqs = session.client("sqs")
        self._ssm = session.client("ssm")
        self._dynamodb.create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        self.dead_letter_queue = self._sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
        self.queues = {
            channel: self._sqs.create_queue(QueueName=channel)["QueueUrl"]
            for channel in (Channel.EMAIL, Channel.SMS)
        }

    def dynamodb(self) -> "DynamoDBClient":
        return self._dynamodb

    def ssm(self) -> "SSMClient":
        return self._ssm

    def sqs(self) -> "SQSClient":
        return self._sqs


@pytest.fixture
def target() -> Iterator[Target]:
    with mock_aws():
        yield cast("Target", FakeTarget())
