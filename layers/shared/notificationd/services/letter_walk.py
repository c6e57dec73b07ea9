"""One pass over the dead-letter queue, which can be looked through only by receiving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from notificationd.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from notificationd.domain import ports
    from notificationd.domain.dead_letter import DeadLetter

_EMPTY_ANSWERS = 3
"""SQS asks a sample of its servers: only several empty answers in a row mean that none is left."""
_STALE_ANSWERS = 50
"""In a row, of known letters: the queue is too long for them to stay hidden all the while."""


class Walk:
    """Hands out each letter once, and shows those that are still there to others at its end.

    Args:
        clock: returns milliseconds since the epoch.
        seconds: how long letters are received.
        examined: how many are received at most, or a few more.
    """

    def __init__(
        self,
        letters: ports.DeadLetters,
        clock: Callable[[], int],
        *,
        seconds: float,
        examined: int,
    ) -> None:
        self._letters = letters
        self._clock = clock
        self._until = clock() + seconds * 1000
        self._examined = examined
        self._seen: dict[str, DeadLetter] = {}
        self._gone: set[str] = set()
        self.is_complete = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._letters.show(
            letter for letter in self._seen.values() if letter.message_id not in self._gone
        )

    def pages(self) -> Iterator[Sequence[DeadLetter]]:
        """Yield letters until all were seen: then `is_complete`. Or until time or number is up.

        Raises:
            Unavailable: no letter could be received at all. Later it is the end of the walk.
        """
        empty = stale = 0
        while empty < _EMPTY_ANSWERS:
            if self._is_over(stale):
                return
            try:
                received = self._letters.receive()
            except Unavailable:
                if not self._seen:
                    raise
                return
            fresh = [letter for letter in received if letter.message_id not in self._seen]
            self._seen |= {letter.message_id: letter for letter in received}
            empty = 0 if received else empty + 1
            stale = 0 if fresh else stale + 1
            if fresh:
                yield fresh
        self.is_complete = True

    def forget(self, letter: DeadLetter) -> None:
        """Take note that a letter was deleted."""
        self._gone.add(letter.message_id)

    def _is_over(self, stale: int) -> bool:
        return (
            stale >= _STALE_ANSWERS
            or len(self._seen) >= self._examined
            or self._clock() >= self._until
        )
