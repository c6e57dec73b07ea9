"""The other side of each call: providers and sockets that keep account of what took effect."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import (
    DeliveryError,
    Misconfigured,
    NotificationError,
    OutcomeUnknown,
    Permanent,
    Retryable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notificationd.domain.notification import Notification


@dataclass(frozen=True, slots=True)
class Answer:
    """How a provider call goes.

    Args:
        sends: whether the user receives the message.
        error: what the caller is told, None for an acceptance.
    """

    sends: bool
    error: DeliveryError | None = None


ACCEPTED = Answer(sends=True)
DOWN = Answer(sends=False, error=Retryable("Internal Server Error", code="500"))
BUSY = Answer(sends=False, error=Retryable("Too Many Requests", code="429", retry_after=100))
BAD_ADDRESS = Answer(sends=False, error=Permanent("not an address", code="21211"))
BAD_CONTENT = Answer(sends=False, error=Permanent("refused", code="30007", address_at_fault=False))
DENIED = Answer(sends=False, error=Misconfigured("Forbidden", code="401"))
TIMED_OUT_AND_SENT = Answer(sends=True, error=OutcomeUnknown("ReadTimeout"))
TIMED_OUT = Answer(sends=False, error=OutcomeUnknown("ReadTimeout"))


class LedgerProvider:
    """Fulfils `domain.ports.Provider`.

    Args:
        answer: how a notification's next call goes, given how many it has had here.
    """

    def __init__(self, name: str, answer: Callable[[int], Answer]) -> None:
        self.name = name
        self.calls: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self._answer = answer

    def send(self, notification: Notification) -> str:
        answer = self._answer(self.calls[notification.id])
        self.calls[notification.id] += 1
        self.sent[notification.id] += answer.sends
        if answer.error is not None:
            raise answer.error
        return f"{self.name}-{self.calls[notification.id]}"


def scripted(*answers: Answer) -> Callable[[int], Answer]:
    """Return what answers each notification's calls in turn, and accepts from then on."""
    return lambda calls: answers[calls] if calls < len(answers) else ACCEPTED


class LedgerSockets:
    """Fulfils `domain.ports.Sockets`.

    Args:
        script: how the first posts to each connection end; None for those that arrive.
    """

    def __init__(self, script: Mapping[str, Sequence[NotificationError | None]]) -> None:
        self.arrived: Counter[str] = Counter()
        self._script = defaultdict(list, {key: list(value) for key, value in script.items()})

    def post(self, connection_id: str, frame: bytes) -> None:
        script = self._script[connection_id]
        error = script.pop(0) if script else None
        if error is not None:
            raise error
        self.arrived[json.loads(frame)["notification"]["id"]] += 1
