"""Stand-ins for providers, sockets, the journal and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notificationd.domain.errors import NotificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notificationd.domain.notification import Notification


class ScriptedProvider:
    """Fulfils `domain.ports.Provider`: does what its script says, call by call, then accepts.

    Args:
        script: for each call the error that it ends in, or the id that the provider gives.

    `meanwhile` is called during each call: time may pass in it.
    """

    def __init__(self, name: str, *script: NotificationError | str) -> None:
        self.name = name
        self.calls: list[Notification] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self._script = list(script)

    def send(self, notification: Notification) -> str:
        self.calls.append(notification)
        self.meanwhile()
        outcome = self._script.pop(0) if self._script else f"{self.name}-{len(self.calls)}"
        if isinstance(outcome, NotificationError):
            raise outcome
        return outcome


class RecordingSockets:
    """Fulfils `domain.ports.Sockets`: keeps the frames, and fails where it is told to."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, bytes]] = []
        self.failing: dict[str, NotificationError] = {}

    def post(self, connection_id: str, frame: bytes) -> None:
        if error := self.failing.get(connection_id):
            raise error
        self.frames.append((connection_id, frame))


class RecordingJournal:
    """Fulfils `domain.ports.Journal`."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.details: list[Mapping[str, object]] = []
        self.counted: list[tuple[str, Mapping[str, object]]] = []

    def note(self, event: str, details: Mapping[str, object]) -> None:
        self.events.append(event)
        self.details.append(details)

    def warn(self, event: str, details: Mapping[str, object]) -> None:
        self.note(event, details)

    def count(self, event: str, details: Mapping[str, object]) -> None:
        self.counted.append((event, details))


class Clock:
    """Tells the time that a test sets, in milliseconds since the epoch."""

    def __init__(self, now: int = 1_800_000_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * 1000)
