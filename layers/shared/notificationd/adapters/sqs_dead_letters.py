"""The dead-letter queue: looked through by receiving, since SQS has no other way to look."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notificationd.adapters.messages import NewerMessage, read_message
from notificationd.domain.dead_letter import DeadLetter
from notificationd.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Executor

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from notificationd.domain.notification import Notification

BATCH = 10
"""The most that SQS hands out at once."""
HIDDEN_SECONDS = 30
"""A second more than the function has: nobody else works on what it has received."""


class SqsDeadLetters:
    """Fulfils `domain.ports.DeadLetters`.

    Args:
        url: the queue's address.
        pool: whose threads show letters again side by side.
    """

    def __init__(self, client: SQSClient, url: str, pool: Executor) -> None:
        self._client = client
        self._url = url
        self._pool = pool

    def receive(self) -> Sequence[DeadLetter]:
        """Take some letters and hide them from others for HIDDEN_SECONDS."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH,
                VisibilityTimeout=HIDDEN_SECONDS,
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error
        return [_letter(message) for message in answer.get("Messages", [])]

    def show(self, letters: Iterable[DeadLetter]) -> None:
        """End the hiding of letters; one for which that fails is seen again by itself.

        One by one: the emulator asks a role for a grant of the batch that does not exist on AWS.
        """
        for _ in self._pool.map(self._show, letters):
            pass

    def discard(self, letter: DeadLetter) -> None:
        """Delete a letter for good; one that is gone already is no error."""
        try:
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error

    def _show(self, letter: DeadLetter) -> None:
        with suppress(BotoCoreError, ClientError):
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=letter.receipt, VisibilityTimeout=0
            )


def _letter(message: MessageTypeDef) -> DeadLetter:
    notification: Notification | None = None
    newer_id: str | None = None
    try:
        notification, _ = read_message(message["Body"])
    except NewerMessage as newer:
        newer_id = newer.id
    except (ValueError, KeyError, TypeError):
        pass
    return DeadLetter(
        message_id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        notification=notification,
        newer_id=newer_id,
    )


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"the dead-letter queue: {type(error).__name__}")
