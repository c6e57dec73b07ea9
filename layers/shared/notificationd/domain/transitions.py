"""How a record changes: what can happen to it, and what each of these makes of it.

Nothing else changes a status. Each function takes a record and an event and returns the record as
it is afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notificationd.domain.errors import AlreadySettled, LeaseHeld, LeaseLost, TooLate
from notificationd.domain.notification import Delivery
from notificationd.domain.record import ATTEMPTS_KEPT, OPEN, Outcome, Reason, Status, as_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain.record import Attempt, Lease, Record

CANCEL_MS = 10_000
"""Before its time a scheduled in-app one can be cancelled: as long as a worker takes for it."""


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


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Its sender takes it back."""

    at: int


@dataclass(frozen=True, slots=True)
class Released:
    """The time of a scheduled in-app notification has come."""

    at: int


type Event = (
    Claimed
    | Sent
    | Failed
    | Expired
    | Deferred
    | Redriven
    | Missed
    | Abandoned
    | Cancelled
    | Released
)


def apply(record: Record, event: Event) -> Record:
    """Return the record as it is after the event. The only place where a status changes.

    Raises:
        AlreadySettled: it is settled; only a redrive changes a failed one.
        LeaseHeld: it cannot be claimed or missed, another worker may be sending it.
        LeaseLost: the event comes from somebody whom another worker has taken it over from.
        TooLate: it cannot be cancelled any more.
    """
    return _RULES[type(event)](record, event)


def _claimed(record: Record, event: Claimed) -> Record:
    _check_open(record)
    _check_free(record, event.at)
    earlier = record.lease.claims if record.lease else 0
    return replace(
        record,
        status=Status.PENDING,
        lease=replace(event.lease, claims=earlier + 1),
        next_attempt_at=None,
        missed_at=None,
    )


def _sent(record: Record, event: Sent) -> Record:
    tried = _tried_by(record, event.lease_id, event.attempts)
    return replace(tried, status=Status.SENT, updated_at=event.at)


def _failed(record: Record, event: Failed) -> Record:
    tried = _tried_by(record, event.lease_id, event.attempts)
    return replace(tried, status=Status.FAILED, updated_at=event.at, reason=event.reason)


def _expired(record: Record, event: Expired) -> Record:
    tried = _tried_by(record, event.lease_id, event.attempts)
    return replace(tried, status=Status.EXPIRED, updated_at=event.at)


def _deferred(record: Record, event: Deferred) -> Record:
    tried = _tried_by(record, event.lease_id, event.attempts)
    return replace(tried, next_attempt_at=event.next_attempt_at)


def _missed(record: Record, event: Missed) -> Record:
    _check_open(record)
    _check_free(record, event.at)
    return replace(record, missed_at=event.at)


def _abandoned(record: Record, event: Abandoned) -> Record:
    _check_open(record)
    if record.missed_at != event.missed_at:
        raise LeaseLost
    return replace(
        _tried(record, event.attempts),
        status=Status.EXPIRED if event.reason is None else Status.FAILED,
        updated_at=event.at,
        reason=event.reason,
        next_attempt_at=None,
        missed_at=None,
    )


def _released(record: Record, event: Released) -> Record:
    _check_open(record)
    return replace(record, status=Status.SENT, updated_at=event.at, missed_at=None)


def _cancelled(record: Record, event: Cancelled) -> Record:
    """Return the record of what is not sent any more. It is never both sent and cancelled.

    A scheduled in-app one is in the inbox from its time on, whatever its record still says. Of
    what a worker holds, or once held and left, nobody can say that it was not sent.
    """
    status = as_of(record, event.at + CANCEL_MS).status
    if status not in OPEN:
        message = f"It is {status} already."
        raise TooLate(message)
    if record.lease is not None or any(a.outcome is Outcome.UNKNOWN for a in record.attempts):
        message = "It is being sent, or may have been."
        raise TooLate(message)
    return replace(
        record,
        status=Status.CANCELLED,
        updated_at=event.at,
        next_attempt_at=None,
        missed_at=None,
    )


def _redriven(record: Record, event: Redriven) -> Record:
    """Return the record for a fresh round. It keeps its history.

    An open one is one whose mark was lost, or whose redrive was cut short. It is as young as a
    failed one afterwards, since its message is; a lease on it goes on telling the next worker of
    a call that was interrupted.
    What may have been sent is not sent again where the caller asked for `at_most_once`.
    """
    may_be_sent = (
        record.reason is Reason.OUTCOME_UNKNOWN
        and record.notification.delivery is Delivery.AT_MOST_ONCE
    )
    if record.status not in OPEN | {Status.FAILED} or may_be_sent:
        raise AlreadySettled(record.status)
    return replace(
        record,
        status=Status.PENDING,
        updated_at=event.at,
        reason=None,
        next_attempt_at=None,
        missed_at=None,
    )


def _check_open(record: Record) -> None:
    if record.status not in OPEN:
        raise AlreadySettled(record.status)


def _check_free(record: Record, at: int) -> None:
    if record.lease is not None and record.lease.until > at:
        raise LeaseHeld(record.lease.until)


def _tried_by(record: Record, lease_id: str, attempts: tuple[Attempt, ...]) -> Record:
    """Return the record with the attempts of the worker that holds it, and without its lease."""
    _check_open(record)
    if record.lease is None or record.lease.id != lease_id:
        raise LeaseLost
    return _tried(record, attempts)


def _tried(record: Record, attempts: tuple[Attempt, ...]) -> Record:
    return replace(
        record,
        attempts=(*record.attempts, *attempts)[-ATTEMPTS_KEPT:],
        attempt_count=record.attempt_count + len(attempts),
        lease=None,
    )


_RULES: dict[type, Callable[[Record, Any], Record]] = {
    Claimed: _claimed,
    Sent: _sent,
    Failed: _failed,
    Expired: _expired,
    Deferred: _deferred,
    Redriven: _redriven,
    Missed: _missed,
    Abandoned: _abandoned,
    Cancelled: _cancelled,
    Released: _released,
}
