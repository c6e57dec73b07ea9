"""Accept a notification and hand it to its channel.

The order of the steps is what keeps a promise once it is made. Email and SMS go onto the queue
first: from there on the dispatcher can finish the work alone, so that the record may be written
late or, if this process dies, by the dispatcher. In-app is written first: the record *is* the
inbox, and a push only makes it arrive sooner. What is scheduled is no different: the queue, or the
schedule before it, holds it back, and the inbox shows it from its time on.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel, Notification, user_key
from notificationd.domain.ports import LONGEST_DELAY_SECONDS
from notificationd.domain.record import accepted
from notificationd.services.limit import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports
    from notificationd.domain.idempotency import Origin
    from notificationd.domain.limits import Allowance
    from notificationd.services.compose import Compose, SendCommand
    from notificationd.services.limit import Limiter
    from notificationd.services.push import Push


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was accepted.

    Args:
        allowances: how much more may be sent; none where nothing is limited.
    """

    notification: Notification
    allowances: Sequence[Allowance]


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """The use case behind `POST /notifications`.

    Args:
        limiter: None where nothing is limited.
        pool: where the two independent calls of an in-app send run side by side.
        clock: returns milliseconds since the epoch.
    """

    compose: Compose
    limiter: Limiter | None
    notifications: ports.Notifications
    connections: ports.Connections
    queue: ports.Queue
    schedule: ports.Schedule
    push: Push
    journal: ports.Journal
    pool: Executor
    clock: Callable[[], int]

    def __call__(self, command: SendCommand, origin: Origin, caller: str) -> Receipt:
        """Accept a notification. When this returns, it will be settled, whatever crashes.

        Args:
            origin: of the request. The same one again makes the same notification, which is sent
                once.
            caller: the API key's id.

        Raises:
            InvalidRequest: a field is wrong, or the user has no address on the channel.
            RateLimited: it is one too many for its caller or for its user.
            Unavailable: the queue or the table cannot take it; nothing was accepted.
        """
        notification = self.compose(command, origin)
        clearance = self.limiter(caller, [notification]) if self.limiter else UNLIMITED
        if refusal := clearance.refused.get(notification.id):
            raise refusal
        self._hand_over(notification)
        return Receipt(notification, clearance.allowances)

    def _hand_over(self, notification: Notification) -> None:
        if notification.channel is not Channel.IN_APP:
            self._enqueue(notification)
        elif notification.send_at is None:
            self._deliver(notification)
        else:
            self._deliver_later(notification)

    def _enqueue(self, notification: Notification) -> None:
        self._put(notification)
        # Accepted. Should the record not be written now, the dispatcher's claim writes it.
        try:
            self.notifications.create(accepted(notification))
        except Unavailable as error:
            self.journal.warn(
                "record_left_to_dispatcher", ids_of(notification) | {"error": str(error)}
            )
        self.journal.note("accepted", ids_of(notification))

    def _deliver(self, notification: Notification) -> None:
        user = user_key(notification.user_id)
        live = self.pool.submit(self.connections.of, user)
        self.notifications.create(accepted(notification))
        self.journal.note("accepted", ids_of(notification))
        try:
            connection_ids = live.result()
        except Unavailable:
            self.push.later(notification, None)
        else:
            if failed := self.push(notification, connection_ids):
                self.push.later(notification, failed)

    def _deliver_later(self, notification: Notification) -> None:
        self.notifications.create(accepted(notification))
        self.journal.note("accepted", ids_of(notification))
        try:
            self._put(notification)
        except Unavailable as error:  # it is in the inbox in time; its devices are not told
            self.journal.warn("push_dropped", ids_of(notification) | {"error": str(error)})

    def _put(self, notification: Notification) -> None:
        delay = delay_of(notification, self.clock())
        if delay > LONGEST_DELAY_SECONDS:
            self.schedule.put(notification)
        else:
            self.queue.put(notification, delay)


def delay_of(notification: Notification, at: int) -> int:
    """Return the seconds until a notification is to be sent.

    Args:
        at: milliseconds since the epoch.
    """
    return 0 if notification.send_at is None else max(0, ceil((notification.send_at - at) / 1000))


def ids_of(notification: Notification) -> dict[str, object]:
    """Return what a journal may say of a notification."""
    return {
        "notification_id": notification.id,
        "user_id": notification.user_id,
        "channel": notification.channel,
    }
