"""The emulator's streams have what ours add to them: see local/emulator.py."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from local import programs
from local.processes import Process
from local.stack import settings_beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.settings import Settings

TABLE = "table-with-a-stream"
STOP_SECONDS = 30.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(settings_beside("streams"), state=tmp_path, keeps_state=True)


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    program = programs.emulator(settings)
    process = Process(program, settings.logs / "emulator.log", settings.records)
    try:
        programs.wait_until_ready(process, settings.health_urls["emulator"])
        yield
    finally:
        process.stop(STOP_SECONDS)


def client(settings: Settings, name: str) -> Any:  # noqa: ANN401 - any client of the SDK's
    return boto3.client(  # type: ignore[call-overload]
        name,
        endpoint_url=settings.aws_endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def make_table(settings: Settings) -> None:
    client(settings, "dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def insert(settings: Settings, key: str) -> str | None:
    """Insert an item by a statement and return the code of its error."""
    statement = {
        "Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': ?, 'n': ?}}",
        "Parameters": [{"S": key}, {"N": "1"}],
    }
    answer = client(settings, "dynamodb").batch_execute_statement(Statements=[statement])
    (response,) = answer["Responses"]
    code: str | None = response.get("Error", {}).get("Code")
    return code


def changes(settings: Settings) -> list[tuple[str, str]]:
    """Return the names and keys of all that is on the stream."""
    table = client(settings, "dynamodb").describe_table(TableName=TABLE)["Table"]
    streams = client(settings, "dynamodbstreams")
    arn = table["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    found = streams.get_records(ShardIterator=iterator)["Records"]
    return [(each["eventName"], each["dynamodb"]["NewImage"]["pk"]["S"]) for each in found]


def test_what_a_statement_inserts_is_told_of_once(settings: Settings) -> None:
    with running(settings):
        make_table(settings)

        first, second = insert(settings, "a"), insert(settings, "a")

        assert (first, second) == (None, "DuplicateItem")
        assert changes(settings) == [("INSERT", "a")]


def test_a_stream_outlives_a_restart(settings: Settings) -> None:
    with running(settings):
        make_table(settings)
        client(settings, "dynamodb").put_item(TableName=TABLE, Item={"pk": {"S": "a"}})
        insert(settings, "b")
        before = changes(settings)

    with running(settings):
        insert(settings, "c")

        assert before == [("INSERT", "a"), ("INSERT", "b")]
        assert changes(settings) == [*before, ("INSERT", "c")]
