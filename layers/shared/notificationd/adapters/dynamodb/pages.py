"""Pages of a user's notifications: queries of one partition, never a scan, bounded in size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.adapters.dynamodb.client import table_errors, text
from notificationd.adapters.dynamodb.items import (
    NOTIFICATION,
    notification_key,
    read_record,
    user_partition,
)
from notificationd.domain.page import Page, PageRequest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.domain.record import Record

EXAMINED = 1_000
"""Records that a filter looks at before it answers with what it has, and a cursor."""
EXAMINED_AT_ONCE = 250
PAGE_CHARACTERS = 1_000_000
"""Of content in a page: with JSON's escapes it stays far below Lambda's answer of 6 MB."""


def read_page(client: DynamoDBClient, table: str, user: str, request: PageRequest) -> Page:
    """Return a user's records, newest first."""
    filtered = request.channel is not None or request.status is not None
    left = EXAMINED if filtered else request.limit + 1
    query = _query(table, user, request)
    found: list[Record] = []
    known = False
    size = 0
    position = request.after
    while left > 0:
        if position is not None:
            query["ExclusiveStartKey"] = notification_key(user, position)
        with table_errors():
            answer = client.query(**query, Limit=min(left, EXAMINED_AT_ONCE))
        left -= answer["ScannedCount"]
        known = known or answer["ScannedCount"] > 0
        for item in answer["Items"]:
            if len(found) == request.limit or size > PAGE_CHARACTERS:
                return Page(tuple(found), found[-1].notification.id, known)
            found.append(read_record(item))
            size += len(found[-1].notification.content)
        end = answer.get("LastEvaluatedKey")
        if not end:
            return Page(tuple(found), None, known)
        position = end["sk"]["S"].removeprefix(NOTIFICATION)
    return Page(tuple(found), position, known)


def _query(table: str, user: str, request: PageRequest) -> dict[str, Any]:
    conditions = {"channel": request.channel, "status": request.status}
    wanted = {name: value for name, value in conditions.items() if value is not None}
    query: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
        "ExpressionAttributeValues": {
            ":pk": user_partition(user),
            ":prefix": text(NOTIFICATION),
            **{f":{name}": text(value) for name, value in wanted.items()},
        },
        "ScanIndexForward": False,
    }
    if wanted:
        query["FilterExpression"] = " AND ".join(f"#{name} = :{name}" for name in wanted)
        query["ExpressionAttributeNames"] = {f"#{name}": name for name in wanted}
    return query
