"""A batch of SQS records, worked on side by side; each fails or succeeds alone.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from notificationd.adapters.messages import NewerMessage, read_message
from notificationd.domain.errors import Unavailable
from notificationd.domain.ids import now_ms
from notificationd.runtime.logs import log_error
from notificationd.services.dispatch import Again, Disposition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from notificationd.adapters.sqs import Visibility
    from notificationd.domain.notification import Notification


class LambdaContext(Protocol):
    """What a function is told about its invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the invocation is ended."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one record of a batch asks for.

    Args:
        connection_ids: the sockets that a push is left for, None for all of the user's.
        receives: how often it has been received, this time included.
        deadline: when this worker is ended, in milliseconds since the epoch.
    """

    notification: Notification
    connection_ids: Sequence[str] | None
    receives: int
    deadline: float


NEWER_SECONDS = 3600
"""Until a message of a later release is looked at again. Its five receives make some hours, in
which that release may be back; then it waits for it among the dead letters."""

type Work = Callable[[Job], Disposition]


def process_batch(
    event: Mapping[str, Any],
    context: LambdaContext,
    work: Work,
    visibility: Visibility,
    pool: Executor,
) -> dict[str, list[dict[str, str]]]:
    """Work on all records at once and return the partial batch response.

    What is not named in it is deleted from the queue, so a record is named unless its work is
    done; one whose work raised comes back after the queue's visibility timeout.

    Args:
        work: what is done with what a record asks for; it runs in the pool's threads.
    """
    deadline = now_ms() + context.get_remaining_time_in_millis()

    def work_on(record: Mapping[str, Any]) -> Disposition:
        try:
            notification, connection_ids = read_message(record["body"])
        except NewerMessage as error:
            log_error("newer_message", error)
            return Again(NEWER_SECONDS)
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        return work(Job(notification, connection_ids, receives, deadline))

    def comes_back(record: Mapping[str, Any]) -> bool:
        try:
            disposition = work_on(record)
            if isinstance(disposition, Again):
                visibility.hide(
                    record["eventSourceARN"], record["receiptHandle"], disposition.seconds
                )
                return True
        except Unavailable as error:
            log_error("postponed", error)
            return True
        except Exception as error:  # noqa: BLE001 - one bad record fails alone
            log_error("record_failed", error)
            return True
        return False

    records = event["Records"]
    answers = pool.map(comes_back, records)
    failures = [
        {"itemIdentifier": record["messageId"]}
        for record, again in zip(records, answers, strict=True)
        if again
    ]
    return {"batchItemFailures": failures}
