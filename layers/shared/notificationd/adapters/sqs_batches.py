"""Many messages with few requests: ten at most in each, and so many bytes in all.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_sqs import SQSClient

TOGETHER = 10
BYTES = 256 * 1024
"""Of all bodies of a request. AWS takes more by now, but not every queue of every emulator."""
TRIES = 3
"""Of what the queue did not take at that moment."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be put onto a queue.

    Args:
        id: tells it from the others.
        delay_seconds: nobody is given it before that.
    """

    id: str
    body: str
    delay_seconds: int = 0


def send_all(client: SQSClient, url: str, messages: Sequence[Message]) -> frozenset[str]:
    """Put messages onto a queue; return the ids of those that it did not take, as far as is known.

    One whose answer was lost may be there all the same.
    """
    left = list(messages)
    for _ in range(TRIES):
        left = [message for some in _batches(left) for message in _send(client, url, some)]
        if not left:
            break
    return frozenset(message.id for message in left)


def _send(client: SQSClient, url: str, messages: Sequence[Message]) -> list[Message]:
    """Make one request and return the messages that it did not put there."""
    try:
        answer = client.send_message_batch(
            QueueUrl=url,
            Entries=[
                {
                    "Id": str(place),
                    "MessageBody": message.body,
                    "DelaySeconds": message.delay_seconds,
                }
                for place, message in enumerate(messages)
            ],
        )
    except (BotoCoreError, ClientError):
        return list(messages)
    taken = {int(entry["Id"]) for entry in answer.get("Successful", [])}
    return [message for place, message in enumerate(messages) if place not in taken]


def _batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Yield the messages of each request."""
    batch: list[Message] = []
    size = 0
    for message in messages:
        own = len(message.body.encode())
        if batch and (len(batch) == TOGETHER or size + own > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += own
    if batch:
        yield batch
