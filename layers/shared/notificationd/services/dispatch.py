"""Hand a queued notification to a provider, exactly once as far as anybody can know.

Claim, call, record: the claim keeps every other worker out, the call ends in one of the five
outcomes, and the record of it is what the next delivery of the same message meets.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING
from uuid import uuid4

from notificationd.domain.backoff import retry_delay
from notificationd.domain.errors import AlreadySettled, LeaseHeld, LeaseLost, Unavailable
from notificationd.domain.notification import Delivery, Notification
from notificationd.domain.record import Attempt, Lease, Outcome, Reason, Record, lost_calls
from notificationd.domain.transitions import Deferred, Event, Expired, Failed, Sent, apply
from notificationd.services.attempts import Round, try_providers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notificationd.domain import ports
    from notificationd.domain.notification import Channel

CALL_SECONDS = 13
"""The longest that a provider call takes: the adapters give it 3 to connect and 10 to answer."""
SAVE_TRIES = 3
"""What a provider has accepted must not go unrecorded because of one lost answer."""


@dataclass(frozen=True, slots=True)
class Done:
    """The message is finished with, and may be deleted."""


@dataclass(frozen=True, slots=True)
class Again:
    """The message goes back to its queue.

    Args:
        seconds: how long it stays hidden. With 0 on its last receipt, SQS takes it to the
            dead-letter queue.
    """

    seconds: int


type Disposition = Done | Again


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """The use case behind the email and SMS queues.

    Args:
        providers: of each channel, in the order in which they are tried.
        lease_seconds: as long as a worker can live, so that no claim outlives its lease.
        max_receives: as the queue's redrive policy has it.
        retry_base_seconds: the longest delay after the first try.
        clock: returns milliseconds since the epoch.
        random: returns a number from 0 (included) to 1 (excluded).
    """

    notifications: ports.Notifications
    dead_letters: ports.DeadLetterSink
    providers: Mapping[Channel, Sequence[ports.Provider]]
    journal: ports.Journal
    lease_seconds: int
    max_receives: int
    retry_base_seconds: float
    clock: Callable[[], int]
    random: Callable[[], float]

    def __call__(self, notification: Notification, receives: int, deadline: float) -> Disposition:
        """Try to send a notification.

        Args:
            notification: as its message has it.
            receives: how often its message has been received, this time included.
            deadline: when this worker is ended, in milliseconds since the epoch.

        Raises:
            Unavailable: the table cannot be reached. The message is to be received again.
        """
        at = self.clock()
        last_start = deadline - CALL_SECONDS * 1000
        # Handed back untouched, for a worker that has the time; but the last receipt is used, since
        # SQS would take the message away unmarked.
        has_no_time = at > last_start and receives < self.max_receives
        if has_no_time or at < (notification.send_at or 0):  # or another clock is ahead
            return Again(max(0, ceil(((notification.send_at or 0) - at) / 1000)))
        lease = Lease(id=uuid4().hex, until=at + self.lease_seconds * 1000)
        try:
            record = self.notifications.claim(notification, lease, at)
        except AlreadySettled:
            return Done()
        except LeaseHeld as held:
            return Again(max(1, ceil((held.until - at) / 1000)))
        earlier = lost_calls(at, record.lease.claims - 1 if record.lease else 0)
        if earlier and notification.delivery is Delivery.AT_MOST_ONCE:
            return self._settle(record, Failed(lease.id, at, earlier, Reason.OUTCOME_UNKNOWN))
        expires_at = notification.expires_at if notification.expires_at is not None else inf
        if at >= expires_at:
            return self._settle(record, Expired(lease.id, at, earlier))
        round_ = try_providers(
            self.providers[notification.channel],
            notification,
            self.clock,
            min(last_start, expires_at),
        )
        attempts = (*earlier, *round_.attempts)
        return self._conclude(notification, record, attempts, round_, receives)

    def _conclude(
        self,
        notification: Notification,
        record: Record,
        attempts: tuple[Attempt, ...],
        round_: Round,
        receives: int,
    ) -> Disposition:
        at, lease_id = self.clock(), record.lease.id if record.lease else ""
        for attempt in round_.attempts:
            if attempt.outcome is Outcome.MISCONFIGURED:  # there is an alarm on this line
                self.journal.warn("provider_misconfigured", {"provider": attempt.provider})
        if settled := _settled_by(round_.outcome, notification, lease_id, at, attempts):
            return self._settle(record, settled)
        if round_.outcome is Outcome.MISCONFIGURED and self._set_aside(notification):
            event = Failed(lease_id, at, attempts, Reason.MISCONFIGURED)
            return self._settle(record, event)
        if receives >= self.max_receives:
            # Marked before the message is let go: a dead letter always has its reason.
            reason = _GIVE_UP.get(round_.outcome, Reason.RETRIES_EXHAUSTED)
            self._settle(record, Failed(lease_id, at, attempts, reason))
            self.journal.warn("dead_lettered", _ids(record) | {"reason": reason})
            return Again(0)
        delay = retry_delay(
            receives,
            base=self.retry_base_seconds,
            retry_after=round_.retry_after,
            random=self.random(),
        )
        next_attempt_at = at + delay * 1000
        expires_at = notification.expires_at
        if expires_at is not None and next_attempt_at >= expires_at:
            return self._settle(record, Expired(lease_id, at, attempts))
        self._save(record, Deferred(lease_id, attempts, next_attempt_at))
        self.journal.note("retried", _ids(record) | _why(attempts) | {"delay_seconds": delay})
        return Again(delay)

    def _set_aside(self, notification: Notification) -> bool:
        """Move a notification to the dead letters, where it waits for the fix; say if it worked.

        As its message has it: a record does not have all of it.
        It lies there before its record is marked: should the worker die in between, the message
        is received again, and whoever redrives the letter finds the notification sent or failed.
        """
        try:
            self.dead_letters.put(notification)
        except Unavailable:
            return False
        ids = {"notification_id": notification.id, "channel": notification.channel}
        self.journal.warn("dead_lettered", {**ids, "reason": Reason.MISCONFIGURED})
        return True

    def _settle(self, record: Record, event: Sent | Failed | Expired) -> Disposition:
        if not self._save(record, event):
            return Again(self.lease_seconds)  # what the new holder makes of it is met then
        match event:
            case Sent():
                provider = event.attempts[-1].provider
                self.journal.note("sent", _ids(record) | {"provider": provider})
            case Failed():
                details = _ids(record) | _why(event.attempts) | {"reason": event.reason}
                self.journal.warn("failed", details)
            case Expired():
                self.journal.warn("expired", _ids(record))
        return Done()

    def _save(self, record: Record, event: Event) -> bool:
        """Store what became of a record; False says that another worker has taken it over."""
        after = apply(record, event)
        for _ in range(SAVE_TRIES - 1):
            with suppress(Unavailable):
                return self._store(after, record.lease)
        return self._store(after, record.lease)

    def _store(self, after: Record, lease: Lease | None) -> bool:
        try:
            self.notifications.save(after, lease.id if lease else "")
        except LeaseLost:  # slower than the lease allows
            self.journal.warn("lease_lost", _ids(after))
            return False
        return True


def _settled_by(
    outcome: Outcome,
    notification: Notification,
    lease_id: str,
    at: int,
    attempts: tuple[Attempt, ...],
) -> Sent | Failed | None:
    """Return what a round settles, None where another try may help."""
    match outcome:
        case Outcome.ACCEPTED:
            return Sent(lease_id, at, attempts)
        case Outcome.PERMANENT:
            return Failed(lease_id, at, attempts, Reason.REFUSED)
        case Outcome.UNKNOWN if notification.delivery is Delivery.AT_MOST_ONCE:
            return Failed(lease_id, at, attempts, Reason.OUTCOME_UNKNOWN)
        case _:
            return None


_GIVE_UP = {
    Outcome.UNKNOWN: Reason.OUTCOME_UNKNOWN,
    Outcome.MISCONFIGURED: Reason.MISCONFIGURED,
}


def _ids(record: Record) -> dict[str, object]:
    notification = record.notification
    return {
        "notification_id": notification.id,
        "user_id": notification.user_id,
        "channel": notification.channel,
    }


def _why(attempts: tuple[Attempt, ...]) -> dict[str, object]:
    """Return the last attempt's outcome, without the provider's text: that may hold an address."""
    last = attempts[-1]
    return {"provider": last.provider, "outcome": last.outcome, "code": last.code}
