"""The books are exact, however the stream is delivered: a model of Lambda at its worst.

Histories of notifications lie on the shards of a stream. Each shard is delivered in batches of any
size, from anywhere before where it has come to, in order the first time. A batch may be counted and
come again all the same, because its worker died, or be counted by two workers at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from notificationd.domain import accounting
from notificationd.domain.accounting import DAY_MS, HOUR_MS, Cell, Move, add_up
from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel
from notificationd.domain.record import OPEN, Status
from notificationd.services.tally import Tally
from tests.fakes.storage import MemorySheets

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain.accounting import Sheet

DAY = 20_780
START = DAY * DAY_MS
HISTORIES = (
    (Status.PENDING,),
    (Status.SENT,),
    (Status.PENDING, Status.SENT),
    (Status.PENDING, Status.FAILED, Status.PENDING, Status.SENT),
    (Status.PENDING, Status.FAILED, Status.PENDING, Status.FAILED),
    (Status.SCHEDULED, Status.CANCELLED),
    (Status.SCHEDULED, Status.PENDING, Status.EXPIRED),
    (Status.SCHEDULED, Status.SENT),
)
SHARDS = ("shard-a", "shard-b")

type Shards = dict[str, list[Move]]


class Interrupted(Exception):
    """The worker died."""


class TroubledSheets(MemorySheets):
    """Books whose writer meets something.

    `before` is done between the next look and its write; after `dies_after` writes the worker dies.
    """

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[], object] | None = None
        self.dies_after = 0

    def put(self, before: Sheet | None, after: Sheet) -> None:
        meanwhile, self.before = self.before, None
        if meanwhile is not None:
            meanwhile()
        super().put(before, after)
        if self.dies_after:
            self.dies_after -= 1
            if not self.dies_after:
                raise Interrupted


@dataclass(frozen=True, slots=True)
class Step:
    """A delivery.

    Args:
        back: from how far before what has been delivered.
        size: how many changes there are in the batch, if there are as many.
        trouble: what happens to it.
        rival: the same of another worker's batch, which is counted in the middle of it.
    """

    shard: str
    back: int
    size: int
    trouble: str
    rival: tuple[int, int]


steps = st.lists(
    st.builds(
        Step,
        shard=st.sampled_from(SHARDS),
        back=st.integers(0, 12),
        size=st.integers(1, 12),
        trouble=st.sampled_from(["none", "dies after the write", "told late", "rival"]),
        rival=st.tuples(st.integers(0, 12), st.integers(1, 12)),
    ),
    max_size=40,
)


@st.composite
def shards(draw: st.DrawFn) -> Shards:
    """Draw notifications with their histories, in shards whose changes have growing numbers."""
    made: Shards = {}
    for shard in SHARDS:
        waiting = [
            (draw(st.sampled_from(Channel)), draw(st.integers(-30, 20)), list(history))
            for history in draw(st.lists(st.sampled_from(HISTORIES), max_size=12))
        ]
        before: dict[int, Status | None] = dict.fromkeys(range(len(waiting)))
        moves: list[Move] = []
        sequence = draw(st.integers(1, 10**30))
        while any(history for _, _, history in waiting):
            which = draw(
                st.sampled_from([i for i, (_, _, history) in enumerate(waiting) if history])
            )
            channel, hours, history = waiting[which]
            after = history.pop(0)
            sequence += draw(st.integers(1, 10**12))
            # About midnight, and not always in the order of the numbers.
            at = START + 1_000 * draw(st.integers(-3, 3))
            accepted_at = START + hours * HOUR_MS
            move = Move(
                sequence=sequence,
                at=at,
                accepted_at=accepted_at,
                channel=channel,
                before=before[which],
                after=after,
            )
            moves.append(move)
            before[which] = after
        made[shard] = moves
    return made


def plain_count(delivered: Shards) -> dict[Cell, int]:
    """Count where each notification stands in the end."""
    counts = Counter[Cell]()
    for moves in delivered.values():
        for move in moves:
            hour = move.accepted_at // HOUR_MS
            counts[Cell(hour, move.channel, move.after)] += 1
            if move.before is not None:
                counts[Cell(hour, move.channel, move.before)] -= 1
    return {cell: count for cell, count in counts.items() if count}


class Delivery:
    """Delivers a stream's shards to the books, as Lambda may."""

    def __init__(self, stream: Shards) -> None:
        self.stream = stream
        self.sheets = TroubledSheets()
        self.done = dict.fromkeys(stream, 0)

    def take(self, step: Step) -> None:
        begin = max(0, self.done[step.shard] - step.back)
        end = min(begin + step.size, len(self.stream[step.shard]))
        if step.trouble == "rival":
            # It has read what the other one has, and may have come further.
            back, size = step.rival
            first = max(0, self.done[step.shard] - back)
            self.sheets.before = lambda: self._count(step.shard, first, first + size)
        self.sheets.dies_after = int(step.trouble == "dies after the write")
        counted = self._count(step.shard, begin, end)
        self.sheets.before, self.sheets.dies_after = None, 0
        if counted and step.trouble != "told late":
            self.done[step.shard] = max(self.done[step.shard], end)

    def finish(self) -> None:
        for shard, moves in self.stream.items():
            assert self._count(shard, self.done[shard], len(moves))

    def _count(self, shard: str, begin: int, end: int) -> bool:
        moves = self.stream[shard][begin:end]
        writes, days = self.sheets.writes, len({move.at // DAY_MS for move in moves})
        nested = self.sheets.before is not None
        try:
            Tally(self.sheets)(shard, moves)
        except (Unavailable, Interrupted):
            return False
        assert nested or self.sheets.writes - writes <= days
        return True


@given(shards(), steps, st.sampled_from([1, 3, 200]))
@settings(max_examples=400)
def test_the_books_are_what_a_plain_count_says(stream: Shards, plan: list[Step], full: int) -> None:
    before, accounting.FULL = accounting.FULL, full
    try:
        delivery = Delivery(stream)
        for step in plan:
            delivery.take(step)
        delivery.finish()
    finally:
        accounting.FULL = before

    statement = add_up(delivery.sheets.since(0), START - 40 * HOUR_MS, START + 40 * HOUR_MS)
    counted = {
        Cell(hour, channel, status): count
        for (hour, channel), row in statement.rows.items()
        for status, count in row.items()
        if count
    }
    assert counted == plain_count(stream)
    accepted = sum(move.before is None for moves in stream.values() for move in moves)
    total = statement.total()
    in_progress = sum(total[status] for status in OPEN)
    settled = sum(total[status] for status in Status if status not in OPEN)
    assert accepted == settled + in_progress


@given(shards())
def test_a_whole_stream_that_comes_again_changes_nothing_and_writes_nothing(
    stream: Shards,
) -> None:
    delivery = Delivery(stream)
    delivery.finish()
    before, writes = delivery.sheets.since(0), delivery.sheets.writes
    delivery.done = dict.fromkeys(stream, 0)

    delivery.finish()

    assert delivery.sheets.since(0) == before
    assert delivery.sheets.writes == writes
