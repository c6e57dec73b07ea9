"""The notifications in the table. Each method is one call, but for filtered pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from notificationd.adapters.dynamodb.client import (
    is_failed_condition,
    number,
    read_text,
    table_errors,
    text,
    update_expression,
)
from notificationd.adapters.dynamodb.inserts import insert_all
from notificationd.adapters.dynamodb.items import (
    first_item,
    key_of,
    notification_attributes,
    notification_key,
    read_record,
    state_attributes,
)
from notificationd.adapters.dynamodb.pages import read_page
from notificationd.domain.errors import AlreadySettled, LeaseHeld, LeaseLost
from notificationd.domain.notification import Delivery
from notificationd.domain.record import Reason, Status, accepted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Item, Value
    from notificationd.domain.notification import Notification
    from notificationd.domain.page import Page, PageRequest
    from notificationd.domain.record import Lease, Record

_IS_OPEN = "#status IN (:pending, :scheduled)"
_OPEN_STATES = {":pending": text(Status.PENDING), ":scheduled": text(Status.SCHEDULED)}
_CLAIMABLE = (
    "attribute_not_exists(pk) OR "
    f"({_IS_OPEN} AND (attribute_not_exists(#lease_until) OR #lease_until <= :at))"
)
_MISSABLE = f"{_IS_OPEN} AND (attribute_not_exists(#lease_until) OR #lease_until <= :missed)"
_REOPENABLE = (
    f"attribute_not_exists(pk) OR {_IS_OPEN} OR "
    "(#status = :failed AND (#delivery <> :at_most_once OR #reason <> :outcome_unknown))"
)
_UNTOUCHED = (
    "#status = :before AND #attempt_count = :attempt_count AND attribute_not_exists(lease_id)"
)
_RELEASABLE = "attribute_not_exists(pk) OR #status IN (:scheduled, :status)"

_LEASE = ("lease_id", "lease_until", "claims")
_UNDER_WAY = (*_LEASE, "missed", "next_attempt")
"""What a record has only while it is pending."""


class DynamoNotifications:
    """Fulfils `domain.ports.Notifications`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def create(self, record: Record) -> None:
        """Store a first record, unless one is there: then the dispatcher was quicker."""
        with table_errors():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=first_item(record),
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise

    def create_all(self, records: Sequence[Record]) -> frozenset[str]:
        """Store first records, many at once, each unless it is there."""
        return insert_all(self._client, self._table, records)

    def claim(self, notification: Notification, lease: Lease, at: int) -> Record:
        """Take the right to send, in one conditional write that creates a missing record."""
        expression, names, values = _claim_expression(notification, lease)
        with table_errors():
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=key_of(notification),
                    UpdateExpression=expression,
                    ConditionExpression=_CLAIMABLE,
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={**values, **_OPEN_STATES, ":at": number(at)},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                item = _item_of(error)
                if read_text(item, "lease_id") != lease.id:
                    raise _refusal(item) from error
                # This very claim, whose first answer was lost on the way.
            else:
                item = answer["Attributes"]
        return read_record(item)

    def save(self, record: Record, lease_id: str) -> None:
        """Store what became of a claimed record, and end the lease."""
        self._conclude(record, remove=_LEASE, held={"lease_id": text(lease_id)})

    def reopen(self, notification: Notification, at: int) -> None:
        """Make a failed record pending again, in one conditional write that makes a missing one."""
        expression, names, values = _reopen_expression(notification, at)
        with table_errors():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=key_of(notification),
                    UpdateExpression=expression,
                    ConditionExpression=_REOPENABLE,
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={
                        **values,
                        **_OPEN_STATES,
                        ":failed": text(Status.FAILED),
                        ":at_most_once": text(Delivery.AT_MOST_ONCE),
                        ":outcome_unknown": text(Reason.OUTCOME_UNKNOWN),
                    },
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                raise AlreadySettled(Status(_item_of(error)["status"]["S"])) from error

    def miss(self, record: Record, at: int) -> None:
        """Take down that a record's message was looked for in vain, unless it is in hand by now."""
        expression, names, values = update_expression({"missed": number(at)})
        with table_errors():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=key_of(record.notification),
                    UpdateExpression=expression,
                    ConditionExpression=_MISSABLE,
                    ExpressionAttributeNames={
                        **names,
                        "#status": "status",
                        "#lease_until": "lease_until",
                    },
                    ExpressionAttributeValues={**values, **_OPEN_STATES},
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise

    def abandon(self, record: Record, missed_at: int) -> None:
        """Store what became of a record that was missed."""
        self._conclude(record, remove=_UNDER_WAY, held={"missed": number(missed_at)})

    def cancel(self, before: Record, after: Record) -> None:
        """Store what became of a record that is cancelled, if nobody has touched it since."""
        expression, names, values = update_expression(
            {"status": text(after.status), "updated": number(after.updated_at)},
            remove=("missed", "next_attempt"),
        )
        with table_errors():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=key_of(before.notification),
                    UpdateExpression=expression,
                    ConditionExpression=_UNTOUCHED,
                    ExpressionAttributeNames={**names, "#attempt_count": "attempt_count"},
                    ExpressionAttributeValues={
                        **values,
                        ":before": text(before.status),
                        ":attempt_count": number(before.attempt_count),
                    },
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                raise LeaseLost from error

    def release(self, notification: Notification) -> None:
        """Mark a scheduled in-app notification as sent, in a write that makes a missing record."""
        expression, names, values = _with_first_attempts(
            notification,
            {
                **notification_attributes(notification),
                "status": text(Status.SENT),
                "updated": number(notification.send_at or notification.created_at),
            },
        )
        with table_errors():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=key_of(notification),
                    UpdateExpression=f"{expression} REMOVE #missed",
                    ConditionExpression=_RELEASABLE,
                    ExpressionAttributeNames={**names, "#missed": "missed"},
                    ExpressionAttributeValues={**values, ":scheduled": text(Status.SCHEDULED)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                raise AlreadySettled(Status(_item_of(error)["status"]["S"])) from error

    def _conclude(
        self, record: Record, *, remove: tuple[str, ...], held: Mapping[str, Value]
    ) -> None:
        """Store what became of a record, unless somebody has taken it over.

        Args:
            held: the attribute that only this caller's record has.
        """
        ((name, value),) = held.items()
        expression, names, values = update_expression(state_attributes(record), remove=remove)
        with table_errors():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=key_of(record.notification),
                    UpdateExpression=expression,
                    ConditionExpression=f"#{name} = :held",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={**values, ":held": value},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                if not _is_stored(_item_of(error), record):
                    raise LeaseLost from error

    def get(self, user: str, notification_id: str) -> Record | None:
        """Return a record, or None. Reads what was written last."""
        with table_errors():
            answer = self._client.get_item(
                TableName=self._table,
                Key=notification_key(user, notification_id),
                ConsistentRead=True,
            )
        item = answer.get("Item")
        return read_record(item) if item else None

    def page(self, user: str, request: PageRequest) -> Page:
        """Return a user's records, newest first."""
        return read_page(self._client, self._table, user, request)


def _claim_expression(
    notification: Notification, lease: Lease
) -> tuple[str, dict[str, str], dict[str, Value]]:
    """Return an update that takes the lease and, where `send` died before it, makes the record.

    `claims` counts the claims since the last outcome was stored.
    """
    assign = {
        **notification_attributes(notification),
        "status": text(Status.PENDING),
        "lease_id": text(lease.id),
        "lease_until": number(lease.until),
    }
    expression, names, values = update_expression(assign)
    first = state_attributes(accepted(notification))
    for name in ("updated", "attempts", "attempt_count"):
        expression += f", #{name} = if_not_exists(#{name}, :{name})"
        names[f"#{name}"] = name
        values[f":{name}"] = first[name]
    expression += ", #claims = if_not_exists(#claims, :zero) + :one REMOVE #next_attempt, #missed"
    names |= {"#claims": "claims", "#next_attempt": "next_attempt", "#missed": "missed"}
    values |= {":zero": number(0), ":one": number(1)}
    return expression, names, values


def _reopen_expression(
    notification: Notification, at: int
) -> tuple[str, dict[str, str], dict[str, Value]]:
    """Return an update that starts a fresh round and keeps the history, or begins an empty one."""
    assign = {
        **notification_attributes(notification),
        "status": text(Status.PENDING),
        "updated": number(at),
    }
    expression, names, values = _with_first_attempts(notification, assign)
    expression += " REMOVE #reason, #next_attempt, #missed"
    names |= {"#reason": "reason", "#next_attempt": "next_attempt", "#missed": "missed"}
    return expression, names, values


def _with_first_attempts(
    notification: Notification, assign: Mapping[str, Value]
) -> tuple[str, dict[str, str], dict[str, Value]]:
    """Return an update that keeps the attempts there are, or begins with none."""
    expression, names, values = update_expression(assign)
    first = state_attributes(accepted(notification))
    for name in ("attempts", "attempt_count"):
        expression += f", #{name} = if_not_exists(#{name}, :{name})"
        names[f"#{name}"] = name
        values[f":{name}"] = first[name]
    return expression, names, values


def _item_of(error: ClientError) -> Item:
    """Return the item that a failed condition met. The stubs do not know that it is there."""
    item: Item = error.response.get("Item", {})  # type: ignore[assignment]
    return item


def _refusal(item: Item) -> AlreadySettled | LeaseHeld:
    record = read_record(item)
    if record.status is not Status.PENDING or record.lease is None:
        return AlreadySettled(record.status)
    return LeaseHeld(record.lease.until)


def _is_stored(item: Item, record: Record) -> bool:
    """Tell whether this very write is what the table holds: its first answer was lost."""
    if not item:
        return False
    return read_record(item) == record
