"""The books in the table: one partition, sorted by day, shard and number.

A sheet is written as a whole: its counts, and up to which change they are, are never apart.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from notificationd.adapters.dynamodb.client import (
    is_failed_condition,
    number,
    table_errors,
    text,
)
from notificationd.domain.accounting import DAY_MS, HOUR_MS, Cell, Sheet
from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Item, Value

SHEETS = "SHEETS"
KEPT_SECONDS = 401 * 24 * 60 * 60
"""A day longer than they can be asked for."""
_FIRST = "attribute_not_exists(pk)"
_NEXT = "#last = :known"


class DynamoSheets:
    """Fulfils `domain.ports.Sheets`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def newest(self, shard: str, day: int) -> Sheet | None:
        """Return the sheet with the highest number of a shard and day. One call."""
        with table_errors():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :sheets)",
                ExpressionAttributeValues={
                    ":pk": text(SHEETS),
                    ":sheets": text(f"{_day(day)}#{shard}#"),
                },
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,  # what was counted a moment ago must not be counted again
            )
        return next(map(_read, answer["Items"]), None)

    def put(self, before: Sheet | None, after: Sheet) -> None:
        """Store a sheet, if `before` is still the newest one as it was. One call."""
        condition: dict[str, Any] = {"ConditionExpression": _FIRST}
        if before is not None and before.number == after.number:
            condition = {
                "ConditionExpression": _NEXT,
                "ExpressionAttributeNames": {"#last": "last"},
                "ExpressionAttributeValues": {":known": text(str(before.last))},
            }
        with table_errors():
            try:
                self._client.put_item(TableName=self._table, Item=_write(after), **condition)
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                message = "somebody else has counted meanwhile"
                raise Unavailable(message) from error

    def since(self, day: int) -> Iterator[Sheet]:
        """Yield all sheets of a day and of every later one. A call for each megabyte."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk >= :day",
            ExpressionAttributeValues={":pk": text(SHEETS), ":day": text(_day(day))},
        )
        with table_errors():
            for page in pages:
                yield from map(_read, page["Items"])


def _write(sheet: Sheet) -> dict[str, Value]:
    hours: dict[str, dict[str, dict[str, Value]]] = {}
    for cell, count in sheet.counts.items():
        channels = hours.setdefault(_hour(cell.hour), {})
        channels.setdefault(cell.channel, {})[cell.status] = number(count)
    return {
        "pk": text(SHEETS),
        "sk": text(f"{_day(sheet.day)}#{sheet.shard}#{sheet.number:04}"),
        # As text: a number of the stream's may have more digits than one of the table's.
        "last": text(str(sheet.last)),
        "at": number(sheet.at),
        "hours": {
            "M": {
                hour: {"M": {channel: {"M": row} for channel, row in channels.items()}}
                for hour, channels in hours.items()
            }
        },
        "expires_at": number(sheet.day * DAY_MS // 1000 + KEPT_SECONDS),
    }


def _read(item: Item) -> Sheet:
    day, shard, sheet = item["sk"]["S"].split("#")
    return Sheet(
        day=_milliseconds(day) // DAY_MS,
        shard=shard,
        number=int(sheet),
        last=int(item["last"]["S"]),
        at=int(item["at"]["N"]),
        counts=_read_counts(item["hours"]["M"]),
    )


def _read_counts(hours: Mapping[str, Any]) -> dict[Cell, int]:
    return {
        Cell(_milliseconds(hour) // HOUR_MS, Channel(channel), Status(status)): int(count["N"])
        for hour, channels in hours.items()
        for channel, row in channels["M"].items()
        for status, count in row["M"].items()
    }


def _day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_MS // 1000, UTC).strftime("%Y-%m-%d")


def _hour(hour: int) -> str:
    return datetime.fromtimestamp(hour * HOUR_MS // 1000, UTC).strftime("%Y-%m-%dT%H")


def _milliseconds(time: str) -> int:
    return int(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp()) * 1000
