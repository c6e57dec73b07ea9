"""Notifications as callers and browsers see them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from notificationd.domain.marks import NEW, Standing
from notificationd.domain.notification import Channel
from notificationd.domain.record import Attempt, Record, Status, accepted

if TYPE_CHECKING:
    from notificationd.domain.dead_letter import Finding
    from notificationd.domain.inbox import Count
    from notificationd.domain.marks import Progress
    from notificationd.domain.notification import Notification

FRAME_BYTES = 128 * 1024
"""The largest message that API Gateway writes to a socket."""


def timestamp(at: int) -> str:
    """Return milliseconds since the epoch as RFC 3339, in UTC."""
    text = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def notification_view(record: Record, standing: Standing | None = None) -> dict[str, Any]:
    """Return a notification as it stands in a list.

    Args:
        standing: in the inbox; email and SMS have none.
    """
    notification = record.notification
    view: dict[str, Any] = {
        "id": notification.id,
        "user_id": notification.user_id,
        "notification_type": notification.channel,
        "content": notification.content,
        "status": record.status,
        "timestamp": timestamp(record.updated_at),
        "created_at": timestamp(notification.created_at),
    }
    optional = {
        "subject": notification.subject,
        "to": notification.to,
        "data": notification.data,
        "reason": record.reason,
        "send_at": optional_timestamp(notification.send_at),
    }
    if standing is not None:
        view |= {"read": standing.read, "seen": standing.seen, "archived": standing.archived}
    return view | {name: value for name, value in optional.items() if value is not None}


def count_view(progress: Progress, count: Count) -> dict[str, Any]:
    """Return how many notifications are unread, and what tells one count from another."""
    return {
        "unread": count.unread,
        "unread_capped": count.capped,
        "revision": progress.revision,
        "read_up_to": progress.said_up_to or None,
        "settled": count.settled,
        "recent": list(count.recent),
    }


def notification_details(record: Record, standing: Standing | None = None) -> dict[str, Any]:
    """Return a notification with its timeline."""
    return {
        **notification_view(record, standing),
        **(_marks_view(record) if record.notification.channel is Channel.IN_APP else {}),
        "delivery": record.notification.delivery,
        "expires_at": optional_timestamp(record.notification.expires_at),
        "attempts": [_attempt_view(attempt) for attempt in record.attempts],
        "attempt_count": record.attempt_count,
        "next_attempt_at": optional_timestamp(record.next_attempt_at),
    }


def dead_letter_view(finding: Finding) -> dict[str, Any]:
    """Return a dead letter as it stands in a list: whose it is, and why it is there."""
    notification, record = finding.letter.notification, finding.record
    view: dict[str, Any] = {"id": finding.letter.id, "reason": finding.reason}
    if notification is None:
        return view
    attempts = record.attempts if record else ()
    failed_at = finding.failed_at
    return {
        **view,
        "user_id": notification.user_id,
        "notification_type": notification.channel,
        "created_at": timestamp(notification.created_at),
        "failed_at": None if failed_at is None else timestamp(failed_at),
        "attempt_count": record.attempt_count if record else 0,
        "last_attempt": _attempt_view(attempts[-1]) if attempts else None,
    }


def notification_frame(notification: Notification) -> bytes:
    """Return the frame that tells a live socket of an in-app notification.

    A content of little else than escapes can outgrow a frame; then it comes without its content
    and says so, and the client fetches it.
    """
    view = notification_view(accepted(notification, Status.SENT), NEW)
    frame = _frame(view)
    if len(frame) > FRAME_BYTES:
        frame = _frame(truncated(view))
    return frame


def truncated(view: dict[str, Any]) -> dict[str, Any]:
    """Return a notification without its content, and saying so."""
    return {**view, "content": "", "truncated": True}


def _marks_view(record: Record) -> dict[str, Any]:
    marks = record.marks
    return {
        "read_at": optional_timestamp(marks.read_at),
        "seen_at": optional_timestamp(marks.seen_at),
        "archived_at": optional_timestamp(marks.archived_at),
    }


def optional_timestamp(at: int | None) -> str | None:
    """Return a time as it is written; None for none."""
    return None if at is None else timestamp(at)


def _frame(view: dict[str, Any]) -> bytes:
    body = {"type": "notification", "notification": view}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _attempt_view(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": timestamp(attempt.at),
        "provider": attempt.provider,
        "outcome": attempt.outcome,
        "code": attempt.code,
        "detail": attempt.text,
        "provider_message_id": attempt.message_id,
    }
