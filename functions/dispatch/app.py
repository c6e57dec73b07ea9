"""The channel queues: hand notifications to their providers, and late pushes to their sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.domain.notification import Channel, Notification
from notificationd.runtime import services
from notificationd.runtime.batch import process_batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notificationd.services.dispatch import Disposition


def handler(event: Mapping[str, Any], _context: object) -> dict[str, list[dict[str, str]]]:
    """Work on a batch and name the records that are to come back."""
    return process_batch(event, deliver, services.visibility(), services.pool())


def deliver(
    notification: Notification, connection_ids: Sequence[str] | None, receives: int
) -> Disposition:
    """Deliver what one message stands for."""
    if notification.channel is Channel.IN_APP:
        return services.dispatch_push()(notification, connection_ids, receives)
    return services.dispatch()(notification, receives)
