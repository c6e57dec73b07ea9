"""The meter itself: what DynamoDB, SQS and API Gateway bill for calls of known sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from bench import sizes
from bench.billing import Bill, Meter, units
from tests.fakes import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

KB = 1024
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


@pytest.fixture
def meter() -> Iterator[tuple[DynamoDBClient, Meter]]:
    with aws.table() as unmetered:
        made = Meter(unmetered)
        client = boto3.client("dynamodb", region_name=aws.REGION)
        made.connect(client)
        yield client, made


def put(client: DynamoDBClient, size: int, sk: str = "b") -> None:
    """Store an item of exactly so many bytes."""
    item: dict[str, Any] = {"pk": {"S": "a"}, "sk": {"S": sk}, "x": {"S": ""}}
    item["x"]["S"] = "y" * (size - sizes.item(item))
    client.put_item(TableName=aws.TABLE, Item=item)


@pytest.mark.parametrize(("size", "expected"), [(20, 1), (KB, 1), (KB + 1, 2), (10 * KB, 10)])
def test_a_write_costs_a_unit_for_each_kilobyte(
    meter: tuple[DynamoDBClient, Meter], size: int, expected: int
) -> None:
    client, made = meter
    put(client, size)

    assert made.bill == Bill(write_units=expected)


def test_making_an_item_smaller_costs_what_it_was(meter: tuple[DynamoDBClient, Meter]) -> None:
    client, made = meter
    put(client, 3 * KB)
    made.reset()
    client.delete_item(TableName=aws.TABLE, Key=KEY)

    assert made.bill == Bill(write_units=3)


def test_a_write_that_fails_its_condition_is_billed(meter: tuple[DynamoDBClient, Meter]) -> None:
    client, made = meter
    put(client, 2 * KB)
    made.reset()
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(
            TableName=aws.TABLE, Item=KEY, ConditionExpression="attribute_not_exists(pk)"
        )

    assert made.bill == Bill(write_units=2)


@pytest.mark.parametrize(("consistent", "expected"), [(True, 2), (False, 1)])
def test_a_read_costs_a_unit_for_four_kilobytes_and_half_of_it_if_it_may_be_stale(
    meter: tuple[DynamoDBClient, Meter], *, consistent: bool, expected: float
) -> None:
    client, made = meter
    put(client, 5 * KB)
    made.reset()
    client.get_item(TableName=aws.TABLE, Key=KEY, ConsistentRead=consistent)

    assert made.bill == Bill(read_units=expected)


def test_a_query_is_billed_for_what_it_examines_and_rounded_once(
    meter: tuple[DynamoDBClient, Meter],
) -> None:
    client, made = meter
    for number in range(4):
        put(client, 2 * KB, f"b{number}")
    made.reset()
    answer = client.query(
        TableName=aws.TABLE,
        KeyConditionExpression="pk = :pk",
        FilterExpression="sk = :none",
        ExpressionAttributeValues={":pk": {"S": "a"}, ":none": {"S": "none"}},
        ConsistentRead=True,
    )

    assert answer["Items"] == []
    assert made.bill == Bill(read_units=2)


def test_a_transaction_costs_double(meter: tuple[DynamoDBClient, Meter]) -> None:
    client, made = meter
    put(client, 20)
    made.reset()
    client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": aws.TABLE, "Item": {**KEY, "sk": {"S": f"c{number}"}}}}
            for number in range(3)
        ]
    )
    client.transact_get_items(TransactItems=[{"Get": {"TableName": aws.TABLE, "Key": KEY}}])

    assert made.bill == Bill(write_units=6, read_units=2)


@pytest.mark.parametrize(("size", "expected"), [(0, 1), (64 * KB, 1), (64 * KB + 1, 2)])
def test_nothing_takes_a_unit_and_a_byte_more_takes_another(size: int, expected: int) -> None:
    assert units(size, 64) == expected


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ({"S": "é"}, 2),
        ({"N": "1800000000000"}, 2),
        ({"N": "-12345"}, 5),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"L": [{"S": "a"}, {"N": "1"}]}, 3 + 2 + 3),
        ({"M": {"ab": {"S": "c"}}}, 3 + 1 + 3),
    ],
)
def test_a_value_has_the_size_that_dynamodb_takes_it_to_have(
    attribute: dict[str, Any], expected: int
) -> None:
    assert sizes.value(attribute) == expected
