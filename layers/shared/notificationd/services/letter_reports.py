"""What the use cases of dead letters answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notificationd.domain.dead_letter import Finding

NOT_FOUND = "not_found"
UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Listing:
    """Some dead letters, those that failed last first; there may be `more`."""

    findings: tuple[Finding, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """A letter that was left alone, or removed because it is settled, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was done to dead letters.

    Args:
        done: how many were redriven or discarded.
        more: there may be others that were not come to: the call is to be made again.
    """

    done: int
    skipped: tuple[Skipped, ...]
    more: bool
