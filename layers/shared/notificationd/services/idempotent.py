"""Do a request once, however often it is made.

Its key is reserved before anything is done, with a seed that fixes the ids of its notifications.
Whoever comes to it while the first worker may still be alive is told to wait. After that a retry
does the same again with the same ids: what the first one had done already is found done (a record
is not written over, and the claim lets one of two messages through), and what it had not is done.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import NotificationError, Unavailable
from notificationd.domain.idempotency import Answer, KeyedRequest, Origin, new_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain import ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotent:
    """Stands before every use case that creates something.

    Args:
        clock: returns milliseconds since the epoch.
        worker_seconds: how long a worker can live.
    """

    keys: ports.IdempotencyKeys
    clock: Callable[[], int]
    worker_seconds: int

    def __call__(
        self, request: KeyedRequest | None, work: Callable[[Origin], Answer]
    ) -> tuple[Answer, bool]:
        """Return the answer to a request, and whether it is an earlier one's.

        Args:
            request: None where the caller gave no key; then nothing is stored.
            work: does it. What it makes must depend on the origin and the request alone.

        Raises:
            KeyReused, InFlight: it was not done.
            NotificationError: what the work raises. A retry does it again.
        """
        fresh = new_origin(self.clock())
        if request is None:
            return work(fresh), False
        taken = self.keys.reserve(request, fresh, fresh.at + self.worker_seconds * 1000)
        if isinstance(taken, Answer):
            return taken, True
        try:
            answer = work(taken)
        except NotificationError as error:
            self._give_back(request, taken, error, is_first=taken == fresh)
            raise
        with suppress(Unavailable):  # a retry does it again, and comes to the same
            if answer.is_final:
                self.keys.complete(request, taken, answer)
            else:
                self.keys.release(request, taken)
        return answer, False

    def _give_back(
        self, request: KeyedRequest, origin: Origin, error: NotificationError, *, is_first: bool
    ) -> None:
        """Let the caller try again at once; after a mistake with another request, too.

        But what could not be finished may have been begun, now or by an earlier worker.
        """
        with suppress(Unavailable):
            if is_first and not isinstance(error, Unavailable):
                self.keys.forget(request, origin)
            else:
                self.keys.release(request, origin)
