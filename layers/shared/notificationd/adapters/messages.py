"""A notification as a queue's message, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notificationd.domain.notification import Channel, Delivery, Notification

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTIONAL = ("subject", "html", "to", "data", "send_at", "expires_at")


def write_message(notification: Notification, connection_ids: Sequence[str] | None = None) -> str:
    """Return a message's body.

    Args:
        connection_ids: for in-app, the sockets that a push is left to be tried on.
    """
    message: dict[str, Any] = {
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
        ValueError, KeyError, TypeError: it is not one of ours.
    """
    message = json.loads(body)
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
