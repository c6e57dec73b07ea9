"""A table and queues as the template declares them, for tests against moto."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import boto3
from moto import mock_aws

from tests.fakes.moto_inserts import moto_inserts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "table"
REGION = "us-east-1"


@contextlib.contextmanager
def table() -> Iterator[DynamoDBClient]:
    """Give a client whose table is empty."""
    with mock_aws(), moto_inserts():
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName=TABLE,
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
        yield client
