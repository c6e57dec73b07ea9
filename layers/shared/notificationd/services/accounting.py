"""Read the books: `GET /accounting`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.accounting import DAY_MS, HOUR_MS, Statement, add_up
from notificationd.domain.errors import FieldError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain import ports

USUAL_HOURS = 24
LONGEST_DAYS = 31
KEPT_DAYS = 400
"""Longer than something can be scheduled ahead and then be tried, and redriven."""


@dataclass(frozen=True, slots=True)
class Accounting:
    """The use case behind `GET /accounting`.

    Args:
        clock: returns milliseconds since the epoch.
    """

    sheets: ports.Sheets
    clock: Callable[[], int]

    def __call__(self, start: int | None = None, end: int | None = None) -> Statement:
        """Return what became of what was accepted from one moment to another.

        Args:
            start: in milliseconds since the epoch; its whole hour is meant. None for a day before
                the end.
            end: the whole hour in which it lies is meant, unless it is its beginning. None for now.

        Raises:
            InvalidRequest: there is no hour between them, or too many; or they are too old, or
                have not come yet.
        """
        now = self.clock()
        last = -(-(now if end is None else end) // HOUR_MS) * HOUR_MS
        first = last - USUAL_HOURS * HOUR_MS if start is None else start // HOUR_MS * HOUR_MS
        if (detail := _fault(first, last, now)) is not None:
            raise InvalidRequest(FieldError("from", "out_of_range", detail))
        return add_up(self.sheets.since(first // DAY_MS), first, last)


def _fault(first: int, last: int, now: int) -> str | None:
    if first >= last:
        return "must be before `to`"
    if first > now:
        return "must not be in the future"
    if last - first > LONGEST_DAYS * DAY_MS:
        return f"must be at most {LONGEST_DAYS} days before `to`"
    if first < now - KEPT_DAYS * DAY_MS:
        return f"must be at most {KEPT_DAYS} days ago"
    return None
