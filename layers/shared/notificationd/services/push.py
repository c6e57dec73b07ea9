"""Push an in-app notification to its user's live sockets.

A push is a courtesy: the notification is in the user's inbox already, and a client that missed
the push finds it there when it syncs. So nothing here fails the caller, or makes it wait for long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Notification, user_key
from notificationd.services.broadcast import PATIENCE_SECONDS, Broadcast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Tells a user's devices of a notification, and leaves those it cannot reach to the queue.

    Args:
        frame: renders a notification as clients receive it.
        pool: where the sockets are written to side by side.
        patience: seconds after which sockets that have not answered are left to the queue.
    """

    connections: ports.Connections
    sockets: ports.Sockets
    queue: ports.Queue
    journal: ports.Journal
    pool: Executor
    frame: Callable[[Notification], bytes]
    patience: float = PATIENCE_SECONDS

    def __call__(
        self, notification: Notification, connection_ids: Sequence[str]
    ) -> tuple[str, ...]:
        """Push to sockets and return those that should be tried again."""
        if not connection_ids:
            return ()
        broadcast = Broadcast(
            connections=self.connections,
            sockets=self.sockets,
            journal=self.journal,
            pool=self.pool,
            patience=self.patience,
        )
        user = user_key(notification.user_id)
        delivery = broadcast(user, self.frame(notification), connection_ids)
        gone = len(connection_ids) - delivery.taken - len(delivery.missed)
        for event, number in (("push_missed", len(delivery.missed)), ("push_gone", gone)):
            if number:
                self.journal.count(event, {"connections": number})
        if delivery.taken:
            self.journal.note(
                "pushed",
                {
                    "notification_id": notification.id,
                    "user_id": notification.user_id,
                    "channel": notification.channel,
                    "connections": delivery.taken,
                },
            )
        return delivery.missed

    def later(self, notification: Notification, connection_ids: Sequence[str] | None) -> None:
        """Leave sockets to the in-app queue; all of the user's where none are named."""
        try:
            self.queue.put_push(notification, connection_ids)
        except Unavailable as error:
            self.journal.warn(
                "push_dropped", {"notification_id": notification.id, "error": str(error)}
            )
