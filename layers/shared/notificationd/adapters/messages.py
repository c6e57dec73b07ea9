"""A notification as a queue's message, and back.

A message outlives the version that wrote it: by minutes on a channel's queue, by two weeks as a
dead letter, by a year in a schedule. So each says in which version of this shape it is written, and
all versions have `v`, `id` and `channel`. See docs/upgrades.md for when the number changes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notificationd.domain.notification import Channel, Delivery, Notification

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = 1
"""Of the shape that is written. One without a number is of before there were any, and as 1."""

_OPTIONAL = ("subject", "html", "to", "data", "send_at", "expires_at")


class NewerMessage(ValueError):
    """A message of a later version than this one knows, found after a return to an earlier release.

    Args:
        id: of its notification.
        version: in which it is written.
    """

    def __init__(self, id_: str, version: int) -> None:
        super().__init__(f"a message of version {version}; this release reads up to {VERSION}")
        self.id = id_
        self.version = version


def write_message(notification: Notification, connection_ids: Sequence[str] | None = None) -> str:
    """Return a message's body.

    Args:
        connection_ids: for in-app, the sockets that a push is left to be tried on.
    """
    message: dict[str, Any] = {
        "v": VERSION,
        "id": notification.id,
        "user_id": notification.user_id,
        "channel": notification.channel,
        "content": notification.content,
        "created_at": notification.created_at,
        "delivery": notification.delivery,
    }
    for name in _OPTIONAL:
        if (value := getattr(notification, name)) is not None:
            message[name] = value
    if connection_ids is not None:
        message["connection_ids"] = list(connection_ids)
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def read_message(body: str) -> tuple[Notification, Sequence[str] | None]:
    """Return what a message's body holds.

    Raises:
        NewerMessage: only a later release can read it.
        ValueError, KeyError, TypeError: it is not one of ours.
    """
    message = json.loads(body)
    version = int(message.get("v", 1)) if isinstance(message, dict) else VERSION
    if version > VERSION:
        raise NewerMessage(str(message["id"]), version)
    notification = Notification(
        id=message["id"],
        user_id=message["user_id"],
        channel=Channel(message["channel"]),
        content=message["content"],
        created_at=message["created_at"],
        delivery=Delivery(message["delivery"]),
        **{name: message.get(name) for name in _OPTIONAL},
    )
    return notification, message.get("connection_ids")
