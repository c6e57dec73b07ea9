"""When a request that failed is made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notificationd_client.errors import NotificationdError


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often, and for how long, a call tries.

    Args:
        attempts: at most, the first one included.
        total: seconds that a call may take with all its tries. What the service asks to wait for
            longer is not waited for: the error says it in `retry_after`.
        first_delay: seconds, the longest wait after a first try; it doubles with each that follows.
        longest_delay: seconds, the longest wait unless the service asks for more.
    """

    attempts: int = 6
    total: float = 60.0
    first_delay: float = 0.5
    longest_delay: float = 10.0

    def wait(
        self, error: NotificationdError, attempt: int, left: float, random: float
    ) -> float | None:
        """Return the seconds to wait before another try; None where there is to be none.

        At random over the whole of the delay: not all that failed at once come back at once. What
        the service asks for is waited for, and the random part comes on top.

        Args:
            attempt: how many tries there were.
            left: seconds that the call may still take.
            random: from 0 (included) to 1 (excluded).
        """
        if not error.is_retryable or attempt >= self.attempts:
            return None
        delay = min(self.longest_delay, self.first_delay * 2.0 ** min(attempt - 1, 20))
        wait = (error.retry_after or 0.0) + random * delay
        return wait if wait < left else None


NO_RETRIES = Retries(attempts=1)
"""For callers that try again by themselves."""
