"""What has become of a notification: its state, and the attempts to send it.

A record is `pending`, or first `scheduled`, until it is settled as `sent`, `failed`, `expired` or
`cancelled`; then it never changes, but that an operator may reopen a failed one by redriving its
dead letter.
While a worker holds a claim on it, it carries that worker's lease; one that is still there when it
has ended tells of a worker that ended without a word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notificationd.domain.marks import UNMARKED, Marks
from notificationd.domain.notification import Channel

if TYPE_CHECKING:
    from notificationd.domain.notification import Notification

ATTEMPTS_KEPT = 20
"""The newest ones; a record says how many there were in all."""


class Status(StrEnum):
    """Where a notification stands."""

    SCHEDULED = "scheduled"
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OPEN = frozenset({Status.SCHEDULED, Status.PENDING})
"""What is still to be settled."""


class Outcome(StrEnum):
    """What a provider call ended in."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    RETRYABLE = "retryable"
    UNKNOWN = "unknown"
    MISCONFIGURED = "misconfigured"


class Reason(StrEnum):
    """Why a notification failed."""

    REFUSED = "refused"
    RETRIES_EXHAUSTED = "retries_exhausted"
    OUTCOME_UNKNOWN = "outcome_unknown"
    MISCONFIGURED = "misconfigured"
    LOST = "lost"
    """No message stands for it any more: a queue was purged, a dead letter deleted or expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One provider call, or one whose worker died before it could say how it ended.

    Args:
        at: when it began, in milliseconds since the epoch.
        provider: None where the worker that made the call died.
        code: the provider's own, or the HTTP status.
        text: the provider's own words.
        message_id: the provider's name for the message, once it accepted it.
    """

    at: int
    provider: str | None
    outcome: Outcome
    code: str | None = None
    text: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's sole right to call a provider for a notification.

    Args:
        id: of this one claim.
        until: when it ends, in milliseconds since the epoch.
        claims: how many there have been since an outcome was last stored, this one included. The
            holders of all others ended without a word: each may have sent.
    """

    id: str
    until: int
    claims: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A notification and what has become of it.

    Args:
        updated_at: when the status last changed, in milliseconds since the epoch.
        attempts: the newest ones, oldest first; `attempt_count` counts all.
        next_attempt_at: when the next try is due, in milliseconds since the epoch.
        missed_at: when its message was first looked for in vain, in milliseconds since the epoch;
            None again once it is claimed or redriven.
        marks: what its user did to it in the inbox. In-app only.
    """

    notification: Notification
    status: Status
    updated_at: int
    attempts: tuple[Attempt, ...] = ()
    attempt_count: int = 0
    reason: Reason | None = None
    next_attempt_at: int | None = None
    lease: Lease | None = None
    missed_at: int | None = None
    marks: Marks = UNMARKED


def accepted(notification: Notification, status: Status | None = None) -> Record:
    """Return the first record of a notification.

    A record has an email's text, and not its HTML: it is written three times, and every kilobyte of
    it is billed each time.

    Args:
        status: None for the one that follows from the notification. In-app ones are `sent` once
            they are stored.
    """
    if status is None:
        is_in_app = notification.channel is Channel.IN_APP
        status = Status.SENT if is_in_app else Status.PENDING
        status = status if notification.send_at is None else Status.SCHEDULED
    kept = notification if notification.html is None else replace(notification, html=None)
    return Record(notification=kept, status=status, updated_at=notification.created_at)


def as_of(record: Record, at: int) -> Record:
    """Return a record as it is at a moment.

    A scheduled in-app notification is in the inbox from its time on, by the clock alone: it is
    stored already, and what tells its user's devices may come a little later.
    """
    send_at = record.notification.send_at
    is_in_app = record.notification.channel is Channel.IN_APP
    if is_in_app and record.status is Status.SCHEDULED and send_at is not None and send_at <= at:
        return replace(record, status=Status.SENT, updated_at=send_at)
    return record


def lost_calls(at: int, number: int) -> tuple[Attempt, ...]:
    """Return the attempts of workers that ended without a word, found out at a time."""
    text = "The worker that held the claim ended without a word; it may have sent."
    return (Attempt(at=at, provider=None, outcome=Outcome.UNKNOWN, text=text),) * number
