"""Records as items of the table, and back.

pk                    sk                      what
USER#<user id>        NOTIFICATION#<uuid7>    a notification
USER#<user id>        CONNECTION#<id>         a live socket
USER#<user id>        PROFILE                 contact points, and how far the inbox is read
USER#<user id>        LIMIT#<channel>         how many more the user may be sent
LIMIT#<key id>        -                       how many more an API key may send
WATCH                 <due>#<name>            notifications that are still open
TEMPLATE#<name>       CURRENT                 which version of a template is the newest
TEMPLATE#<name>       VERSION#<number>        a template as it was stored
TEMPLATES             <name>                  the same template, for listing
APIKEY#<sha256>       -                       an API key
APIKEYS               <key id>                the same key, for listing
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notificationd.adapters.dynamodb.client import number, read_number, read_text, text
from notificationd.domain.marks import Marks
from notificationd.domain.notification import Channel, Delivery, Notification, user_key
from notificationd.domain.record import Attempt, Lease, Outcome, Reason, Record, Status

if TYPE_CHECKING:
    from notificationd.adapters.dynamodb.client import Item, Value

USER = "USER#"
NOTIFICATION = "NOTIFICATION#"
CONNECTION = "CONNECTION#"
PROFILE = "PROFILE"


def user_partition(user: str) -> Value:
    """Return the key of a user's partition: all of one user lies in one."""
    return text(USER + user)


def notification_key(user: str, notification_id: str) -> dict[str, Value]:
    """Return a notification's key."""
    return {"pk": user_partition(user), "sk": text(NOTIFICATION + notification_id)}


def profile_key(user: str) -> dict[str, Value]:
    """Return the key of what is known of a user."""
    return {"pk": user_partition(user), "sk": text(PROFILE)}


def key_of(notification: Notification) -> dict[str, Value]:
    """Return a notification's key."""
    return notification_key(user_key(notification.user_id), notification.id)


def notification_attributes(notification: Notification) -> dict[str, Value]:
    """Return the attributes that never change, without the key."""
    attributes = {
        # As JSON, since 4 and "4" come back as they were given; a number would lose digits.
        "user": text(json.dumps(notification.user_id, ensure_ascii=False)),
        "channel": text(notification.channel),
        "content": text(notification.content),
        "created": number(notification.created_at),
        "delivery": text(notification.delivery),
    }
    if notification.subject is not None:
        attributes["subject"] = text(notification.subject)
    if notification.to is not None:
        attributes["to"] = text(notification.to)
    if notification.send_at is not None:
        attributes["send_at"] = number(notification.send_at)
    if notification.expires_at is not None:  # `expires_at` is the table's own: it deletes
        attributes["send_before"] = number(notification.expires_at)
    if notification.data is not None:
        attributes["data"] = text(json.dumps(notification.data, ensure_ascii=False))
    return attributes


def first_item(record: Record) -> dict[str, Value]:
    """Return the item of a record that is stored for the first time."""
    return {
        **key_of(record.notification),
        **notification_attributes(record.notification),
        **state_attributes(record),
    }


def state_attributes(record: Record) -> dict[str, Value]:
    """Return the attributes that change, without the lease; what is not set is left out."""
    attributes: dict[str, Value] = {
        "status": text(record.status),
        "updated": number(record.updated_at),
        "attempt_count": number(record.attempt_count),
        "attempts": {"L": [{"M": _write_attempt(attempt)} for attempt in record.attempts]},
    }
    if record.reason is not None:
        attributes["reason"] = text(record.reason)
    if record.next_attempt_at is not None:
        attributes["next_attempt"] = number(record.next_attempt_at)
    return attributes


def read_record(item: Item) -> Record:
    """Return the record that an item holds."""
    return Record(
        notification=_read_notification(item),
        status=Status(item["status"]["S"]),
        updated_at=int(item["updated"]["N"]),
        attempts=tuple(_read_attempt(entry["M"]) for entry in item["attempts"]["L"]),
        attempt_count=int(item["attempt_count"]["N"]),
        reason=_optional(Reason, read_text(item, "reason")),
        next_attempt_at=read_number(item, "next_attempt"),
        lease=_read_lease(item),
        missed_at=read_number(item, "missed"),
        marks=read_marks(item),
    )


def read_marks(item: Item) -> Marks:
    """Return what is marked on a notification."""
    return Marks(
        read_at=read_number(item, "read_at"),
        seen_at=read_number(item, "seen_at"),
        archived_at=read_number(item, "archived_at"),
    )


def _read_lease(item: Item) -> Lease | None:
    lease_id = read_text(item, "lease_id")
    if lease_id is None:
        return None
    return Lease(lease_id, int(item["lease_until"]["N"]), int(item["claims"]["N"]))


def _read_notification(item: Item) -> Notification:
    data = read_text(item, "data")
    return Notification(
        id=item["sk"]["S"].removeprefix(NOTIFICATION),
        user_id=json.loads(item["user"]["S"]),
        channel=Channel(item["channel"]["S"]),
        content=item["content"]["S"],
        created_at=int(item["created"]["N"]),
        subject=read_text(item, "subject"),
        to=read_text(item, "to"),
        data=None if data is None else json.loads(data),
        delivery=Delivery(item["delivery"]["S"]),
        send_at=read_number(item, "send_at"),
        expires_at=read_number(item, "send_before"),
    )


def _write_attempt(attempt: Attempt) -> dict[str, Value]:
    texts = {
        "provider": attempt.provider,
        "outcome": attempt.outcome,
        "code": attempt.code,
        "text": attempt.text,
        "message_id": attempt.message_id,
    }
    written = {name: text(value) for name, value in texts.items() if value is not None}
    return {"at": number(attempt.at), **written}


def _read_attempt(entry: Item) -> Attempt:
    return Attempt(
        at=int(entry["at"]["N"]),
        provider=read_text(entry, "provider"),
        outcome=Outcome(entry["outcome"]["S"]),
        code=read_text(entry, "code"),
        text=read_text(entry, "text"),
        message_id=read_text(entry, "message_id"),
    )


def _optional[T](make: type[T], value: Any) -> T | None:  # noqa: ANN401 - what the enum takes
    return None if value is None else make(value)  # type: ignore[call-arg]
