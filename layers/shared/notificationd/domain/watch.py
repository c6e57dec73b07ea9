"""Notifications that stay open for long: which they are, and when nobody will be given them.

A pending record is worked on by whoever receives its message. A queue says nothing when it is
purged, or when a message has lain there for too long, so somebody has to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.record import OPEN, Reason, Record, Status, lost_calls
from notificationd.domain.transitions import Abandoned, Missed

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOUR_MS = 60 * 60 * 1000
SCHEDULER_MS = 24 * _HOUR_MS
"""For so long the scheduler tries to put what was scheduled onto its queue.
https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
"""


@dataclass(frozen=True, slots=True)
class Key:
    """Which record is meant.

    Args:
        user: the user's id in its stored form.
        id: the notification's.
    """

    user: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One write to a record, as the table's stream tells it.

    Args:
        at: when it was written, in milliseconds since the epoch, to the second.
        name: tells it from all other changes.
        before: the status before it, None where it made the record.
        after: the status after it, None where it removed the record.
    """

    key: Key
    at: int
    name: str
    before: Status | None
    after: Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """Some notifications that were still open when somebody last looked.

    Args:
        due: when they are to be looked at again, in milliseconds since the epoch.
        name: tells it from others that are due at the same moment.
    """

    due: int
    name: str
    keys: tuple[Key, ...]

    @classmethod
    def of(cls, due: int, keys: tuple[Key, ...]) -> WatchEntry:
        """Return an entry in which some notifications wait for the next look.

        It is named after what it holds, so that it takes the place of nothing but its like: of a
        batch of the stream that came twice there may be two entries, due again at one moment.
        """
        text = "\n".join(f"{key.user}\n{key.id}" for key in keys)
        return cls(due=due, name=sha256(text.encode()).hexdigest()[:32], keys=keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the queues were seen to hold.

    Args:
        quiet: the channels whose queue holds nothing at all.
        letters: the ids of the dead letters.
        has_all_letters: there are no others.
    """

    quiet: frozenset[Channel]
    letters: frozenset[str]
    has_all_letters: bool


NO_EVIDENCE = Evidence(quiet=frozenset(), letters=frozenset(), has_all_letters=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long it takes until a message is missed, in milliseconds.

    Args:
        look: from one look to the next, and from the first change to the first look.
        queued: a message is on its channel's queue for no longer.
        dead: nor among the dead letters, from when it was queued.
    """

    look: int
    queued: int
    dead: int


def opened(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the change with which each notification was opened that is open after all of them.

    Args:
        changes: in the order of each record's writes.
    """
    found: dict[Key, Change] = {}
    for change in changes:
        if change.after not in OPEN:
            found.pop(change.key, None)
        elif change.before not in OPEN:
            found[change.key] = change
    return tuple(found.values())


def judge(
    record: Record, evidence: Evidence, at: int, patience: Patience
) -> Missed | Abandoned | None:
    """Say what is to become of an open record; None leaves it to the next look.

    Nothing is abandoned at the first look that finds no message: the queue's own figures lag
    behind, and somebody else may be holding a dead letter in hand at that moment.

    Args:
        at: the time of the look, in milliseconds since the epoch.
    """
    if (record.lease is not None and record.lease.until > at) or _is_with_scheduler(record, at):
        return None
    queued_at = max(record.updated_at, record.notification.send_at or 0)
    if _is_undecided(record, evidence, at - queued_at, patience):
        return None
    if record.missed_at is None:
        return Missed(at)
    if at - record.missed_at < patience.look:
        return None
    lost = lost_calls(at, record.lease.claims if record.lease else 0)
    return Abandoned(at, record.missed_at, lost, _reason(record, evidence, at))


def look_at(record: Record | None, at: int, patience: Patience) -> int:
    """Return when an open record is to be looked at again, in milliseconds since the epoch.

    What is scheduled is left alone until its time, in steps of an hour: what is due within the same
    one is looked at together.
    """
    if record is None or record.notification.send_at is None or not _is_ahead(record, at):
        return at + max(patience.look, 1)
    return (record.notification.send_at + patience.look) // _HOUR_MS * _HOUR_MS + _HOUR_MS


def _is_ahead(record: Record, at: int) -> bool:
    send_at = record.notification.send_at
    return send_at is not None and send_at > at


def _is_with_scheduler(record: Record, at: int) -> bool:
    """Tell whether its message may not have come to its queue yet: nobody has claimed it."""
    send_at = record.notification.send_at or 0
    return record.status is Status.SCHEDULED and at < send_at + SCHEDULER_MS


def _is_undecided(record: Record, evidence: Evidence, age: int, patience: Patience) -> bool:
    """Tell whether its message may be on its queue, or among dead letters that nobody has seen."""
    notification = record.notification
    if notification.channel not in evidence.quiet and age <= patience.queued:
        return True
    is_looked_for = notification.id in evidence.letters or evidence.has_all_letters
    return not is_looked_for and age <= patience.dead


def _reason(record: Record, evidence: Evidence, at: int) -> Reason | None:
    """Return why it is given up, as a worker would have said on its last receipt."""
    notification = record.notification
    was_interrupted = record.lease is not None
    if was_interrupted and notification.delivery is Delivery.AT_MOST_ONCE:
        return Reason.OUTCOME_UNKNOWN
    if notification.expires_at is not None and at >= notification.expires_at:
        return None
    if was_interrupted:
        return Reason.OUTCOME_UNKNOWN
    return Reason.RETRIES_EXHAUSTED if notification.id in evidence.letters else Reason.LOST
