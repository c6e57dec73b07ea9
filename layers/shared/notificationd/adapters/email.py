"""What every email has, whoever sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notificationd.domain.notification import Notification

DEFAULT_SUBJECT = "Notification"


def subject_of(notification: Notification) -> str:
    """Return the subject line: an email without one is often taken for spam."""
    return notification.subject or DEFAULT_SUBJECT
