"""Try again a push that a socket did not take, or that nobody got round to."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from notificationd.domain.backoff import retry_delay
from notificationd.domain.errors import AlreadySettled
from notificationd.domain.notification import Notification, user_key
from notificationd.services.dispatch import Again, Disposition, Done

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notificationd.domain import ports
    from notificationd.services.push import Push


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPush:
    """The use case behind the in-app queue.

    Args:
        max_receives: as the queue's redrive policy has it.
        retry_base_seconds: the longest delay after the first try.
        clock: returns milliseconds since the epoch.
        random: returns a number from 0 (included) to 1 (excluded).
    """

    notifications: ports.Notifications
    connections: ports.Connections
    push: Push
    journal: ports.Journal
    max_receives: int
    retry_base_seconds: float
    clock: Callable[[], int]
    random: Callable[[], float]

    def __call__(
        self, notification: Notification, connection_ids: Sequence[str] | None, receives: int
    ) -> Disposition:
        """Push to the sockets named, or to all of the user's where none are.

        What was scheduled is marked as sent first, unless it was cancelled.

        A push that fails to the end is dropped, not dead-lettered: the notification is in the
        inbox, and the client finds it there.

        Raises:
            Unavailable: the table cannot be reached. The message is to be received again.
        """
        if notification.send_at is not None and connection_ids is None:
            if (ahead := notification.send_at - self.clock()) > 0:  # another clock is ahead
                return Again(ceil(ahead / 1000))
            try:
                self.notifications.release(notification)
            except AlreadySettled:  # cancelled
                return Done()
        if connection_ids is None:
            connection_ids = self.connections.of(user_key(notification.user_id))
        if not self.push(notification, connection_ids):
            return Done()
        if receives >= self.max_receives:
            self.journal.warn("push_dropped", {"notification_id": notification.id})
            return Done()
        return Again(
            retry_delay(
                receives, base=self.retry_base_seconds, retry_after=None, random=self.random()
            )
        )
