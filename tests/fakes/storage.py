"""In-memory stand-ins for the table and the queues. tests/contract holds them to the real ones."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from notificationd.domain.errors import (
    AlreadySettled,
    InFlight,
    KeyReused,
    LeaseHeld,
    LeaseLost,
)
from notificationd.domain.idempotency import KEPT_SECONDS
from notificationd.domain.limits import Allowance, Bucket
from notificationd.domain.notification import Notification, user_key
from notificationd.domain.page import Page, PageRequest
from notificationd.domain.record import Lease, Record, Status, accepted
from notificationd.domain.transitions import Claimed, Missed, Redriven, Released, apply
from notificationd.domain.watch import Change, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notificationd.domain.idempotency import Answer, KeyedRequest, Origin
    from notificationd.domain.marks import Marks
    from notificationd.domain.profile import Profile
    from notificationd.domain.watch import WatchEntry


class MemoryNotifications:
    """Fulfils `domain.ports.Notifications`.

    Args:
        clock: returns milliseconds since the epoch; dates the changes.

    `changes` has every write, as the table's stream tells of it.
    """

    def __init__(self, clock: Callable[[], int] = lambda: 0) -> None:
        self.changes: list[Change] = []
        self._clock = clock
        self._records: dict[Key, Record] = {}
        self._lock = threading.Lock()

    def create(self, record: Record) -> None:
        key = _key(record.notification)
        with self._lock:
            if key not in self._records:
                self._write(key, record)

    def create_all(self, records: Sequence[Record]) -> frozenset[str]:
        for record in records:
            self.create(record)
        return frozenset()

    def claim(self, notification: Notification, lease: Lease, at: int) -> Record:
        key = _key(notification)
        with self._lock:
            before = self._records.get(key, accepted(notification))
            self._write(key, apply(before, Claimed(lease, at)))
            return self._records[key]

    def save(self, record: Record, lease_id: str) -> None:
        key = _key(record.notification)
        with self._lock:
            stored = self._records[key]
            if stored == record:
                return
            if stored.lease is None or stored.lease.id != lease_id:
                raise LeaseLost
            self._write(key, record)

    def reopen(self, notification: Notification, at: int) -> None:
        key = _key(notification)
        with self._lock:
            # A dead letter without a record stands for a failure that nobody took down.
            missing = replace(accepted(notification), status=Status.FAILED)
            self._write(key, apply(self._records.get(key, missing), Redriven(at)))

    def miss(self, record: Record, at: int) -> None:
        key = _key(record.notification)
        with self._lock, suppress(AlreadySettled, LeaseHeld):
            self._write(key, apply(self._records[key], Missed(at)))

    def abandon(self, record: Record, missed_at: int) -> None:
        key = _key(record.notification)
        with self._lock:
            if self._records[key] == record:
                return
            if self._records[key].missed_at != missed_at:
                raise LeaseLost
            self._write(key, record)

    def cancel(self, before: Record, after: Record) -> None:
        key = _key(before.notification)
        with self._lock:
            now = self._records[key]
            is_touched = now.lease is not None or now.attempt_count != before.attempt_count
            if is_touched or now.status is not before.status:
                raise LeaseLost
            self._write(key, after)

    def release(self, notification: Notification) -> None:
        key = _key(notification)
        at = notification.send_at or notification.created_at
        with self._lock:
            found = self._records.get(key, accepted(notification))
            if found.status is not Status.SENT:
                self._write(key, apply(found, Released(at)))

    def get(self, user: str, notification_id: str) -> Record | None:
        return self._records.get(Key(user, notification_id))

    def of(self, user: str) -> list[Record]:
        """Return a user's records, oldest first."""
        mine = (record for key, record in list(self._records.items()) if key.user == user)
        return sorted(mine, key=lambda record: record.notification.id)

    def mark(self, user: str, notification_id: str, marks: Marks) -> None:
        """Put marks onto a record, as the inbox does."""
        with self._lock:
            key = Key(user, notification_id)
            self._write(key, replace(self._records[key], marks=marks))

    def page(self, user: str, request: PageRequest) -> Page:
        mine = list(reversed(self.of(user)))
        below = [r for r in mine if request.after is None or r.notification.id < request.after]
        wanted = [
            record
            for record in below
            if request.channel in {None, record.notification.channel}
            and request.status in {None, record.status}
        ]
        shown = tuple(wanted[: request.limit])
        more = len(wanted) > len(shown)
        return Page(shown, shown[-1].notification.id if more else None, bool(below))

    def _write(self, key: Key, record: Record) -> None:
        before = self._records.get(key)
        self._records[key] = record
        self.changes.append(
            Change(
                key=key,
                at=self._clock() // 1000 * 1000,
                name=f"change-{len(self.changes)}",
                before=before.status if before else None,
                after=record.status,
            )
        )


class MemoryConnections:
    """Fulfils `domain.ports.Connections`."""

    def __init__(self) -> None:
        self._of: dict[str, set[str]] = defaultdict(set)

    def add(self, user: str, connection_id: str, at: int) -> None:  # noqa: ARG002 - no TTL here
        self._of[user].add(connection_id)

    def remove(self, user: str, connection_id: str) -> None:
        self._of[user].discard(connection_id)

    def of(self, user: str) -> Sequence[str]:
        return sorted(self._of[user])


class MemoryProfiles:
    """Fulfils `domain.ports.Profiles`."""

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}

    def get(self, user: str) -> Profile | None:
        return self._profiles.get(user)

    def put(self, user: str, profile: Profile) -> None:
        self._profiles[user] = profile


class MemoryWatchList:
    """Fulfils `domain.ports.WatchList`."""

    def __init__(self) -> None:
        self.entries: dict[tuple[int, str], WatchEntry] = {}

    def put(self, entry: WatchEntry) -> None:
        self.entries[entry.due, entry.name] = entry

    def due(self, at: int, limit: int) -> Sequence[WatchEntry]:
        return [self.entries[key] for key in sorted(self.entries) if key[0] <= at][:limit]

    def remove(self, entry: WatchEntry) -> None:
        self.entries.pop((entry.due, entry.name), None)


class MemoryBuckets:
    """Fulfils `domain.ports.Buckets`."""

    def __init__(self) -> None:
        self._full_at: dict[Bucket, int] = defaultdict(int)
        self._lock = threading.Lock()

    def take(self, bucket: Bucket, wanted: int, at: int) -> Allowance:
        """Take tokens out of a bucket, as many as there are of those that are wanted."""
        with self._lock:
            taken = min(wanted, bucket.limit.left(self._full_at[bucket], at))
            if taken:
                self._full_at[bucket] = bucket.limit.spent(self._full_at[bucket], taken, at)
            return Allowance(bucket=bucket, taken=taken, full_at=self._full_at[bucket], at=at)


class MemoryIdempotencyKeys:
    """Fulfils `domain.ports.IdempotencyKeys`."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._lock = threading.Lock()

    def reserve(self, request: KeyedRequest, fresh: Origin, until: int) -> Origin | Answer:
        with self._lock:
            name = (request.caller, request.key)
            found = self._entries.get(name)
            if found is None or found.origin.at + KEPT_SECONDS * 1000 <= fresh.at:
                self._entries[name] = _Entry(request.fingerprint, fresh, until)
                return fresh
            if found.fingerprint != request.fingerprint:
                raise KeyReused
            if found.answer is not None:
                return found.answer
            if found.until > fresh.at:
                raise InFlight(ceil((found.until - fresh.at) / 1000))
            found.until = until
            return found.origin

    def complete(self, request: KeyedRequest, origin: Origin, answer: Answer) -> None:
        if found := self._open(request, origin):
            found.answer = answer

    def release(self, request: KeyedRequest, origin: Origin) -> None:
        if found := self._open(request, origin):
            found.until = 0

    def forget(self, request: KeyedRequest, origin: Origin) -> None:
        if self._open(request, origin):
            del self._entries[request.caller, request.key]

    def _open(self, request: KeyedRequest, origin: Origin) -> _Entry | None:
        found = self._entries.get((request.caller, request.key))
        return found if found and found.origin == origin and found.answer is None else None


@dataclass
class _Entry:
    fingerprint: str
    origin: Origin
    until: int
    answer: Answer | None = None


class MemoryQueue:
    """Fulfils `domain.ports.Queue`, and shows what was put."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self.delays: dict[str, int] = {}
        self.pushes: list[tuple[Notification, tuple[str, ...] | None]] = []

    def put(self, notification: Notification, delay_seconds: int = 0) -> None:
        self.notifications.append(notification)
        self.delays[notification.id] = delay_seconds

    def put_all(self, notifications: Sequence[tuple[Notification, int]]) -> frozenset[str]:
        for notification, delay_seconds in notifications:
            self.put(notification, delay_seconds)
        return frozenset()

    def put_push(self, notification: Notification, connection_ids: Sequence[str] | None) -> None:
        named = None if connection_ids is None else tuple(connection_ids)
        self.pushes.append((notification, named))


class MemorySchedule:
    """Fulfils `domain.ports.Schedule`, and shows what is scheduled."""

    def __init__(self) -> None:
        self.notifications: dict[str, Notification] = {}

    def put(self, notification: Notification) -> None:
        self.notifications[notification.id] = notification

    def drop(self, notification: Notification) -> None:
        self.notifications.pop(notification.id, None)


class MemoryDeadLetterSink:
    """Fulfils `domain.ports.DeadLetterSink`, and shows what was put."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []

    def put(self, notification: Notification) -> None:
        self.notifications.append(notification)


def _key(notification: Notification) -> Key:
    return Key(user_key(notification.user_id), notification.id)
