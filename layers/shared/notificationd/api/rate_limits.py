"""What a caller is told of its limits.

`Retry-After` is HTTP's own (RFC 9110). The others are of the seventh draft of the working group's
text, which is what gateways and client libraries read; later drafts put them into one header.
https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-07
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notificationd.domain.limits import Allowance

RETRY_AFTER = "Retry-After"
LIMIT = "RateLimit-Limit"
REMAINING = "RateLimit-Remaining"
RESET = "RateLimit-Reset"
POLICY = "RateLimit-Policy"


def rate_limit_headers(allowances: Sequence[Allowance]) -> dict[str, str]:
    """Return the headers that tell of the bucket with the least left in it; none for no limits."""
    if not allowances:
        return {}
    tightest = min(allowances, key=lambda allowance: (allowance.left, -allowance.full_in))
    limit = tightest.bucket.limit
    return {
        LIMIT: str(limit.count),
        REMAINING: str(tightest.left),
        RESET: str(tightest.full_in),
        POLICY: f"{limit.count};w={limit.seconds}",
    }
