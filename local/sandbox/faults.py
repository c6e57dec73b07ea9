"""Faults: what they are, and which call gets one. No HTTP in here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, Final

from local.sandbox.exchange import ProviderName, Refusal


class Kind(StrEnum):
    """What the caller sees."""

    SERVER_ERROR = Refusal.SERVER_ERROR.value
    RATE_LIMITED = Refusal.RATE_LIMITED.value
    BAD_ADDRESS = Refusal.BAD_ADDRESS.value
    UNAUTHORIZED = Refusal.UNAUTHORIZED.value
    TIMEOUT = "timeout"
    """The request is read and never answered."""
    DROP = "drop"
    """The connection is closed without an answer."""
    SLOW = "slow"
    """The usual answer, late."""
    REFUSE = "refuse"
    """Any other refusal: the HTTP status that is asked for, and Twilio's error code."""


SILENT: Final = frozenset({Kind.TIMEOUT, Kind.DROP})


@dataclass(slots=True)
class Fault:
    """A fault and how much of it is left.

    Attributes:
        id: names it in `DELETE /faults?id=` and in the records of the calls it was given to.
        provider: whose calls it hits.
        kind: what those calls get.
        remaining: how many more calls it hits; None with a share.
        share: the part of the calls that it hits, 0 to 1; None with a count.
        seed: of the share's random choice, so that a run can be repeated.
        retry_after: seconds that a 429 tells its caller to wait.
        status: the HTTP status of a `refuse`.
        code: the error code of a `refuse`; Twilio's alone have one.
        latency: seconds before the answer.
        to: only calls for this recipient; None for all.
        accept: whether a call that gets no answer is carried out all the same.
        hits: how many calls it has hit.

    """

    id: str
    provider: ProviderName
    kind: Kind
    remaining: int | None = None
    share: float | None = None
    seed: int | None = None
    retry_after: int = 1
    status: int | None = None
    code: int | None = None
    latency: float = 0.0
    to: str | None = None
    accept: bool = False
    hits: int = 0
    _random: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Seed the choice of calls."""
        self._random = Random(self.seed)  # noqa: S311 - picks test failures, guards nothing

    def hits_call(self, provider: ProviderName, recipients: list[str]) -> bool:
        """Say whether a call gets this fault, and count it if so."""
        if provider is not self.provider or self.remaining == 0:
            return False
        if self.to is not None and self.to.casefold() not in map(str.casefold, recipients):
            return False
        if self.share is not None and self._random.random() >= self.share:
            return False
        if self.remaining is not None:
            self.remaining -= 1
        self.hits += 1
        return True


class FaultBook:
    """The active faults, oldest first; a call gets the first one that hits it."""

    def __init__(self) -> None:
        """Start without any."""
        self._faults: dict[str, Fault] = {}
        self._made = 0

    def add(self, fields: Mapping[str, Any]) -> Fault:
        """Add a fault with these fields (all but the id), as `fault_rules.parse` returns them."""
        self._made += 1
        fault = Fault(id=f"fault-{self._made}", **fields)
        self._faults[fault.id] = fault
        return fault

    def take(self, provider: ProviderName, recipients: list[str]) -> Fault | None:
        """Return the fault for a call, None for the usual answer; a used up one is dropped."""
        hit = (fault for fault in self._faults.values() if fault.hits_call(provider, recipients))
        fault = next(hit, None)
        if fault is not None and fault.remaining == 0:
            del self._faults[fault.id]
        return fault

    def active(self) -> list[Fault]:
        """Return the faults that can still hit a call."""
        return list(self._faults.values())

    def remove(self, fault_id: str) -> bool:
        """Remove one fault; False when there is none of this id."""
        return self._faults.pop(fault_id, None) is not None

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()
