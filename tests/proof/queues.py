"""The queue as SQS runs it: visibility, receive counts, the redrive to the dead letters, lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.adapters.messages import read_message, write_message
from notificationd.domain.dead_letter import DeadLetter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from notificationd.domain.notification import Channel, Notification

MAX_RECEIVES = 5
VISIBILITY_SECONDS = 180
LAG_SECONDS = 60
"""How long the figures of a queue take to tell of a message: SQS calls them approximate."""


@dataclass(slots=True)
class Message:
    """One message; its id serves as its receipt handle too."""

    id: str
    body: str
    sent_at: int
    visible_at: int
    receives: int = 0

    @property
    def notification(self) -> Notification:
        return read_message(self.body)[0]


class SimulatedQueue:
    """Fulfils `domain.ports.Queue` and `Queues`, and what the runtime wants of a queue.

    Args:
        clock: returns milliseconds since the epoch.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self.messages: dict[str, Message] = {}
        self.dead: dict[str, Message] = {}
        self._clock = clock
        self._put = 0

    def put(self, notification: Notification, delay_seconds: int = 0) -> None:
        self._add(write_message(notification), delay_seconds)

    def put_all(self, notifications: Sequence[tuple[Notification, int]]) -> frozenset[str]:
        for notification, delay_seconds in notifications:
            self.put(notification, delay_seconds)
        return frozenset()

    def put_push(self, notification: Notification, connection_ids: Sequence[str] | None) -> None:
        self._add(write_message(notification, connection_ids))

    def receive(self, message_id: str) -> Message | None:
        """Return a message, unless its receives are used up: then it becomes a dead letter."""
        message = self.messages[message_id]
        if message.receives == MAX_RECEIVES:
            self.dead[message_id] = self.messages.pop(message_id)
            return None
        message.receives += 1
        message.visible_at = self._clock() + VISIBILITY_SECONDS * 1000
        return message

    def hide(self, queue_arn: str, receipt_handle: str, seconds: int) -> None:  # noqa: ARG002 - one queue
        if message := self.messages.get(receipt_handle):
            message.visible_at = self._clock() + seconds * 1000

    def delete(self, message_id: str) -> None:
        self.messages.pop(message_id, None)

    def visible(self) -> list[str]:
        """Return the ids of the messages that can be received now."""
        now = self._clock()
        return [message.id for message in self.messages.values() if message.visible_at <= now]

    def are_quiet(self, channels: Iterable[Channel]) -> Mapping[Channel, bool]:
        told = self._clock() - LAG_SECONDS * 1000
        is_quiet = not any(message.sent_at <= told for message in self.messages.values())
        return dict.fromkeys(channels, is_quiet)

    def _add(self, body: str, delay_seconds: int = 0) -> None:
        self._put += 1
        now = self._clock()
        message = Message(f"message-{self._put}", body, now, now + delay_seconds * 1000)
        self.messages[message.id] = message

    def bury(self, notification: Notification) -> None:
        """Put a message among the dead letters that was on no queue before."""
        self._add(write_message(notification))
        _, message = self.messages.popitem()
        self.dead[message.id] = message


class SimulatedSchedule:
    """Fulfils `domain.ports.Schedule`; `hand_over` is what the scheduler does when it is time."""

    def __init__(self, queue: SimulatedQueue) -> None:
        self.waiting: dict[str, Notification] = {}
        self._queue = queue

    def put(self, notification: Notification) -> None:
        self.waiting.setdefault(notification.id, notification)

    def drop(self, notification: Notification) -> None:
        self.waiting.pop(notification.id, None)

    def due(self, at: int) -> list[str]:
        """Return the ids of those whose time has come."""
        return [each.id for each in self.waiting.values() if (each.send_at or 0) <= at]

    def hand_over(self, notification_id: str, *, again: bool = False) -> None:
        """Put one onto its queue; the scheduler does so at least once.

        Args:
            again: it will do so another time.
        """
        self._queue.put(self.waiting[notification_id])
        if not again:
            del self.waiting[notification_id]


class SimulatedDeadLetters:
    """Fulfils `domain.ports.DeadLetterSink` and `DeadLetters`; for one reader at a time."""

    def __init__(self, queue: SimulatedQueue) -> None:
        self._queue = queue
        self._hidden: set[str] = set()

    def put(self, notification: Notification) -> None:
        self._queue.bury(notification)

    def receive(self) -> Sequence[DeadLetter]:
        seen = [each for each in self._queue.dead.values() if each.id not in self._hidden][:10]
        self._hidden |= {message.id for message in seen}
        return [
            DeadLetter(message_id=each.id, receipt=each.id, notification=each.notification)
            for each in seen
        ]

    def show(self, letters: Iterable[DeadLetter]) -> None:
        self._hidden -= {letter.message_id for letter in letters}

    def discard(self, letter: DeadLetter) -> None:
        self._queue.dead.pop(letter.message_id, None)

    def come_to_light(self) -> None:
        """Let the time pass after which SQS hands out again what a dead process had received."""
        self._hidden.clear()
