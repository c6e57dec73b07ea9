"""Read an inbox: a page of it, how it stands, and how much of it is unread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import InboxChanged, Unavailable
from notificationd.domain.inbox import COUNTED, Count, InboxPage, InboxRequest, count, shortened
from notificationd.domain.record import as_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from notificationd.domain import ports
    from notificationd.domain.marks import Progress


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An inbox as it was at some moment.

    What it shows has at least the changes up to the progress's revision. Of one that was made
    while it was read it may show a part; that change's own frame then tells all of it.
    """

    page: InboxPage
    progress: Progress
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUnread:
    """Counts what is unread in an inbox.

    Args:
        clock: returns milliseconds since the epoch.
    """

    inboxes: ports.Inboxes
    clock: Callable[[], int]

    def __call__(self, user: str, progress: Progress) -> Count:
        """Return how many notifications are unread.

        Where that took a look at many, the inbox is written so that the next count takes less.
        """
        at = self.clock()
        wanted = max(1, COUNTED + 1 - len(progress.unread))
        unmarked = self.inboxes.unmarked(user, progress.read_up_to, wanted, at)
        if shorter := shortened(progress, unmarked, at):
            with suppress(InboxChanged, Unavailable):  # the next count tries again
                self.inboxes.replace(user, progress, shorter, {})
        return count(progress, unmarked, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInbox:
    """The use case behind `GET /users/{id}/inbox` and a socket's `sync`.

    Args:
        pool: where the page is read beside the count.
        clock: returns milliseconds since the epoch.
    """

    inboxes: ports.Inboxes
    count: CountUnread
    pool: Executor
    clock: Callable[[], int]

    def __call__(self, user: str, request: InboxRequest) -> Snapshot:
        """Return some of a user's in-app notifications, newest first, and the count of all."""
        progress, _ = self.inboxes.look(user)
        at = self.clock()
        page = self.pool.submit(self.inboxes.page, user, request, progress, at)
        counted = self.count(user, progress)
        found = page.result()
        records = tuple(as_of(record, at) for record in found.records)
        return Snapshot(InboxPage(records, found.last_seen), progress, counted)
