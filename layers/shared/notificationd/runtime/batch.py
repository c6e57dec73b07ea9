"""A batch of SQS records, worked on side by side; each fails or succeeds alone.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.adapters.messages import read_message
from notificationd.domain.errors import Unavailable
from notificationd.runtime.logs import log_error
from notificationd.services.dispatch import Again, Disposition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from notificationd.adapters.sqs import Visibility
    from notificationd.domain.notification import Notification

type Work = Callable[[Notification, Sequence[str] | None, int], Disposition]
"""Takes a notification, the sockets that a push is left for, and how often it was received."""


def process_batch(
    event: Mapping[str, Any],
    work: Work,
    visibility: Visibility,
    pool: Executor,
) -> dict[str, list[dict[str, str]]]:
    """Work on all records at once and return the partial batch response.

    What is not named in it is deleted from the queue, so a record is named unless its work is
    done; one whose work raised comes back after the queue's visibility timeout.

    Args:
        work: what is done with what a record holds; it runs in the pool's threads.
    """

    def comes_back(record: Mapping[str, Any]) -> bool:
        try:
            notification, connection_ids = read_message(record["body"])
            receives = int(record["attributes"]["ApproximateReceiveCount"])
            disposition = work(notification, connection_ids, receives)
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
