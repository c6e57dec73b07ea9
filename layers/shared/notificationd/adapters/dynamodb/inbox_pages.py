"""Reading through an inbox: queries of one partition, which see all that was written before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.adapters.dynamodb.client import number, table_errors, text
from notificationd.adapters.dynamodb.items import NOTIFICATION, read_record, user_partition
from notificationd.domain.ids import last_id
from notificationd.domain.inbox import InboxPage, InboxRequest, Unmarked
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Item
    from notificationd.domain.marks import Progress
    from notificationd.domain.record import Record

EXAMINED = 1_000
"""Records that a page looks at before it is given with what it has, and where to go on."""
EXAMINED_AT_ONCE = 250
LOWEST = ""
"""Smaller than any id."""
NEXT = "!"
"""Behind an id: greater than it, and smaller than every other one that is."""
_AHEAD_MS = 60_000
"""How far the clock may be ahead that an id was made by."""
_IN_THE_INBOX = (
    "#channel = :channel AND (#status = :sent OR (#status = :scheduled AND send_at <= :at))"
)


def read_inbox_page(
    client: DynamoDBClient, query: dict[str, Any], request: InboxRequest, progress: Progress
) -> InboxPage:
    """Return some of a user's in-app notifications, newest first.

    Args:
        query: from `inbox_query`.
    """
    query["ScanIndexForward"] = False
    if request.after is not None:
        partition = query["ExpressionAttributeValues"][":pk"]
        query["ExclusiveStartKey"] = {"pk": partition, "sk": text(NOTIFICATION + request.after)}
    found: list[Record] = []
    left, step = EXAMINED, request.limit + 1
    characters = 0
    while True:
        with table_errors():
            answer = client.query(**query, Limit=min(left, step, EXAMINED_AT_ONCE))
        left -= answer["ScannedCount"]
        step *= 4  # what is between them may be much: email and SMS are in the same partition
        for record in map(read_record, answer["Items"]):
            if not request.wants(record, progress):
                continue
            if len(found) == request.limit or characters > request.characters:
                return InboxPage(tuple(found), found[-1].notification.id)
            found.append(record)
            characters += len(record.notification.content)
        end = answer.get("LastEvaluatedKey")
        if not end:
            return InboxPage(tuple(found), None)
        if left <= 0:
            return InboxPage(tuple(found), _id_of(end))
        query["ExclusiveStartKey"] = end


def read_unmarked(client: DynamoDBClient, query: dict[str, Any], limit: int) -> Unmarked:
    """Return the in-app notifications that are not marked as read.

    Args:
        query: from `inbox_query`.
    """
    query["FilterExpression"] += " AND attribute_not_exists(read_at)"
    query["ProjectionExpression"] = "sk, archived_at"
    ids: list[str] = []
    archived: list[str] = []
    examined = 0
    for answer in _pages(client, query):
        examined += answer["ScannedCount"]
        for item in answer["Items"]:
            (archived if "archived_at" in item else ids).append(_id_of(item))
        if len(ids) >= limit:
            break
    return Unmarked(tuple(ids), tuple(archived), examined)


def _pages(client: DynamoDBClient, query: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a query's answers, each of at most 1 MB."""
    start: dict[str, Any] = {}
    while True:
        with table_errors():
            answer = client.query(**{**query, **start})
        yield answer
        end = answer.get("LastEvaluatedKey")
        if not end:
            return
        start = {"ExclusiveStartKey": end}


def inbox_query(table: str, user: str, lowest: str, at: int) -> dict[str, Any]:
    """Return the query of what is in a user's inbox at a moment.

    Args:
        lowest: the smallest id, or LOWEST.
        at: milliseconds since the epoch. What is scheduled for later is not in the inbox yet.
    """
    return {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :lowest AND :highest",
        "FilterExpression": _IN_THE_INBOX,
        "ExpressionAttributeNames": {"#channel": "channel", "#status": "status"},
        "ExpressionAttributeValues": {
            ":pk": user_partition(user),
            ":lowest": text(NOTIFICATION + lowest),
            ":highest": text(NOTIFICATION + last_id(at + _AHEAD_MS)),
            ":channel": text(Channel.IN_APP),
            ":sent": text(Status.SENT),
            ":scheduled": text(Status.SCHEDULED),
            ":at": number(at),
        },
        "ConsistentRead": True,
    }


def _id_of(item: Item | Mapping[str, Any]) -> str:
    sort_key: str = item["sk"]["S"]
    return sort_key.removeprefix(NOTIFICATION)
