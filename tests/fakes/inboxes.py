"""An in-memory stand-in for the users' inboxes. tests/contract holds it to the table."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING

from notificationd.domain.errors import InboxChanged
from notificationd.domain.inbox import InboxPage, InboxRequest, Unmarked
from notificationd.domain.marks import Marks, Progress
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status, as_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from notificationd.domain.record import Record
    from tests.fakes.storage import MemoryNotifications


class MemoryInboxes:
    """Fulfils `domain.ports.Inboxes`, over the records of a `MemoryNotifications`."""

    def __init__(self, notifications: MemoryNotifications) -> None:
        self._notifications = notifications
        self._progress: dict[str, Progress] = defaultdict(Progress)
        self._lock = threading.Lock()

    def look(self, user: str, ids: Collection[str] = ()) -> tuple[Progress, dict[str, Marks]]:
        with self._lock:
            marks = {r.notification.id: r.marks for r in self._in_app(user)}
            return self._progress[user], {each: marks[each] for each in ids if each in marks}

    def replace(
        self, user: str, before: Progress, after: Progress, marks: Mapping[str, Marks]
    ) -> None:
        with self._lock:
            now = self._progress[user]
            if (now.revision, now.read_up_to) != (before.revision, before.read_up_to):
                raise InboxChanged
            self._progress[user] = after
            for notification_id, each in marks.items():
                self._notifications.mark(user, notification_id, each)

    def page(self, user: str, request: InboxRequest, progress: Progress, at: int) -> InboxPage:
        found: list[Record] = []
        characters = 0
        for record in reversed(list(self._in_app(user, at))):
            notification = record.notification
            above = request.after is not None and notification.id >= request.after
            below = request.since is not None and notification.id < request.since
            if above or below or not request.wants(record, progress):
                continue
            if len(found) == request.limit or characters > request.characters:
                return InboxPage(tuple(found), found[-1].notification.id)
            found.append(record)
            characters += len(notification.content)
        return InboxPage(tuple(found), None)

    def unmarked(self, user: str, above: str, limit: int, at: int) -> Unmarked:
        records = [record for record in self._in_app(user, at) if record.notification.id > above]
        left = [record for record in records if record.marks.read_at is None]
        ids = [r.notification.id for r in left if r.marks.archived_at is None]
        archived = [r.notification.id for r in left if r.marks.archived_at is not None]
        return Unmarked(tuple(ids[:limit]), tuple(archived), len(records))

    def _in_app(self, user: str, at: int | None = None) -> Iterator[Record]:
        """Yield a user's in-app notifications, or what is in the inbox at a time, oldest first."""
        for record in self._notifications.of(user):
            is_there = at is None or as_of(record, at).status is Status.SENT
            if record.notification.channel is Channel.IN_APP and is_there:
                yield record
