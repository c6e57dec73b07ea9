"""The watch list in the table: one partition, sorted by when an entry is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notificationd.adapters.dynamodb.client import number, table_errors, text
from notificationd.domain.watch import Key, WatchEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Item, Value

WATCH = "WATCH"
KEPT_SECONDS = 30 * 24 * 60 * 60
"""After an entry was due. Nobody who reconciles at all lets one lie for so long."""
_DUE_DIGITS = 13
"""Of milliseconds since the epoch until the year 2286: they sort as text."""


class DynamoWatchList:
    """Fulfils `domain.ports.WatchList`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, entry: WatchEntry) -> None:
        """Store an entry, in place of one of the same time and name."""
        keys: Value = {"L": [{"L": [text(key.user), text(key.id)]} for key in entry.keys]}
        expires_at = number(entry.due // 1000 + KEPT_SECONDS)
        with table_errors():
            self._client.put_item(
                TableName=self._table,
                Item={**_key(entry), "keys": keys, "expires_at": expires_at},
            )

    def due(self, at: int, limit: int) -> Sequence[WatchEntry]:
        """Return the entries that are due at a moment, the oldest first. One call."""
        with table_errors():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk < :next",
                ExpressionAttributeValues={":pk": text(WATCH), ":next": text(_moment(at + 1))},
                Limit=limit,
                ConsistentRead=True,  # what the call before has removed must not come again
            )
        return [_read(item) for item in answer["Items"]]

    def remove(self, entry: WatchEntry) -> None:
        """Delete an entry; one that is gone already is no error."""
        with table_errors():
            self._client.delete_item(TableName=self._table, Key=_key(entry))


def _key(entry: WatchEntry) -> dict[str, Value]:
    return {"pk": text(WATCH), "sk": text(f"{_moment(entry.due)}#{entry.name}")}


def _moment(at: int) -> str:
    return f"{at:0{_DUE_DIGITS}d}"


def _read(item: Item) -> WatchEntry:
    due, _, name = item["sk"]["S"].partition("#")
    pairs = (pair["L"] for pair in item["keys"]["L"])
    keys = tuple(Key(user["S"], notification_id["S"]) for user, notification_id in pairs)
    return WatchEntry(due=int(due), name=name, keys=keys)
