"""One round of attempts: a channel's providers in turn, until one of them decides the matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import (
    DeliveryError,
    Misconfiguration,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Retryable,
    Unavailable,
)
from notificationd.domain.record import Attempt, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notificationd.domain import ports
    from notificationd.domain.notification import Notification

_OUTCOMES: dict[type[DeliveryError], Outcome] = {
    Permanent: Outcome.PERMANENT,
    Retryable: Outcome.RETRYABLE,
    OutcomeUnknown: Outcome.UNKNOWN,
    Misconfigured: Outcome.MISCONFIGURED,
}

TEXT_CHARACTERS = 200
"""Of a provider's own words in the timeline: enough to understand it, small enough to keep 20."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round of attempts came to.

    Args:
        outcome: of all its attempts together.
        retry_after: the longest delay that a provider asked for, in seconds.
    """

    outcome: Outcome
    attempts: tuple[Attempt, ...]
    retry_after: float | None


def try_providers(
    providers: Sequence[ports.Provider],
    notification: Notification,
    clock: Callable[[], int],
    last_start: float,
) -> Round:
    """Ask one provider after the other, as long as it is certain that none has sent.

    A failover needs proof that the one before did not send, and that the address is not at
    fault: another provider would refuse it too.

    Args:
        last_start: after it no further provider is asked, in milliseconds since the epoch.
    """
    attempts: list[Attempt] = []
    waits: list[float] = []
    decided = False
    for provider in providers:
        at = clock()
        if attempts and at > last_start:
            break
        try:
            message_id = _call(provider, notification)
        except DeliveryError as error:
            attempts.append(_failed(at, provider.name, error))
            if error.retry_after is not None:
                waits.append(error.retry_after)
            decided = isinstance(error, OutcomeUnknown) or (
                isinstance(error, Permanent) and error.address_at_fault
            )
        else:
            attempts.append(
                Attempt(
                    at=at,
                    provider=provider.name,
                    outcome=Outcome.ACCEPTED,
                    message_id=message_id,
                )
            )
            decided = True
        if decided:
            break
    outcome = attempts[-1].outcome if decided else _undecided(attempts)
    return Round(outcome, tuple(attempts), max(waits, default=None))


def _call(provider: ports.Provider, notification: Notification) -> str:
    """Call a provider. What keeps us from calling it at all is an outcome like the others."""
    try:
        return provider.send(notification)
    except Misconfiguration as error:  # a secret that nobody has stored
        raise Misconfigured(str(error)) from error
    except Unavailable as error:  # a secret that cannot be read now
        raise Retryable(str(error)) from error


def _failed(at: int, provider: str, error: DeliveryError) -> Attempt:
    return Attempt(
        at=at,
        provider=provider,
        outcome=_OUTCOMES[type(error)],
        code=error.code,
        text=error.text[:TEXT_CHARACTERS],
    )


def _undecided(attempts: Sequence[Attempt]) -> Outcome:
    """Return what a round without a decision comes to: whatever another try may still mend."""
    outcomes = {attempt.outcome for attempt in attempts}
    for outcome in (Outcome.RETRYABLE, Outcome.MISCONFIGURED):
        if outcome in outcomes:
            return outcome
    return Outcome.PERMANENT
