"""Keep the books, as the table's stream tells of the changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.accounting import Move, by_day, enter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notificationd.domain import ports


@dataclass(frozen=True, slots=True)
class Tally:
    """The use case behind the table's stream that counts."""

    sheets: ports.Sheets

    def __call__(self, shard: str, moves: Sequence[Move]) -> None:
        """Count a batch of changes: each once, however often and in whatever company it comes.

        It is one write for each day that the batch has changes of, and none where all of them are
        counted already.

        Args:
            shard: which the batch is of.
            moves: in the order of their numbers.

        Raises:
            Unavailable: not all of it is counted. The batch is to come again.
        """
        for day, of_the_day in by_day(moves).items():
            before = self.sheets.newest(shard, day)
            after = enter(before, shard, day, of_the_day)
            if after is not None:
                self.sheets.put(before, after)
