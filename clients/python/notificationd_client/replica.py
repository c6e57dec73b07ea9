"""A user's inbox as one device knows it: frames in, frames out, and no connection of its own.

It follows docs/protocol.md. Frames may come in any order, twice, or not at all: whatever they say
of a notification's state carries the revision that said it, and the greatest one holds.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Any, TypeAlias

Frame: TypeAlias = dict[str, Any]

FLAGS = ("read", "seen", "archived")
_STATES = {
    "read": ("read", True),
    "unread": ("read", False),
    "seen": ("seen", True),
    "unseen": ("seen", False),
    "archived": ("archived", True),
    "unarchived": ("archived", False),
}
_SMALLEST = "00000000-0000-7000-8000-000000000000"
_PUSHED = -1
"""The revision of what a push says: everything else that is known is newer."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification in the inbox.

    Args:
        body: as the service sent it; its `read`, `seen` and `archived` may be out of date.
    """

    id: str
    body: Frame
    read: bool
    seen: bool
    archived: bool


@dataclass(frozen=True, slots=True)
class _Count:
    """How many were unread when the service counted, and which of the newest ones those were."""

    revision: int
    unread: int
    capped: bool
    settled: str
    recent: frozenset[str]


@dataclass(slots=True)
class _Sync:
    """A sync under way.

    Args:
        first: nothing is known yet, and older pages are not wanted.
        complete: it began at the oldest notification that is known, so it tells every change.
        since: what the service says to send as `since` the next time.
        revision: of the first page.
    """

    ref: str
    first: bool
    complete: bool
    since: str = ""
    revision: int | None = None


@dataclass(slots=True)
class _Older:
    """Where the inbox goes on below the oldest notification that is known.

    Args:
        cursor: of the next page.
        ref: of the request that is under way, if any.
        revision: of the first page since the last one that had a notification in it.
    """

    cursor: str
    ref: str | None = None
    revision: int | None = None


class Replica:
    """One device's copy of an inbox. Not safe for threads.

    Args:
        limit: notifications that a page is to have at most, 1 to 100.
    """

    def __init__(self, limit: int = 50) -> None:
        self._limit = limit
        self._from = ""  # it knows all that is in the inbox from this id on
        self._ids: list[str] = []
        self._bodies: dict[str, Frame] = {}
        self._flags: dict[str, dict[str, tuple[int, bool]]] = {}
        self._read_alls: list[tuple[int, str]] = []
        self._read_up_to = ""
        self._count = _Count(-1, 0, capped=False, settled="", recent=frozenset())
        self._revision = 0
        self._ahead: set[int] = set()
        self._lacking: dict[str, int] = {}  # what changes brought back, with their revisions
        self._since: str | None = None
        self._sync: _Sync | None = None
        self._older: _Older | None = None  # None where all of the inbox is known
        self._syncs = 0
        self._failed = False

    # --- what it knows

    @property
    def notifications(self) -> list[Notification]:
        """What is in the inbox and not archived, newest first."""
        known = (self._notification(each) for each in reversed(self._ids))
        return [each for each in known if not each.archived]

    @property
    def oldest(self) -> str:
        """All that is in the inbox from this id on is known."""
        return self._from

    @property
    def unread(self) -> int:
        """How many are unread, those that are not loaded included: at most 1,000."""
        counted = self._count
        late = self._ids[bisect.bisect_left(self._ids, counted.settled) :]
        new = sum(self._is_unread(each) for each in late if each not in counted.recent)
        return counted.unread if counted.capped else counted.unread + new

    @property
    def unread_capped(self) -> bool:
        """Whether there are more than `unread` says."""
        return self._count.capped

    @property
    def is_current(self) -> bool:
        """Whether it has synced and knows of no change that it was not told of."""
        return self._sync is None and self._since is not None and not self.has_gap

    @property
    def has_gap(self) -> bool:
        """Whether it has to sync soon: it was not told of something, or its sync has failed."""
        return self._failed or bool(self._ahead) or bool(self._lacking)

    @property
    def is_syncing(self) -> bool:
        """Whether an answer is waited for."""
        return self._sync is not None

    @property
    def has_older(self) -> bool:
        """Whether there may be notifications that are older than all that it knows."""
        return self._older is not None

    # --- what it has to say

    def connected(self) -> Frame:
        """Return what to send on a new connection."""
        if self._older is not None:
            self._older.ref = None
        return self._begin(since=self._since, complete=False)

    def refresh(self) -> Frame | None:
        """Return what to send from time to time; None while a sync is under way."""
        if self._sync is not None:
            return None
        if self.has_gap and self._since is not None:
            return self._begin(since=self._from or _SMALLEST, complete=True)
        return self._begin(since=self._since, complete=False)

    def older(self) -> Frame | None:
        """Return what to send for the next older page; None if there is none, or it is coming."""
        if self._older is None or self._older.ref is not None:
            return None
        self._syncs += 1
        self._older.ref = f"older-{self._syncs}"
        return self._next_page(self._older.ref, self._older.cursor)

    def received(self, frame: Frame) -> Frame | None:
        """Take in a frame, and return what to send next, if anything."""
        match frame.get("type"):
            case "notification":
                self._merge(frame["notification"], _PUSHED)
            case "state":
                self._change(frame)
            case "sync":
                return self._page(frame)
            case "error" if self._sync is not None and frame.get("ref") == self._sync.ref:
                self._sync, self._failed = None, True
            case "error" if self._older is not None and frame.get("ref") == self._older.ref:
                self._older.ref = None
            case _:
                pass
        return None

    # --- how

    def _begin(self, *, since: str | None, complete: bool) -> Frame:
        self._syncs += 1
        self._failed = False
        self._sync = _Sync(f"sync-{self._syncs}", first=since is None, complete=complete)
        frame: Frame = {"action": "sync", "ref": self._sync.ref, "limit": self._limit}
        return frame if since is None else {**frame, "since": since}

    def _page(self, frame: Frame) -> Frame | None:
        revision = int(frame["revision"])
        if self._older is not None and frame.get("ref") == self._older.ref:
            self._take_older(frame, self._older)
        for each in frame["notifications"]:
            self._merge(each, revision)
        self._counted(frame)
        sync = self._sync
        if sync is None or frame.get("ref") != sync.ref:
            return None  # an answer from an earlier connection: true, but not what is waited for
        if sync.revision is None:
            sync.revision, sync.since = revision, frame["since"]
        # A page may be empty and still have a next one: the service looks at so many at a time.
        if frame["next"] is not None and not (sync.first and frame["notifications"]):
            return self._next_page(sync.ref, frame["next"])
        if frame["next"] is not None:
            self._begin_at(frame["notifications"][-1]["id"])
            self._older = _Older(frame["next"])
        self._sync, self._since = None, sync.since
        if sync.complete or sync.first:
            self._told(sync.revision)
            self._lacking = {
                each: since for each, since in self._lacking.items() if since > sync.revision
            }
        elif sync.revision > self._revision:  # changes were made that nobody told us of
            return self._begin(since=self._from or _SMALLEST, complete=True)
        return None

    def _next_page(self, ref: str, cursor: str) -> Frame:
        return {"action": "sync", "ref": ref, "limit": self._limit, "cursor": cursor}

    def _take_older(self, frame: Frame, older: _Older) -> None:
        """Know the inbox from further below on.

        What is known of all changes is so of what lay above. Where the page is from before a
        change that was told of, or a sync is under way, this part has to be asked for once more.
        """
        if older.revision is None:
            older.revision = int(frame["revision"])
        self._older = _Older(frame["next"], revision=older.revision) if frame["next"] else None
        if not frame["notifications"] and self._older is not None:
            return
        self._from = "" if self._older is None else frame["notifications"][-1]["id"]
        if self._older is not None:
            self._older.revision = None
        if older.revision < max(self._revision, *self._ahead, 0):
            self._failed = True
        if self._sync is not None:
            self._sync.complete = False

    def _change(self, frame: Frame) -> None:
        revision = int(frame["revision"])
        flag, value = _STATES[frame["state"]]
        if "up_to" in frame:
            up_to = frame["up_to"]
            covered = [each for each in self._read_alls if each[0] <= revision and each[1] <= up_to]
            self._read_alls = [each for each in self._read_alls if each not in covered]
            self._read_alls.append((revision, up_to))
            ids = self._up_to(up_to)
        else:
            ids = frame["ids"]
            if frame["state"] == "unarchived":
                self._lacking |= {each: revision for each in ids if self._lacks(each)}
        for each in ids:
            self._set(each, flag, revision, value=value)
        self._counted(frame)
        if revision > self._revision:
            self._ahead.add(revision)
            self._told(self._revision)

    def _begin_at(self, oldest: str) -> None:
        """Forget what lies before the first page: in between there may be more."""
        self._from = oldest
        for each in self._ids[: bisect.bisect_left(self._ids, oldest)]:
            del self._bodies[each]
        self._ids = self._ids[bisect.bisect_left(self._ids, oldest) :]

    def _told(self, revision: int) -> None:
        """Take note that everything up to a revision is known."""
        self._revision = max(self._revision, revision)
        while self._revision + 1 in self._ahead:
            self._revision += 1
        self._ahead = {each for each in self._ahead if each > self._revision}

    def _merge(self, body: Frame, revision: int) -> None:
        notification_id = body["id"]
        if notification_id < self._from:
            return
        self._lacking.pop(notification_id, None)
        if notification_id not in self._bodies:
            bisect.insort(self._ids, notification_id)
        if notification_id not in self._bodies or not body.get("truncated"):
            self._bodies[notification_id] = body
        for flag in FLAGS:
            self._set(notification_id, flag, revision, value=body[flag])
        if revision == _PUSHED and notification_id <= self._read_up_to:
            self._set(notification_id, "read", _PUSHED, value=True)
        for read_all, up_to in self._read_alls:
            if notification_id <= up_to and read_all > revision:
                self._set(notification_id, "read", read_all, value=True)

    def _set(self, notification_id: str, flag: str, revision: int, *, value: bool) -> None:
        flags = self._flags.setdefault(notification_id, {})
        if flag not in flags or revision >= flags[flag][0]:
            flags[flag] = (revision, value)

    def _up_to(self, notification_id: str) -> list[str]:
        return self._ids[: bisect.bisect_right(self._ids, notification_id)]

    def _lacks(self, notification_id: str) -> bool:
        return notification_id >= self._from and notification_id not in self._bodies

    def _counted(self, frame: Frame) -> None:
        up_to = frame["read_up_to"] or ""
        if up_to > self._read_up_to:
            self._read_up_to = up_to
            for each in self._up_to(up_to):  # those of which no more is known than a push said
                self._set(each, "read", _PUSHED, value=True)
        if int(frame["revision"]) >= self._count.revision:
            self._count = _Count(
                revision=int(frame["revision"]),
                unread=int(frame["unread"]),
                capped=bool(frame["unread_capped"]),
                settled=frame["settled"],
                recent=frozenset(frame["recent"]),
            )

    def _is_unread(self, notification_id: str) -> bool:
        notification = self._notification(notification_id)
        return not notification.read and not notification.archived

    def _notification(self, notification_id: str) -> Notification:
        flags = self._flags[notification_id]
        return Notification(
            notification_id,
            self._bodies[notification_id],
            *(flags[flag][1] for flag in FLAGS),
        )
