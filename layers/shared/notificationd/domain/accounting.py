"""The books: of all that was accepted in an hour on a channel, how much stands where.

They are kept from the stream of the table's changes. A new record adds one to its status, a change
moves one from a status to another, so what was accepted is always the sum of what became of it.
A notification is counted in the hour in which it was accepted, whenever the rest happens to it.

The stream is delivered at least once: a batch can come again, in other company, and late. Its
shards can be read independently of each other, and within one the changes have growing numbers.
So there is a sheet for each shard and day, which holds the number of the last change that is
counted on it, beside the counts themselves: what comes with a number up to that one is no news.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from notificationd.domain.notification import Channel
from notificationd.domain.record import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS
FULL = 200
"""Cells on a sheet, after which a new one is begun. A write costs by the sheet's size, and these
are some 4 KB. Four hours, for which DynamoDB keeps a shard, have a quarter of them; many more come
together where what falls due was scheduled at many times."""


class Cell(NamedTuple):
    """What is counted together.

    Args:
        hour: of acceptance, in hours since the epoch.
    """

    hour: int
    channel: Channel
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One change of a status, as the table's stream tells of it.

    Args:
        sequence: its number within its shard; a later change has a greater one.
        at: when it was written, in milliseconds since the epoch, to the second. It is the stream's
            own, and the same however often the change is delivered.
        accepted_at: when the notification was accepted, in milliseconds since the epoch.
        before: None where it made the record.
    """

    sequence: int
    at: int
    accepted_at: int
    channel: Channel
    before: Status | None
    after: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the changes of one shard on one day came to, or some of them.

    Args:
        day: on which these changes were written, in days since the epoch.
        number: from 1; a day's next sheet is begun when one is full.
        last: the number of the last change that is counted, on this sheet or an earlier one.
        at: when the newest of them was written, in milliseconds since the epoch.
        counts: without those that are zero. One that is negative undoes what is on another sheet.
    """

    day: int
    shard: str
    number: int
    last: int
    at: int
    counts: Mapping[Cell, int]

    @property
    def is_full(self) -> bool:
        """Whether the next changes go onto another one."""
        return len(self.counts) >= FULL


def by_day(moves: Iterable[Move]) -> dict[int, list[Move]]:
    """Return changes by the day on which they were written, in days since the epoch."""
    days: dict[int, list[Move]] = {}
    for move in moves:
        days.setdefault(move.at // DAY_MS, []).append(move)
    return days


def enter(sheet: Sheet | None, shard: str, day: int, moves: Sequence[Move]) -> Sheet | None:
    """Return the sheet on which changes are counted that were not before, None if all were.

    Whether it is a new one depends on what stands on the newest alone, and not on the changes:
    whoever else counts them at this moment comes to the same one, and only one of both is stored.

    Args:
        sheet: the newest one of this shard and day, None where there is none.
        moves: of this shard and day, in the order of their numbers.
    """
    fresh = [move for move in moves if sheet is None or move.sequence > sheet.last]
    if not fresh:
        return None
    if sheet is None:
        sheet = Sheet(day=day, shard=shard, number=1, last=0, at=0, counts={})
    elif sheet.is_full:
        sheet = replace(sheet, number=sheet.number + 1, counts={})
    return replace(
        sheet,
        last=fresh[-1].sequence,
        at=max(sheet.at, *(move.at for move in fresh)),
        counts=_counted(sheet.counts, fresh),
    )


def _counted(counts: Mapping[Cell, int], moves: Iterable[Move]) -> Mapping[Cell, int]:
    total = dict(counts)
    for move in moves:
        hour = move.accepted_at // HOUR_MS
        for status, by in ((move.before, -1), (move.after, 1)):
            if status is not None:
                cell = Cell(hour, move.channel, status)
                total[cell] = total.get(cell, 0) + by
    return {cell: count for cell, count in total.items() if count}


@dataclass(frozen=True, slots=True)
class Statement:
    """What became of the notifications that were accepted in some hours.

    Args:
        start: of the first hour, in milliseconds since the epoch.
        end: of the last one.
        counted_up_to: when the newest change was written that is counted, in milliseconds since
            the epoch; None where there is none at all.
        rows: by hour, in hours since the epoch, and channel. Where nothing was accepted there is
            none.
    """

    start: int
    end: int
    counted_up_to: int | None
    rows: Mapping[tuple[int, Channel], Mapping[Status, int]]

    def totals(self) -> dict[Channel, Counter[Status]]:
        """Return the sums of all hours, by channel."""
        sums = {channel: Counter[Status]() for channel in Channel}
        for (_, channel), row in self.rows.items():
            sums[channel].update(row)
        return sums

    def total(self) -> Counter[Status]:
        """Return the sum of all hours and channels."""
        total = Counter[Status]()
        for row in self.rows.values():
            total.update(row)
        return total


def add_up(sheets: Iterable[Sheet], start: int, end: int) -> Statement:
    """Return what stands on sheets about the hours from `start` to `end`.

    Args:
        sheets: all of the day of `start` and of every later one, in any order.
        start: the beginning of an hour, in milliseconds since the epoch.
        end: of another one.
    """
    hours = range(start // HOUR_MS, end // HOUR_MS)
    rows: dict[tuple[int, Channel], Counter[Status]] = {}
    newest: int | None = None
    for sheet in sheets:
        newest = sheet.at if newest is None else max(newest, sheet.at)
        for cell, count in sheet.counts.items():
            if cell.hour in hours:
                rows.setdefault((cell.hour, cell.channel), Counter())[cell.status] += count
    return Statement(
        start,
        end,
        newest,
        {key: row for key, row in sorted(rows.items()) if any(row.values())},
    )
