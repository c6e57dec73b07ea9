"""`notificationctl dead-letters list`: what could not be delivered, and why."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from local.notificationctl.table import print_table
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import read_message
from notificationd.domain.notification import user_key
from notificationd.domain.record import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from notificationd.domain.record import Record

BATCH: Final = 10  # the most that SQS hands out, and takes, at once
LOOKING_SECONDS: Final = 60  # hidden while we look, so that no message is counted twice
_EMPTY_ANSWERS: Final = 3  # SQS asks a sample of its servers; only several empty answers are none


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A notification that nobody tries to deliver any more.

    Attributes:
        id: the notification's; the message's own, should it not be one of ours.
        channel: the notification's.
        user_id: whom it was for.
        failed_at: when its record was settled, RFC 3339; empty without a record.
        reason: why, from the record.
        receives: how often the message was received, from the dead-letter queue included.

    """

    id: str
    channel: str
    user_id: str
    failed_at: str
    reason: str
    receives: int


def list_all(target: Target, limit: int, *, as_json: bool) -> None:
    """Print the dead letters; they stay where they are.

    Args:
        target: the stack.
        limit: at most so many.
        as_json: print one JSON array, not a table.

    """
    letters = _read(target, limit)
    if as_json:
        print(json.dumps([asdict(letter) for letter in letters], indent=2))
        return
    rows = [tuple(map(str, asdict(letter).values())) for letter in letters]
    head = ("ID", "CHANNEL", "USER", "FAILED AT", "REASON", "RECEIVES")
    print_table(head, rows, empty="No dead letters.")


def _read(target: Target, limit: int) -> list[DeadLetter]:
    client, queue = target.sqs(), target.dead_letter_queue
    notifications = DynamoNotifications(target.dynamodb(), target.table)
    messages: list[MessageTypeDef] = []
    try:
        messages.extend(_peek(client, queue, limit))
        return [_letter(message, notifications) for message in messages]
    finally:
        _show_again(client, queue, messages)


def _peek(client: "SQSClient", queue: str, limit: int) -> "Iterator[MessageTypeDef]":
    """Yield messages of a queue, hidden from others for LOOKING_SECONDS."""
    seen: set[str] = set()
    empty = 0
    while len(seen) < limit and empty < _EMPTY_ANSWERS:
        answer = client.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=min(BATCH, limit - len(seen)),
            VisibilityTimeout=LOOKING_SECONDS,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        fresh = [each for each in answer.get("Messages", []) if each["MessageId"] not in seen]
        empty = 0 if fresh else empty + 1
        seen.update(each["MessageId"] for each in fresh)
        yield from fresh


def _show_again(client: "SQSClient", queue: str, messages: "list[MessageTypeDef]") -> None:
    """End the hiding of messages; one for which that fails is seen again by itself."""
    for start in range(0, len(messages), BATCH):
        client.change_message_visibility_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(index), "ReceiptHandle": each["ReceiptHandle"], "VisibilityTimeout": 0}
                for index, each in enumerate(messages[start : start + BATCH])
            ],
        )


def _letter(message: "MessageTypeDef", notifications: DynamoNotifications) -> DeadLetter:
    receives = int(message["Attributes"]["ApproximateReceiveCount"])
    with suppress(ValueError, KeyError, TypeError):
        notification, _ = read_message(message["Body"])
        record = notifications.get(user_key(notification.user_id), notification.id)
        return DeadLetter(
            id=notification.id,
            channel=notification.channel,
            user_id=str(notification.user_id),
            failed_at=_failed_at(record),
            reason=_reason(record),
            receives=receives,
        )
    return DeadLetter(message["MessageId"], "", "", "", "not a notification", receives)


def _failed_at(record: "Record | None") -> str:
    if record is None or record.status is not Status.FAILED:
        return ""
    time = datetime.fromtimestamp(record.updated_at / 1000, UTC)
    return time.isoformat(timespec="seconds")


def _reason(record: "Record | None") -> str:
    """Return the record's reason and the last provider's answer: together they tell what to do."""
    if record is None:
        return "no record"
    parts = [record.reason or f"the record says {record.status}"]
    if record.attempts:
        last = record.attempts[-1]
        parts.append(" ".join(part for part in (last.provider, last.code, last.text) if part))
    return ": ".join(parts)
