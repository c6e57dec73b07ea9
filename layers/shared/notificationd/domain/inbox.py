"""Pages of an inbox, and how many of its notifications are unread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notificationd.domain.ids import first_id

if TYPE_CHECKING:
    from notificationd.domain.marks import Progress
    from notificationd.domain.record import Record

LATE_MS = 30_000
"""An id is made before its record is stored, by at most this: the sender's time, three times."""
COUNTED = 1_000
"""Unread notifications are counted one by one up to here."""
LONG = 200
"""Records that a count may look at before it is worth a write to shorten the next one."""
CARRIED = 50
"""Unread ones that are carried along for that: they are rewritten with every change."""
PAGE_CHARACTERS = 1_000_000
"""Of content in a page: with JSON's escapes it stays far below Lambda's answer of 6 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRequest:
    """Which of a user's in-app notifications are asked for.

    Args:
        limit: how many at most.
        after: the id of the last one that was seen, None from the newest on.
        since: the smallest id that is wanted, None for all.
        archived: whether those that are archived are wanted too.
        unread: only those that are unread, or only those that are not. None for both.
        characters: of content; the one that passes it is the page's last.
    """

    limit: int
    after: str | None = None
    since: str | None = None
    archived: bool = False
    unread: bool | None = None
    characters: int = PAGE_CHARACTERS

    def wants(self, record: Record, progress: Progress) -> bool:
        """Tell whether an in-app notification fits."""
        standing = progress.standing(record.notification.id, record.marks)
        is_unread = not standing.read and not standing.archived
        return (self.archived or not standing.archived) and self.unread in {None, is_unread}


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some of a user's in-app notifications, newest first.

    Args:
        last_seen: where the next page starts, None when there is none. A page may hold fewer than
            were asked for, or none, and still have a next one.
    """

    records: tuple[Record, ...]
    last_seen: str | None


@dataclass(frozen=True, slots=True)
class Unmarked:
    """What lies above the point up to which all is read and was not read one by one.

    Args:
        ids: of those that are not archived, oldest first.
        archived: ids of those that are.
        examined: how many records had to be looked at.
    """

    ids: tuple[str, ...]
    archived: tuple[str, ...]
    examined: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many notifications were unread at some moment, and what that moment knew.

    Whoever gets a count and, by another way, a new notification can tell whether it is counted:
    it is if its id is smaller than `settled`, or among the `recent`.

    Args:
        unread: at most COUNTED.
        capped: there are more.
        settled: notifications with a smaller id had all been stored by then.
        recent: the unread ones with this id or a greater one. Empty where it is capped.
    """

    unread: int
    capped: bool
    settled: str
    recent: tuple[str, ...]


def count(progress: Progress, unmarked: Unmarked, at: int) -> Count:
    """Count what is unread: above the point by marks, below it by name.

    Args:
        at: milliseconds since the epoch, before anything was read.
    """
    settled = first_id(at - LATE_MS)
    found = len(unmarked.ids) + len(progress.unread)
    if found > COUNTED:
        return Count(COUNTED, capped=True, settled=settled, recent=())
    recent = sorted(each for each in (*unmarked.ids, *progress.unread) if each >= settled)
    return Count(found, capped=False, settled=settled, recent=tuple(recent))


def shortened(progress: Progress, unmarked: Unmarked, at: int) -> Progress | None:
    """Return the same inbox with a later point up to which all is read, so that counts stay cheap.

    Somebody who reads notifications one by one for years would otherwise have all of them looked
    at for every count. Nothing changes but how it is written, so it is no new revision. It keeps
    away from notifications whose records may still be on their way.

    Returns:
        None where it is not worth a write.
    """
    if unmarked.examined < LONG:
        return None
    up_to = first_id(at - 2 * LATE_MS)
    left = sorted(each for each in (*unmarked.ids, *unmarked.archived) if each < up_to)
    room = CARRIED - len(progress.unread) - len(progress.shelved)
    if len(left) > room:
        left = left[: max(room, 0)]
        up_to = left[-1] if left else ""
    if up_to <= progress.read_up_to:
        return None
    archived = set(unmarked.archived)
    return replace(
        progress,
        read_up_to=up_to,
        unread=progress.unread.union(each for each in left if each not in archived),
        shelved=progress.shelved.union(each for each in left if each in archived),
    )
