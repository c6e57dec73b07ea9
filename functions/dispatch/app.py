"""The channel queues: hand notifications to their providers, and late pushes to their sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.domain.notification import Channel
from notificationd.runtime import metrics, services
from notificationd.runtime.batch import Job, LambdaContext, process_batch
from notificationd.runtime.logs import without_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notificationd.services.dispatch import Disposition


@without_texts
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, list[dict[str, str]]]:
    """Work on a batch and name the records that are to come back."""
    try:
        return process_batch(event, context, deliver, services.visibility(), services.pool())
    finally:
        metrics.write()


def deliver(job: Job) -> Disposition:
    """Deliver what one message stands for."""
    if job.notification.channel is Channel.IN_APP:
        return services.dispatch_push()(job.notification, job.connection_ids, job.receives)
    return services.dispatch()(job.notification, job.receives, job.deadline)
