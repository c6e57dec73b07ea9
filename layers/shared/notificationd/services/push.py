"""Push an in-app notification to its user's live sockets.

A push is a courtesy: the notification is in the user's inbox already, and a client that missed
the push finds it there when it syncs. So nothing here fails the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import ConnectionGone, Unavailable
from notificationd.domain.notification import Notification, user_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Writes to all sockets at once, and tidies away the dead ones.

    Args:
        frame: renders a notification as clients receive it.
        pool: where the sockets are written to side by side, so that a slow one delays no other.
    """

    connections: ports.Connections
    sockets: ports.Sockets
    queue: ports.Queue
    journal: ports.Journal
    pool: Executor
    frame: Callable[[Notification], bytes]

    def __call__(
        self, notification: Notification, connection_ids: Sequence[str]
    ) -> tuple[str, ...]:
        """Push to sockets and return those that should be tried again."""
        if not connection_ids:
            return ()
        user = user_key(notification.user_id)
        frame = self.frame(notification)
        taken = list(
            self.pool.map(lambda connection: self._post(user, connection, frame), connection_ids)
        )
        pushed = sum(answer is True for answer in taken)
        if pushed:
            self.journal.note(
                "pushed",
                {
                    "notification_id": notification.id,
                    "user_id": notification.user_id,
                    "channel": notification.channel,
                    "connections": pushed,
                },
            )
        return tuple(
            connection
            for connection, answer in zip(connection_ids, taken, strict=True)
            if answer is None
        )

    def later(self, notification: Notification, connection_ids: Sequence[str] | None) -> None:
        """Leave sockets to the in-app queue; all of the user's where none are named."""
        try:
            self.queue.put_push(notification, connection_ids)
        except Unavailable as error:
            self.journal.warn(
                "push_dropped", {"notification_id": notification.id, "error": str(error)}
            )

    def _post(self, user: str, connection_id: str, frame: bytes) -> bool | None:
        """Return whether it was taken: True, False for a dead socket, None for not this time."""
        try:
            self.sockets.post(connection_id, frame)
        except ConnectionGone:
            self._forget(user, connection_id)
            return False
        except Unavailable:
            return None
        return True

    def _forget(self, user: str, connection_id: str) -> None:
        try:
            self.connections.remove(user, connection_id)
        except Unavailable as error:  # the next push to it tries again
            self.journal.warn("connection_not_removed", {"user_id": user, "error": str(error)})
