"""Which in-app notifications of a user are read, seen and archived: the rules, as functions.

What a user did to one notification is marked on its record. Reading everything up to a point is
one step forward of `Progress`, however many that are; what is marked unread again below that point
is named there. Each change makes one revision, so that everybody can tell which of two came later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from notificationd.domain.errors import FieldError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = 1_000
"""Marked unread below the point up to which all is read; a count is exact up to as many."""


class Change(StrEnum):
    """What can be done to a notification in an inbox, named as it is afterwards."""

    READ = "read"
    UNREAD = "unread"
    SEEN = "seen"
    UNSEEN = "unseen"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What was done to one notification, each with its time in milliseconds since the epoch."""

    read_at: int | None = None
    seen_at: int | None = None
    archived_at: int | None = None


UNMARKED = Marks()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a notification stands in its user's inbox."""

    read: bool
    seen: bool
    archived: bool


NEW = Standing(read=False, seen=False, archived=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a user has read.

    Args:
        revision: how many changes there were.
        said_up_to: the greatest id up to which the user said that all is read. Empty for none.
        read_up_to: all up to this id are read, but for those named below. It is the same id, or a
            later one where that is shorter to write.
        unread: ids at or below it that are unread all the same.
        shelved: more of them that are archived too, and so are not counted.
    """

    revision: int = 0
    said_up_to: str = ""
    read_up_to: str = ""
    unread: frozenset[str] = frozenset()
    shelved: frozenset[str] = frozenset()

    def is_read(self, notification_id: str, marks: Marks) -> bool:
        """Tell whether a notification is read."""
        if notification_id > self.read_up_to:
            return marks.read_at is not None
        return notification_id not in self.unread and notification_id not in self.shelved

    def standing(self, notification_id: str, marks: Marks) -> Standing:
        """Return how a notification stands."""
        return Standing(
            read=self.is_read(notification_id, marks),
            seen=marks.seen_at is not None,
            archived=marks.archived_at is not None,
        )


def mark(
    progress: Progress, found: Mapping[str, Marks], change: Change, at: int
) -> tuple[Progress, dict[str, Marks]]:
    """Return what a change of some notifications makes of an inbox.

    Args:
        found: the notifications, by id, with what is marked on them.
        at: milliseconds since the epoch.

    Returns:
        The progress, with the next revision, and the marks that are new. Where everything is as it
        should be already that is a revision too: what devices are told has one of its own.

    Raises:
        InvalidRequest: more would be marked unread than are kept.
    """
    changed = {
        notification_id: _marked(marks, change, at)
        for notification_id, marks in found.items()
        if not _is(progress.standing(notification_id, marks), change)
    }
    unread, shelved = set(progress.unread), set(progress.shelved)
    for notification_id, marks in changed.items():
        below = notification_id <= progress.read_up_to
        match change:
            case Change.READ:
                unread.discard(notification_id)
                shelved.discard(notification_id)
            case Change.UNREAD if below:
                (unread if marks.archived_at is None else shelved).add(notification_id)
            case Change.ARCHIVED if notification_id in unread:
                unread.remove(notification_id)
                shelved.add(notification_id)
            case Change.UNARCHIVED if notification_id in shelved:
                shelved.remove(notification_id)
                unread.add(notification_id)
            case _:
                pass
    if change is Change.UNREAD and len(unread) + len(shelved) > KEPT:
        detail = f"{KEPT} notifications are marked unread already; read some of them first"
        raise InvalidRequest(FieldError("ids", "too_many_unread", detail))
    after = replace(
        progress,
        revision=progress.revision + 1,
        unread=frozenset(unread),
        shelved=frozenset(shelved),
    )
    return after, changed


def read_all(progress: Progress, up_to: str) -> Progress:
    """Return the progress of a user who has read everything up to an id, that one included.

    It never goes back: an earlier id only ends what was marked unread up to there.
    """
    return replace(
        progress,
        revision=progress.revision + 1,
        said_up_to=max(progress.said_up_to, up_to),
        read_up_to=max(progress.read_up_to, up_to),
        unread=frozenset(each for each in progress.unread if each > up_to),
        shelved=frozenset(each for each in progress.shelved if each > up_to),
    )


def _is(standing: Standing, change: Change) -> bool:
    """Tell whether a notification stands already as a change would have it."""
    match change:
        case Change.READ | Change.UNREAD:
            return standing.read is (change is Change.READ)
        case Change.SEEN | Change.UNSEEN:
            return standing.seen is (change is Change.SEEN)
        case Change.ARCHIVED | Change.UNARCHIVED:
            return standing.archived is (change is Change.ARCHIVED)
        case _:
            assert_never(change)


def _marked(marks: Marks, change: Change, at: int) -> Marks:
    match change:
        case Change.READ:
            return replace(marks, read_at=at)
        case Change.UNREAD:
            return replace(marks, read_at=None)
        case Change.SEEN:
            return replace(marks, seen_at=at)
        case Change.UNSEEN:
            return replace(marks, seen_at=None)
        case Change.ARCHIVED:
            return replace(marks, archived_at=at)
        case Change.UNARCHIVED:
            return replace(marks, archived_at=None)
        case _:
            assert_never(change)
