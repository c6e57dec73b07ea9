"""Notifications to send."""

from typing import Any

from notificationd.domain.notification import Channel, Notification

EMAIL = "ada@example.com"
PHONE = "+14155550123"


def email(**changes: Any) -> Notification:  # noqa: ANN401 - its fields
    return _notification(Channel.EMAIL, EMAIL, changes)


def sms(**changes: Any) -> Notification:  # noqa: ANN401 - its fields
    return _notification(Channel.SMS, PHONE, changes)


def _notification(channel: Channel, to: str, changes: dict[str, Any]) -> Notification:
    fields: dict[str, Any] = {
        "id": "0199a2b3-0000-7000-8000-000000000004",
        "user_id": 4,
        "channel": channel,
        "content": "hello, world!",
        "created_at": 1_764_000_000_000,
        "to": to,
    }
    return Notification(**fields | changes)
