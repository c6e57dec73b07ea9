"""The users' inboxes in the table: marks on the records, and progress beside the contact points.

Both change in one transaction, on the condition that the progress is still the one that was looked
at: whoever is slower looks again. So every change has a revision of its own, and the marks of a
revision are never seen without its progress.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from notificationd.adapters.dynamodb.client import (
    error_code,
    is_failed_condition,
    number,
    read_number,
    read_text,
    table_errors,
    text,
    update_expression,
)
from notificationd.adapters.dynamodb.inbox_pages import (
    LOWEST,
    NEXT,
    inbox_query,
    read_inbox_page,
    read_unmarked,
)
from notificationd.adapters.dynamodb.items import (
    NOTIFICATION,
    notification_key,
    profile_key,
    read_marks,
)
from notificationd.domain.errors import InboxChanged
from notificationd.domain.marks import Progress
from notificationd.domain.notification import Channel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Item, Value
    from notificationd.domain.inbox import InboxPage, InboxRequest, Unmarked
    from notificationd.domain.marks import Marks

_CONFLICTS = {
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_REASONS = {"None", "ConditionalCheckFailed", "TransactionConflict"}
"""Why a transaction was cancelled if it was for somebody else's sake."""


class DynamoInboxes:
    """Fulfils `domain.ports.Inboxes`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def look(self, user: str, ids: Collection[str] = ()) -> tuple[Progress, dict[str, Marks]]:
        """Return how far a user has read, and what is marked on some notifications."""
        if not ids:
            with table_errors():
                answer = self._client.get_item(
                    TableName=self._table, Key=profile_key(user), ConsistentRead=True
                )
            return _read_progress(answer.get("Item", {})), {}
        keys = [profile_key(user), *(notification_key(user, each) for each in ids)]
        with table_errors():
            try:
                found = self._client.transact_get_items(
                    TransactItems=[{"Get": {"TableName": self._table, "Key": key}} for key in keys]
                )
            except ClientError as error:
                _raise_conflict(error)
                raise
        profile, *records = (entry.get("Item", {}) for entry in found["Responses"])
        marks = {
            record["sk"]["S"].removeprefix(NOTIFICATION): read_marks(record)
            for record in records
            if read_text(record, "channel") == Channel.IN_APP
        }
        return _read_progress(profile), marks

    def replace(
        self, user: str, before: Progress, after: Progress, marks: Mapping[str, Marks]
    ) -> None:
        """Store a change in one go, or nothing of it. Without marks it is a single write."""
        key = profile_key(user)
        progress = {"TableName": self._table, "Key": key, **_progress_update(before, after)}
        with table_errors():
            try:
                if marks:
                    updates: list[Any] = [progress]
                    for notification_id, each in marks.items():
                        key = notification_key(user, notification_id)
                        updates.append({"TableName": self._table, "Key": key, **_mark_update(each)})
                    self._client.transact_write_items(
                        TransactItems=[{"Update": update} for update in updates]
                    )
                else:
                    self._client.update_item(**progress)
            except ClientError as error:
                _raise_conflict(error)
                raise

    def page(self, user: str, request: InboxRequest, progress: Progress, at: int) -> InboxPage:
        """Return some of what is in a user's inbox, newest first."""
        query = inbox_query(self._table, user, request.since or LOWEST, at)
        return read_inbox_page(self._client, query, request, progress)

    def unmarked(self, user: str, above: str, limit: int, at: int) -> Unmarked:
        """Return what is in a user's inbox above an id and is not marked as read."""
        query = inbox_query(self._table, user, above + NEXT, at)
        return read_unmarked(self._client, query, limit)


def _read_progress(item: Item) -> Progress:
    return Progress(
        revision=read_number(item, "revision") or 0,
        said_up_to=read_text(item, "said_up_to") or "",
        read_up_to=read_text(item, "read_up_to") or "",
        unread=frozenset(item.get("unread", {}).get("SS", ())),
        shelved=frozenset(item.get("shelved", {}).get("SS", ())),
    )


def _progress_update(before: Progress, after: Progress) -> dict[str, Any]:
    """Return the update, without its key, that puts one progress in the place of another."""
    known = {"revision": _revision(before), "read_up_to": _text(before.read_up_to)}
    condition = " AND ".join(
        f"#{name} = :before_{name}" if value else f"attribute_not_exists(#{name})"
        for name, value in known.items()
    )
    update = _update(
        {
            "revision": _revision(after),
            "said_up_to": _text(after.said_up_to),
            "read_up_to": _text(after.read_up_to),
            "unread": _ids(after.unread),
            "shelved": _ids(after.shelved),
        },
        condition,
    )
    update["ExpressionAttributeValues"] |= {
        f":before_{name}": value for name, value in known.items() if value
    }
    return update


def _mark_update(marks: Marks) -> dict[str, Any]:
    """Return the update of a notification, without its key. None comes to life by it."""
    moments = {
        "read_at": marks.read_at,
        "seen_at": marks.seen_at,
        "archived_at": marks.archived_at,
    }
    return _update(
        {name: None if at is None else number(at) for name, at in moments.items()},
        "attribute_exists(pk)",
    )


def _update(values: Mapping[str, Value | None], condition: str) -> dict[str, Any]:
    """Return an update that sets what has a value and removes what has none."""
    given = {name: value for name, value in values.items() if value is not None}
    missing = tuple(name for name in values if name not in given)
    expression, names, filled = update_expression(given, missing)
    update: dict[str, Any] = {
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
    }
    if filled:  # the table takes no empty ones
        update["ExpressionAttributeValues"] = filled
    return update


def _revision(progress: Progress) -> Value | None:
    return number(progress.revision) if progress.revision else None


def _text(value: str) -> Value | None:
    return text(value) if value else None


def _ids(ids: Collection[str]) -> Value | None:
    return {"SS": sorted(ids)} if ids else None


def _raise_conflict(error: ClientError) -> None:
    """Raise InboxChanged if somebody else was quicker, or is at it. A throttle is no such thing."""
    code = error_code(error)
    reasons = {str(reason.get("Code")) for reason in error.response.get("CancellationReasons", ())}
    if is_failed_condition(error) or (code in _CONFLICTS and reasons <= _REASONS):
        raise InboxChanged from error
