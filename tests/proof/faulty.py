"""A tap on every port: it lists the calls in their order, and spoils the one that it is told to."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from notificationd.domain.errors import NotificationError, OutcomeUnknown, Retryable, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notificationd.domain import ports
    from notificationd.domain.notification import Notification
    from notificationd.domain.record import Record


_OF_MANY = {"put_all", "create_all"}


class Killed(BaseException):
    """The process is gone: no product code may catch this."""


class Fault(StrEnum):
    """What can happen to one external call."""

    FAILS = "fails"
    """It fails before it takes effect."""
    ANSWER_LOST = "answer_lost"
    """It takes effect, and the caller is told that it failed."""
    KILLED = "killed"
    """It takes effect, and the process that made it dies."""


class Tap:
    """Lists calls as `port.method`, from the second one on as `port.method#2`.

    Args:
        plan: the calls that are spoiled, by their place in such a list.
    """

    def __init__(self, plan: Mapping[str, Fault] | None = None) -> None:
        self.steps: list[str] = []
        self._seen: Counter[str] = Counter()
        self._plan: Mapping[str, Fault] = plan or {}

    def restart(self, plan: Mapping[str, Fault]) -> None:
        """Begin another list, with other calls to spoil."""
        self.steps.clear()
        self._seen.clear()
        self._plan = plan

    def call[T](
        self,
        name: str,
        effect: Callable[[], T],
        failed: type[NotificationError] = Unavailable,
        lost: type[NotificationError] = Unavailable,
    ) -> T:
        """Make a call, or what is left of it.

        Args:
            failed: what the port raises where a call certainly had no effect.
            lost: what the port raises where the answer did not arrive.
        """
        self._seen[name] += 1
        step = name if self._seen[name] == 1 else f"{name}#{self._seen[name]}"
        self.steps.append(step)
        fault = self._plan.get(step)
        if fault is None:
            return effect()
        if fault is not Fault.FAILS:
            with suppress(NotificationError):  # an answer like any other: it is lost as well
                effect()
        if fault is Fault.KILLED:
            raise Killed(step)
        raise (failed if fault is Fault.FAILS else lost)(step)


class _Tapped:
    """Stands before a port. What it has is found by name, so no method can be forgotten."""

    def __init__(
        self, tap: Tap, name: str, port: object, errors: tuple[type[NotificationError], ...]
    ) -> None:
        self._tap = tap
        self._name = name
        self._port = port
        self._errors = errors

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 - whatever the port has there
        value = getattr(self._port, attribute)
        if not callable(value):
            return value
        name = f"{self._name}.{attribute}"
        if attribute in _OF_MANY:
            return partial(self._call_for_many, name, value)
        return lambda *args: self._tap.call(name, partial(value, *args), *self._errors)

    def _call_for_many(
        self,
        name: str,
        value: Callable[[Sequence[Any]], frozenset[str]],
        entries: Sequence[Record | tuple[Notification, int]],
    ) -> frozenset[str]:
        """Make a call that does not raise: it says which entries it did not take."""
        try:
            return self._tap.call(name, partial(value, entries))
        except Unavailable:
            return frozenset(
                entry[0].id if isinstance(entry, tuple) else entry.notification.id
                for entry in entries
            )


def tapped[P](tap: Tap, name: str, port: P) -> P:
    """Return the port with a tap before it."""
    return cast("P", _Tapped(tap, name, port, (Unavailable, Unavailable)))


def tapped_provider(tap: Tap, provider: ports.Provider) -> ports.Provider:
    """Return the provider with a tap before it; its calls end as those of a provider do."""
    return cast(
        "ports.Provider", _Tapped(tap, provider.name, provider, (Retryable, OutcomeUnknown))
    )


class TappedJournal:
    """Fulfils `domain.ports.Journal`; a call is listed by its event."""

    def __init__(self, tap: Tap, journal: ports.Journal) -> None:
        self._tap = tap
        self._journal = journal

    def note(self, event: str, details: Mapping[str, object]) -> None:
        self._tap.call(f"journal.{event}", partial(self._journal.note, event, details))

    def count(self, event: str, details: Mapping[str, object]) -> None:
        """Nothing is told of it."""

    def warn(self, event: str, details: Mapping[str, object]) -> None:
        self._tap.call(f"journal.{event}", partial(self._journal.warn, event, details))


def faults_of(step: str) -> tuple[Fault, ...]:
    """Return what can happen to a call. The journal is the process's own output: it only dies."""
    return (Fault.KILLED,) if step.startswith("journal.") else tuple(Fault)
