"""The schedule: settle what no message stands for any more."""

from __future__ import annotations

from dataclasses import asdict

from notificationd.runtime import metrics, services
from notificationd.runtime.logs import without_texts


@without_texts
def handler(_event: object, _context: object) -> dict[str, int]:
    """Look at what has been open for long. When this raises, the next run goes on from there."""
    try:
        return asdict(services.reconcile()())
    finally:
        metrics.write()
