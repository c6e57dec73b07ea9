"""The table's stream: what its records say about notifications, to those who watch and count.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.adapters.dynamodb.client import read_text
from notificationd.adapters.dynamodb.items import NOTIFICATION, USER
from notificationd.domain.accounting import Move
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status
from notificationd.domain.watch import Change, Key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notificationd.adapters.dynamodb.client import Item


def read_change(entry: Mapping[str, Any]) -> Change | None:
    """Return what a record of the stream says, None where it is not about a notification.

    Raises:
        ValueError, KeyError, TypeError: it is no record of our table's.
    """
    write = entry["dynamodb"]
    user = write["Keys"]["pk"]["S"]
    notification_id = write["Keys"]["sk"]["S"]
    if not notification_id.startswith(NOTIFICATION):
        return None
    return Change(
        key=Key(user.removeprefix(USER), notification_id.removeprefix(NOTIFICATION)),
        at=int(write["ApproximateCreationDateTime"]) * 1000,
        name=entry["eventID"],
        before=_status(write.get("OldImage")),
        after=_status(write.get("NewImage")),
    )


def read_move(entry: Mapping[str, Any]) -> Move | None:
    """Return what a record of the stream changes in the books, None where it is nothing.

    What is removed stays in the books as it was.

    Raises:
        ValueError, KeyError, TypeError: it is no record of our table's.
    """
    write = entry["dynamodb"]
    image = write.get("NewImage")
    if image is None or not write["Keys"]["sk"]["S"].startswith(NOTIFICATION):
        return None
    before, after = _status(write.get("OldImage")), Status(image["status"]["S"])
    if before is after:
        return None
    return Move(
        sequence=int(write["SequenceNumber"]),
        at=int(write["ApproximateCreationDateTime"]) * 1000,
        accepted_at=int(image["created"]["N"]),
        channel=Channel(image["channel"]["S"]),
        before=before,
        after=after,
    )


def _status(image: Item | None) -> Status | None:
    text = read_text(image or {}, "status")
    return None if text is None else Status(text)
