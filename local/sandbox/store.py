"""What the sandbox remembers: the messages it accepted, and every call made to it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from local.sandbox.exchange import Message, ProviderName

MAX_ENTRIES: Final = 10_000
MAX_CONTENT_CHARACTERS: Final = 64 * 1024 * 1024  # 10,000 messages may be 25 MB each


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to a provider, whatever came of it.

    Attributes:
        time: when it arrived.
        provider: who was called.
        outcome: `accepted`, `refused` (by the provider's own checks), or the kind of the fault
            that decided it: 500, 429, bad_address, unauthorized, refuse, timeout, drop.
        status: the HTTP status of the answer, None when no answer was given.
        detail: the provider's words.
        to: whom the call was for.
        notification_id: our own id, where the call carried one.
        message_id: the provider's id of what was accepted; with a timeout or drop it was accepted
            without the caller hearing of it.
        fault: id of the fault that hit the call, also when that only slowed it down.

    """

    time: datetime
    provider: ProviderName
    outcome: str
    status: int | None
    detail: str
    to: Sequence[str]
    notification_id: str | None
    message_id: str | None
    fault: str | None


class Newest[T]:
    """The newest entries, bounded by their number and by the sum of their sizes."""

    def __init__(self, size: Callable[[T], int], max_entries: int, max_size: int) -> None:
        """Start empty; `size` measures an entry in the unit of `max_size`."""
        self._entries: deque[T] = deque()
        self._measure = size
        self._max_entries = max_entries
        self._max_size = max_size
        self._size = 0

    def __iter__(self) -> Iterator[T]:
        """Go through the entries, oldest first."""
        return iter(self._entries)

    def append(self, entry: T) -> None:
        """Add an entry and forget the oldest ones beyond the bounds, but never this one."""
        self._entries.append(entry)
        self._size += self._measure(entry)
        while len(self._entries) > 1 and (
            len(self._entries) > self._max_entries or self._size > self._max_size
        ):
            self._size -= self._measure(self._entries.popleft())

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._size = 0


def _content_characters(message: Message) -> int:
    options = sum(len(value) for values in message.options.values() for value in values)
    return len(message.subject) + len(message.text) + len(message.html) + options


class Store:
    """Messages and attempts, in memory."""

    def __init__(
        self, max_entries: int = MAX_ENTRIES, max_characters: int = MAX_CONTENT_CHARACTERS
    ) -> None:
        """Start empty, with room for `max_entries` of each kind."""
        self.messages = Newest(_content_characters, max_entries, max_characters)
        self.attempts: Newest[Attempt] = Newest(lambda _: 1, max_entries, max_entries)

    def record(self, attempt: Attempt, message: Message | None) -> None:
        """Keep a call and, if it was accepted, its message."""
        self.attempts.append(attempt)
        if message is not None:
            self.messages.append(message)


def matching[E: (Message, Attempt)](entries: Iterable[E], wanted: Mapping[str, str]) -> list[E]:
    """Return the entries that fit all filters, oldest first.

    Args:
        entries: messages or attempts.
        wanted: `provider`, `outcome` and `notification_id` are compared exactly, `to` with each
            recipient, upper or lower case alike.

    """
    fields = {name: value for name, value in wanted.items() if name != "to"}
    to = wanted.get("to", "").casefold()
    return [
        entry
        for entry in entries
        if all(getattr(entry, name) == value for name, value in fields.items())
        and ("to" not in wanted or to in map(str.casefold, entry.to))
    ]
