"""How long to wait before the next try."""

from __future__ import annotations

import math

CAP_SECONDS = 15 * 60
LONGEST_SECONDS = 12 * 60 * 60 - 60
"""SQS hides a message for at most 12 hours after its receipt; a minute is left for the work."""


def retry_delay(tries: int, *, base: float, retry_after: float | None, random: float) -> int:
    """Return the seconds until the next try.

    Doubling from `base`, at most 15 minutes, of which the upper half is random: tries spread
    out, and still each gap is longer than the one before until the cap is reached. A provider
    that asks for more time is given it.

    Args:
        tries: how many have been made, 1 or more.
        base: the longest delay after the first try, in seconds.
        retry_after: what the provider asked for, in seconds; nonsense is ignored.
        random: from 0 (included) to 1 (excluded).
    """
    # 2**20 seconds is far beyond the cap; the bound keeps a float from overflowing.
    ceiling = min(CAP_SECONDS, base * 2.0 ** min(tries - 1, 20))
    delay = ceiling * (1 - random / 2)
    if retry_after is not None and math.isfinite(retry_after) and retry_after > delay:
        delay = min(retry_after, LONGEST_SECONDS)
    return max(1, math.ceil(delay))
