"""Notifications for tests."""

from __future__ import annotations

import itertools
from typing import Any

from notificationd.domain.ids import uuid7
from notificationd.domain.notification import Channel, Notification

_MOMENTS = itertools.count(1_800_000_000_000)


def notification(**fields: Any) -> Notification:  # noqa: ANN401 - any field of a notification
    """Make a notification; each is a millisecond younger than the one before."""
    at = next(_MOMENTS)
    values: dict[str, Any] = {
        "id": uuid7(at),
        "user_id": 4,
        "channel": Channel.EMAIL,
        "content": "hello, world!",
        "created_at": at,
        **fields,
    }
    if values["channel"] is not Channel.IN_APP:
        values.setdefault("to", "user4@example.com")
    return Notification(**values)
