"""Settle what no message stands for any more, so that no record stays `pending` for ever.

A message can vanish without a word: an operator purges a queue or deletes a dead letter, or it has
lain there for as long as SQS keeps one. Reconciling compares what is open for long with what the
queues hold. It looks twice before it gives a notification up, an hour apart: whoever takes it up in
between (a worker's claim, an operator's redrive) takes the mark of the first look off its record,
and giving up needs that mark in its one conditional write. So it never gets in a delivery's way.

What it reads: the entries of the watch list that are due (one query, nearly always empty), the
records that these name and, only if one of them is pending, the figures of two queues and the dead
letters. Never the table as a whole.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import AlreadySettled, LeaseLost, Unavailable
from notificationd.domain.notification import Channel
from notificationd.domain.record import OPEN, Record, Status, as_of
from notificationd.domain.transitions import Abandoned, Missed, apply
from notificationd.domain.watch import (
    NO_EVIDENCE,
    Evidence,
    Key,
    Patience,
    WatchEntry,
    judge,
    look_at,
)
from notificationd.services.letter_walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports

CHANNELS = (Channel.EMAIL, Channel.SMS)
"""Those whose notifications wait for a message; in-app ones are sent once they are stored."""
ENTRIES_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to.

    Args:
        pending: the records that were still open when it looked at them.
        settled: those of them that it settled.
    """

    pending: int
    settled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile:
    """The use case behind the schedule.

    Args:
        pool: whose threads look at the records of an entry side by side.
        clock: returns milliseconds since the epoch.
        seconds: how long a run goes on to take up entries, and once to look through dead letters.
        examined: how many dead letters a run looks at.
    """

    watch_list: ports.WatchList
    notifications: ports.Notifications
    queues: ports.Queues
    letters: ports.DeadLetters
    journal: ports.Journal
    pool: Executor
    clock: Callable[[], int]
    patience: Patience
    seconds: float
    examined: int

    def __call__(self) -> Report:
        """Look at what is due.

        Raises:
            Unavailable: the watch list cannot be read or written. The next run goes on from there.
        """
        at = self.clock()
        evidence: Evidence | None = None
        looked_at = put_off = 0
        while self.clock() < at + self.seconds * 1000:
            entries = self.watch_list.due(at, ENTRIES_AT_ONCE)
            if not entries:
                break
            for entry in entries:
                pending = self._pending(entry)
                if evidence is None and any(_wants_evidence(each, at) for each in pending.values()):
                    evidence = self._gather()
                still_open = self._still_open(pending, evidence or NO_EVIDENCE, at)
                self._put_off(entry, still_open)
                looked_at += len(pending)
                put_off += sum(map(len, still_open.values()))
        return Report(pending=looked_at, settled=looked_at - put_off)

    def _pending(self, entry: WatchEntry) -> dict[Key, Record | None]:
        """Return the records that are open; None for those that cannot be read now."""

        def read(key: Key) -> tuple[Key, bool, Record | None]:
            try:
                record = self.notifications.get(key.user, key.id)
            except Unavailable:
                return key, True, None
            return key, record is not None and record.status in OPEN, record

        return {key: record for key, is_open, record in self.pool.map(read, entry.keys) if is_open}

    def _still_open(
        self, pending: Mapping[Key, Record | None], evidence: Evidence, at: int
    ) -> dict[int, list[Key]]:
        """Return what is open after a look at it, by when it is to be looked at again."""

        def is_open(record: Record | None) -> bool:
            return record is None or not self._is_settled(record, evidence, at)

        answers = self.pool.map(is_open, pending.values())
        still_open: dict[int, list[Key]] = {}
        for (key, record), answer in zip(pending.items(), answers, strict=True):
            if answer:
                still_open.setdefault(look_at(record, at, self.patience), []).append(key)
        return still_open

    def _is_settled(self, record: Record, evidence: Evidence, at: int) -> bool:
        """Do what a look at a record comes to, and say whether the record was settled by it."""
        if record.notification.channel is Channel.IN_APP:
            return self._is_released(record, at)
        verdict = judge(record, evidence, at, self.patience)
        with suppress(Unavailable, LeaseLost):  # the next look finds what there is then
            match verdict:
                case Missed():
                    self.notifications.miss(record, verdict.at)
                case Abandoned():
                    after = apply(record, verdict)
                    self.notifications.abandon(after, verdict.missed_at)
                    event = "expired" if after.status is Status.EXPIRED else "abandoned"
                    self.journal.warn(event, _ids(after))
                    return True
        return False

    def _is_released(self, record: Record, at: int) -> bool:
        """Mark a scheduled in-app notification as sent whose push has not come to that."""
        if as_of(record, at).status in OPEN:
            return False
        with suppress(AlreadySettled, Unavailable):
            self.notifications.release(record.notification)
            return True
        return False

    def _put_off(self, entry: WatchEntry, still_open: Mapping[int, Sequence[Key]]) -> None:
        """Leave what is still open to another look, and finish with the entry."""
        for due, keys in still_open.items():
            # Stored anew before it is removed: who dies in between leaves it there twice.
            self.watch_list.put(WatchEntry.of(due, tuple(keys)))
        self.watch_list.remove(entry)

    def _gather(self) -> Evidence:
        """Look at the queues first: what is dead-lettered meanwhile is found among the letters."""
        try:
            quiet = self.queues.are_quiet(CHANNELS)
            letters: set[str] = set()
            walk = Walk(self.letters, self.clock, seconds=self.seconds, examined=self.examined)
            with walk:
                for page in walk.pages():
                    letters |= {letter.id for letter in page}
        except Unavailable:
            return NO_EVIDENCE
        return Evidence(
            quiet=frozenset(channel for channel in CHANNELS if quiet[channel]),
            letters=frozenset(letters),
            has_all_letters=walk.is_complete,
        )


def _ids(record: Record) -> dict[str, object]:
    notification = record.notification
    return {
        "notification_id": notification.id,
        "user_id": notification.user_id,
        "channel": notification.channel,
        "status": record.status,
        "reason": record.reason,
    }


def _wants_evidence(record: Record | None, at: int) -> bool:
    """Tell whether the queues are to be looked at: not for what is in the inbox, or not due."""
    if record is None or record.notification.channel is Channel.IN_APP:
        return False
    return record.notification.send_at is None or record.notification.send_at <= at
