"""Look through the dead letters, send them again, or discard them.

A letter is redriven in three steps: its record is reopened, its notification is put onto its
channel's queue, and only then the letter is deleted. Whoever dies in between loses nothing and
sends nothing twice:

- after the first step the record is pending and the letter still there: it is listed as
  `unmarked`, and redriven as if nothing had been;
- after the second the notification is on its queue and its letter still there. Redriven again,
  it is on its queue twice: the claim lets one of the two messages through, and the other one
  finds it settled. Once it is sent, the letter is removed as `already_sent`;
- after the third all is done.

The other order would have a hole: a letter that is deleted first is lost with the worker, and
a message that is put before its record is reopened finds it `failed`, and is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.dead_letter import DeadLetter, Finding, Wanted, already
from notificationd.domain.errors import AlreadySettled, Unavailable
from notificationd.domain.notification import Channel, user_key
from notificationd.domain.record import Reason, Status
from notificationd.services.letter_reports import (
    NOT_FOUND,
    UNAVAILABLE,
    Listing,
    Report,
    Skipped,
)
from notificationd.services.letter_walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports
    from notificationd.domain.notification import Notification


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of one letter.

    Args:
        skipped: why it was not done, None if it was.
        is_gone: it is no longer in the dead-letter queue.
    """

    skipped: str | None
    is_gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterOffice:
    """The use cases behind `/dead-letters` and the operators' command.

    Args:
        pool: whose threads work on the letters of a page side by side.
        clock: returns milliseconds since the epoch.
        seconds: how long a call goes on to receive letters.
        examined: how many letters a call looks at.
    """

    letters: ports.DeadLetters
    notifications: ports.Notifications
    queue: ports.Queue
    journal: ports.Journal
    pool: Executor
    clock: Callable[[], int]
    seconds: float
    examined: int

    def find(self, wanted: Wanted, limit: int) -> Listing:
        """Return the letters that fit, with their records; they stay where they are.

        Raises:
            Unavailable: the queue or the table cannot be read.
        """
        found: list[Finding] = []
        with self._walk() as walk:
            for page in walk.pages():
                found += self._fitting(page, wanted)
                if len(found) > limit or _has_all(wanted, {each.letter.id for each in found}):
                    break
        all_found = walk.is_complete or _has_all(wanted, {each.letter.id for each in found})
        more = len(found) > limit or not all_found
        newest = sorted(found[:limit], key=_failed_at, reverse=True)
        return Listing(tuple(newest), more)

    def redrive(self, wanted: Wanted) -> Report:
        """Send the letters that fit again, each notification once in a call.

        Raises:
            Unavailable: nothing was done.
        """
        return self._work(wanted, self._redrive)

    def discard(self, ids: frozenset[str]) -> Report:
        """Delete letters for good. Their records stay as they are.

        Raises:
            Unavailable: nothing was done.
        """
        return self._work(Wanted(ids=ids), self._discard)

    def _work(self, wanted: Wanted, work: Callable[[DeadLetter], _Fate]) -> Report:
        done = 0
        skipped: list[Skipped] = []
        seen: set[str] = set()
        with self._walk() as walk:
            for page in walk.pages():
                # What is redriven may be back at once, as another letter: for the next call.
                fresh = {each.id: each for each in page if each.id not in seen}
                try:
                    chosen = self._chosen([*fresh.values()], wanted)
                except Unavailable:
                    if not seen:
                        raise
                    break
                seen |= {letter.id for letter in chosen}
                for letter, fate in zip(chosen, self.pool.map(work, chosen), strict=True):
                    if fate.is_gone:
                        walk.forget(letter)
                    if fate.skipped is None:
                        done += 1
                    else:
                        skipped.append(Skipped(letter.id, fate.skipped))
                if _has_all(wanted, seen):
                    break
        if walk.is_complete:
            skipped += [Skipped(missed, NOT_FOUND) for missed in sorted(wanted.ids - seen)]
        more = not (walk.is_complete or _has_all(wanted, seen))
        return Report(done, tuple(skipped), more)

    def _redrive(self, letter: DeadLetter) -> _Fate:
        notification = letter.notification
        if notification is None:
            return _Fate(Finding(letter, None).reason, is_gone=False)
        try:
            self._reopen(notification)
            self.queue.put(notification)
        except AlreadySettled as settled:
            (status,) = settled.args
            if status is Status.FAILED:  # it may have been sent, and must not be sent twice
                return _Fate(Reason.OUTCOME_UNKNOWN, is_gone=False)
            return _Fate(already(status), is_gone=self._discard(letter).is_gone)
        except Unavailable:
            return _Fate(UNAVAILABLE, is_gone=False)
        details = {"notification_id": notification.id, "user_id": notification.user_id}
        self.journal.note("redriven", details | {"channel": notification.channel})
        # On its queue it is redriven, even if its letter cannot be deleted now.
        return _Fate(None, is_gone=self._discard(letter).is_gone)

    def _reopen(self, notification: Notification) -> None:
        if notification.channel is Channel.IN_APP:  # it is in the inbox; only a push was lost
            raise AlreadySettled(Status.SENT)
        self.notifications.reopen(notification, self.clock())

    def _discard(self, letter: DeadLetter) -> _Fate:
        try:
            self.letters.discard(letter)
        except Unavailable:
            return _Fate(UNAVAILABLE, is_gone=False)
        return _Fate(None, is_gone=True)

    def _walk(self) -> Walk:
        return Walk(self.letters, self.clock, seconds=self.seconds, examined=self.examined)

    def _chosen(self, page: Sequence[DeadLetter], wanted: Wanted) -> Sequence[DeadLetter]:
        """Return the letters that fit; records are read only where the choice needs them."""
        if (wanted.reason, wanted.since, wanted.until) == (None, None, None):
            return [letter for letter in page if wanted.may_fit(letter)]
        return [finding.letter for finding in self._fitting(page, wanted)]

    def _fitting(self, page: Sequence[DeadLetter], wanted: Wanted) -> Iterator[Finding]:
        possible = [letter for letter in page if wanted.may_fit(letter)]
        return filter(wanted.fits, self.pool.map(self._look_up, possible))

    def _look_up(self, letter: DeadLetter) -> Finding:
        notification = letter.notification
        if notification is None:
            return Finding(letter, None)
        user = user_key(notification.user_id)
        return Finding(letter, self.notifications.get(user, notification.id))


def _has_all(wanted: Wanted, seen: set[str]) -> bool:
    return bool(wanted.ids) and wanted.ids <= seen


def _failed_at(finding: Finding) -> tuple[int, str]:
    return finding.failed_at or 0, finding.letter.id
