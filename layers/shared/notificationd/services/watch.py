"""Take down which notifications stay open, as the table's stream tells of them.

An email or an SMS is settled within seconds as a rule, before the stream is read: then nothing is
written. Only what is still open is put onto the watch list, many in one write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.watch import Change, WatchEntry, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notificationd.domain import ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The use case behind the table's stream.

    Args:
        look: the time from a notification's opening to the first look at it, in milliseconds.
    """

    watch_list: ports.WatchList
    look: int

    def __call__(self, changes: Sequence[Change]) -> None:
        """Put what a batch of changes leaves open onto the watch list, in one write at most.

        A batch that comes twice begins with the same change, and so makes the same entry.

        Args:
            changes: in the order of each record's writes.

        Raises:
            Unavailable: nothing was taken down. The batch is to come again.
        """
        left_open = opened(changes)
        if not left_open:
            return
        first = left_open[0]
        keys = tuple(change.key for change in left_open)
        self.watch_list.put(WatchEntry(due=first.at + self.look, name=first.name, keys=keys))
