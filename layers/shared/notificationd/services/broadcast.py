"""Write a frame to many of a user's sockets at once, within a bounded time."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from notificationd.domain.errors import ConnectionGone, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor, Future

    from notificationd.domain import ports

PATIENCE_SECONDS = 2.0
"""How long all sockets together are waited for: two that hang, one after the other."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a frame.

    Args:
        taken: how many sockets took it.
        missed: those that did not, this time. The gone ones are in neither.
    """

    taken: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """Writes to all sockets side by side, and tidies away the dead ones.

    Args:
        pool: where the sockets are written to. One that hangs holds up one of its threads for as
            long as the adapter lets it, and no other socket as long as a thread is free.
        patience: seconds after which the sockets that have not answered count as missed.
    """

    connections: ports.Connections
    sockets: ports.Sockets
    journal: ports.Journal
    pool: Executor
    patience: float = PATIENCE_SECONDS

    def __call__(self, user: str, frame: bytes, connection_ids: Sequence[str]) -> Delivery:
        """Write a frame to sockets. Never raises: what is lost here is found by the next sync."""
        posts = [(each, self.pool.submit(self._post, user, each, frame)) for each in connection_ids]
        deadline = monotonic() + self.patience
        answers = [(each, _answer(post, deadline)) for each, post in posts]
        return Delivery(
            taken=sum(answer is True for _, answer in answers),
            missed=tuple(each for each, answer in answers if answer is None),
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
        except Unavailable as error:  # the next frame for it tries again
            self.journal.warn("connection_not_removed", {"user_id": user, "error": str(error)})


def _answer(post: Future[bool | None], deadline: float) -> bool | None:
    """Wait for a post until the deadline, then give it up. One under way may still arrive."""
    try:
        return post.result(max(0.0, deadline - monotonic()))
    except TimeoutError:
        post.cancel()
        return None
