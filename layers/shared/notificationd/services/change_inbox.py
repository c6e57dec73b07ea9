"""Change an inbox, and tell all of its user's devices."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from notificationd.domain.errors import (
    FieldError,
    InboxChanged,
    InvalidRequest,
    NotFound,
    Unavailable,
)
from notificationd.domain.ids import last_id, time_of
from notificationd.domain.marks import Change, mark, read_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports
    from notificationd.domain.inbox import Count
    from notificationd.domain.marks import Marks, Progress
    from notificationd.services.broadcast import Broadcast
    from notificationd.services.read_inbox import CountUnread

IDS = 100
"""What a request may name."""
_TOGETHER = 24
"""Changed in one go: a transaction's items may have 4 MB in all, and one of ours 90 KB."""
_TRIES = 10
"""Of a change that others are quicker with: one of them succeeds in each round."""
_AHEAD_MS = 60_000
"""How far the clock may be ahead that the greatest id was made by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A change, as the devices are told of it.

    Args:
        state: what the notifications are now.
        ids: which, where they were named.
        up_to: or all up to this one.
        ref: what the device that asked for it calls it.
    """

    state: Change
    ids: tuple[str, ...] = ()
    up_to: str | None = None
    progress: Progress
    count: Count
    ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInbox:
    """The use cases behind a socket's actions, and behind the routes that do the same.

    Args:
        frame: renders a change as devices receive it.
        pool: where the devices are looked up beside the count.
        clock: returns milliseconds since the epoch.
    """

    inboxes: ports.Inboxes
    connections: ports.Connections
    count: CountUnread
    broadcast: Broadcast
    journal: ports.Journal
    pool: Executor
    clock: Callable[[], int]
    frame: Callable[[Changed], bytes]

    def mark(
        self, user: str, ids: Sequence[str], change: Change, *, ref: str | None = None
    ) -> Changed:
        """Change some notifications; each 24 of them are one change, with a frame of its own.

        Args:
            ids: at most IDS. Those that are not in the user's inbox are passed over.
            ref: comes back in the frames.

        Returns:
            The last change.

        Raises:
            InvalidRequest: more would be marked unread than are kept.
            NotFound: none of them is in the user's inbox.
        """
        changed = None
        for some in batched(dict.fromkeys(ids), _TOGETHER, strict=False):
            progress, found = self._change(
                user, some, lambda before, found: mark(before, found, change, self.clock())
            )
            if found:
                known = tuple(each for each in some if each in found)
                changed = self._tell(user, progress, change, ids=known, ref=ref)
        if changed is None:
            message = "The user's inbox has no notification of that id."
            raise NotFound(message)
        return changed

    def read_all(self, user: str, up_to: str | None = None, *, ref: str | None = None) -> Changed:
        """Take everything up to an id as read, in one write.

        Args:
            up_to: the last id that is meant; None for all there is now.
            ref: comes back in the frame.

        Raises:
            InvalidRequest: the id is not made yet: what is still to come is not read.
        """
        now = self.clock()
        last = up_to or last_id(now)
        if time_of(last) > now + _AHEAD_MS:
            detail = "must be the id of a notification that is there"
            raise InvalidRequest(FieldError("up_to", "in_the_future", detail))
        progress, _ = self._change(user, (), lambda before, _: (read_all(before, last), {}))
        return self._tell(user, progress, Change.READ, up_to=last, ref=ref)

    def _change(
        self,
        user: str,
        ids: Sequence[str],
        make: Callable[[Progress, Mapping[str, Marks]], tuple[Progress, Mapping[str, Marks]]],
    ) -> tuple[Progress, Mapping[str, Marks]]:
        """Look, make the change, and store it; again where somebody else came in between.

        Returns:
            The progress after it, and the notifications that are there.
        """
        for _ in range(_TRIES):
            with suppress(InboxChanged):
                before, found = self.inboxes.look(user, ids)
                if ids and not found:
                    return before, found
                after, marks = make(before, found)
                self.inboxes.replace(user, before, after, marks)
                return after, found
        message = "the inbox: changed by others all the time"
        raise Unavailable(message)

    def _tell(  # noqa: PLR0913 - what a frame consists of
        self,
        user: str,
        progress: Progress,
        state: Change,
        *,
        ids: tuple[str, ...] = (),
        up_to: str | None = None,
        ref: str | None,
    ) -> Changed:
        live = self.pool.submit(self.connections.of, user)
        changed = Changed(
            state=state,
            ids=ids,
            up_to=up_to,
            progress=progress,
            count=self.count(user, progress),
            ref=ref,
        )
        self.journal.note("marked", {"user_id": user, "state": state, "notifications": len(ids)})
        try:
            connection_ids = live.result()
        except Unavailable as error:  # the change is made; devices find it when they sync
            self.journal.warn("change_not_told", {"user_id": user, "error": str(error)})
        else:
            self.broadcast(user, self.frame(changed), connection_ids)
        return changed
