"""In-memory stand-ins for the table and the queues. tests/contract holds them to the real ones."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from notificationd.domain.errors import LeaseLost
from notificationd.domain.notification import Notification, user_key
from notificationd.domain.page import Page, PageRequest
from notificationd.domain.record import Claimed, Lease, Record, Redriven, Status, accepted, apply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notificationd.domain.marks import Marks
    from notificationd.domain.profile import Profile


class MemoryNotifications:
    """Fulfils `domain.ports.Notifications`."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], Record] = {}
        self._claims: dict[tuple[str, str], int] = defaultdict(int)
        self._lock = threading.Lock()

    def create(self, record: Record) -> None:
        with self._lock:
            self._records.setdefault(_key(record.notification), record)

    def claim(self, notification: Notification, lease: Lease, at: int) -> tuple[Record, bool]:
        key = _key(notification)
        with self._lock:
            before = self._records.get(key, accepted(notification))
            self._records[key] = apply(before, Claimed(lease, at))
            self._claims[key] += 1
            return self._records[key], self._claims[key] > 1

    def save(self, record: Record, lease_id: str) -> None:
        key = _key(record.notification)
        with self._lock:
            stored = self._records[key]
            if stored == record:
                return
            if stored.lease is None or stored.lease.id != lease_id:
                raise LeaseLost
            self._records[key] = record
            self._claims[key] = 0

    def reopen(self, notification: Notification, at: int) -> None:
        key = _key(notification)
        with self._lock:
            # A dead letter without a record stands for a failure that nobody took down.
            missing = replace(accepted(notification), status=Status.FAILED)
            self._records[key] = apply(self._records.get(key, missing), Redriven(at))

    def get(self, user: str, notification_id: str) -> Record | None:
        return self._records.get((user, notification_id))

    def of(self, user: str) -> list[Record]:
        """Return a user's records, oldest first."""
        mine = (record for (owner, _), record in list(self._records.items()) if owner == user)
        return sorted(mine, key=lambda record: record.notification.id)

    def mark(self, user: str, notification_id: str, marks: Marks) -> None:
        """Put marks onto a record, as the inbox does."""
        with self._lock:
            record = self._records[user, notification_id]
            self._records[user, notification_id] = replace(record, marks=marks)

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


class MemoryQueue:
    """Fulfils `domain.ports.Queue`, and shows what was put."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self.pushes: list[tuple[Notification, tuple[str, ...] | None]] = []

    def put(self, notification: Notification) -> None:
        self.notifications.append(notification)

    def put_push(self, notification: Notification, connection_ids: Sequence[str] | None) -> None:
        named = None if connection_ids is None else tuple(connection_ids)
        self.pushes.append((notification, named))


class MemoryDeadLetterSink:
    """Fulfils `domain.ports.DeadLetterSink`, and shows what was put."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []

    def put(self, notification: Notification) -> None:
        self.notifications.append(notification)


def _key(notification: Notification) -> tuple[str, str]:
    return user_key(notification.user_id), notification.id
