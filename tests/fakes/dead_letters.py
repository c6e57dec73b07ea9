"""An in-memory stand-in for the dead-letter queue. tests/contract holds it to the real one."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from notificationd.domain.dead_letter import DeadLetter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notificationd.domain.notification import Notification

BATCH = 10


class MemoryDeadLetters:
    """Fulfils `domain.ports.DeadLetters`; what is hidden stays so until it is shown."""

    def __init__(self) -> None:
        self.letters: dict[str, DeadLetter] = {}
        self.hidden: set[str] = set()
        self._numbers = itertools.count(1)

    def bury(self, notification: Notification | None, newer_id: str | None = None) -> str:
        """Put a letter there and return its message's id."""
        name = f"message-{next(self._numbers)}"
        self.letters[name] = DeadLetter(
            message_id=name, receipt=name, notification=notification, newer_id=newer_id
        )
        return name

    def receive(self) -> Sequence[DeadLetter]:
        seen = [each for name, each in self.letters.items() if name not in self.hidden][:BATCH]
        self.hidden |= {letter.message_id for letter in seen}
        return seen

    def show(self, letters: Iterable[DeadLetter]) -> None:
        self.hidden -= {letter.message_id for letter in letters}

    def discard(self, letter: DeadLetter) -> None:
        self.letters.pop(letter.message_id, None)
        self.hidden.discard(letter.message_id)
