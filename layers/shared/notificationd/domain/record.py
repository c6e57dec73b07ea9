"""What has become of a notification: states, attempts, and the function that changes them.

A record is `pending` until it is settled as `sent`, `failed` or `expired`; then it never changes,
but that an operator may reopen a failed one by redriving its dead letter.
While a worker holds a claim on it, it carries that worker's lease; one that is still there when it
has ended tells of a worker that ended without a word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from notificationd.domain.errors import AlreadySettled, LeaseHeld, LeaseLost
from notificationd.domain.marks import UNMARKED, Marks
from notificationd.domain.notification import Delivery

if TYPE_CHECKING:
    from notificationd.domain.notification import Notification

ATTEMPTS_KEPT = 20
"""The newest ones; a record says how many there were in all."""


class Status(StrEnum):
    """Where a notification stands."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A worker takes the record, to call a provider."""

    lease: Lease
    at: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A provider has accepted it."""

    lease_id: str
    at: int
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """No provider will send it any more."""

    lease_id: str
    at: int
    attempts: tuple[Attempt, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Expired:
    """It could not be sent in time, and is not sent late."""

    lease_id: str
    at: int
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Deferred:
    """It goes back to its queue for another try."""

    lease_id: str
    attempts: tuple[Attempt, ...]
    next_attempt_at: int


@dataclass(frozen=True, slots=True)
class Redriven:
    """An operator takes it out of the dead letters, for a fresh round."""

    at: int


@dataclass(frozen=True, slots=True)
class Missed:
    """No message is found that stands for it. The next look decides."""

    at: int


@dataclass(frozen=True, slots=True)
class Abandoned:
    """There still is none at another look, so nobody will be given it any more.

    Args:
        missed_at: the first look: whoever has taken it up since has taken that off the record.
        reason: why it failed; None where it has expired meanwhile.
    """

    at: int
    missed_at: int
    attempts: tuple[Attempt, ...]
    reason: Reason | None


type Event = Claimed | Sent | Failed | Expired | Deferred | Redriven | Missed | Abandoned


def accepted(notification: Notification, status: Status = Status.PENDING) -> Record:
    """Return the first record of a notification: in-app ones are `sent` once they are stored.

    A record has an email's text, and not its HTML: it is written three times, and every kilobyte of
    it is billed each time.
    """
    kept = notification if notification.html is None else replace(notification, html=None)
    return Record(notification=kept, status=status, updated_at=notification.created_at)


def lost_calls(at: int, number: int) -> tuple[Attempt, ...]:
    """Return the attempts of workers that ended without a word, found out at a time."""
    text = "The worker that held the claim ended without a word; it may have sent."
    return (Attempt(at=at, provider=None, outcome=Outcome.UNKNOWN, text=text),) * number


def apply(record: Record, event: Event) -> Record:
    """Return the record as it is after the event. The only place where a status changes.

    Raises:
        AlreadySettled: it is sent, failed or expired; only a redrive changes a failed one.
        LeaseHeld: it cannot be claimed or missed, another worker may be sending it.
        LeaseLost: the event comes from somebody whom another worker has taken it over from.
    """
    if isinstance(event, Redriven):
        return _reopened(record, event.at)
    if record.status is not Status.PENDING:
        raise AlreadySettled(record.status)
    match event:
        case Claimed():
            _check_free(record, event.at)
            earlier = record.lease.claims if record.lease else 0
            lease = replace(event.lease, claims=earlier + 1)
            return replace(record, lease=lease, next_attempt_at=None, missed_at=None)
        case Missed():
            _check_free(record, event.at)
            return replace(record, missed_at=event.at)
        case Abandoned():
            if record.missed_at != event.missed_at:
                raise LeaseLost
            return _abandoned(record, event)
        case Sent() | Failed() | Expired() | Deferred():
            if record.lease is None or record.lease.id != event.lease_id:
                raise LeaseLost
            return _concluded(record, event)
        case _:
            assert_never(event)


def _check_free(record: Record, at: int) -> None:
    if record.lease is not None and record.lease.until > at:
        raise LeaseHeld(record.lease.until)


def _concluded(record: Record, event: Sent | Failed | Expired | Deferred) -> Record:
    """Return the record with the outcome of a worker's attempts."""
    tried = _tried(record, event.attempts)
    match event:
        case Sent():
            return replace(tried, status=Status.SENT, updated_at=event.at)
        case Failed():
            return replace(tried, status=Status.FAILED, updated_at=event.at, reason=event.reason)
        case Expired():
            return replace(tried, status=Status.EXPIRED, updated_at=event.at)
        case Deferred():
            return replace(tried, next_attempt_at=event.next_attempt_at)


def _abandoned(record: Record, event: Abandoned) -> Record:
    return replace(
        _tried(record, event.attempts),
        status=Status.EXPIRED if event.reason is None else Status.FAILED,
        updated_at=event.at,
        reason=event.reason,
        next_attempt_at=None,
        missed_at=None,
    )


def _tried(record: Record, attempts: tuple[Attempt, ...]) -> Record:
    return replace(
        record,
        attempts=(*record.attempts, *attempts)[-ATTEMPTS_KEPT:],
        attempt_count=record.attempt_count + len(attempts),
        lease=None,
    )


def _reopened(record: Record, at: int) -> Record:
    """Return the record for a fresh round. It keeps its history.

    A pending one is one whose mark was lost, or whose redrive was cut short. It is as young as a
    failed one afterwards, since its message is; a lease on it goes on telling the next worker of
    a call that was interrupted.
    What may have been sent is not sent again where the caller asked for `at_most_once`.
    """
    may_be_sent = (
        record.reason is Reason.OUTCOME_UNKNOWN
        and record.notification.delivery is Delivery.AT_MOST_ONCE
    )
    if record.status not in {Status.PENDING, Status.FAILED} or may_be_sent:
        raise AlreadySettled(record.status)
    return replace(
        record,
        status=Status.PENDING,
        updated_at=at,
        reason=None,
        next_attempt_at=None,
        missed_at=None,
    )
