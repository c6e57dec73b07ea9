"""The channel queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notificationd.adapters.messages import write_message
from notificationd.adapters.sqs_batches import Message, send_all
from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

    from notificationd.domain.notification import Notification

_FIGURES: Sequence[QueueAttributeNameType] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class SqsQueue:
    """Fulfils `domain.ports.Queue`.

    Args:
        urls: the queue of each channel.
    """

    def __init__(self, client: SQSClient, urls: Mapping[Channel, str]) -> None:
        self._client = client
        self._urls = urls

    def put(self, notification: Notification, delay_seconds: int = 0) -> None:
        """Put a notification onto its channel's queue."""
        url = self._urls[notification.channel]
        _send(self._client, url, write_message(notification), delay_seconds)

    def put_all(self, notifications: Sequence[tuple[Notification, int]]) -> frozenset[str]:
        """Put notifications onto their queues, many at once, each with its delay in seconds."""
        by_channel: dict[Channel, list[Message]] = {}
        for notification, delay_seconds in notifications:
            message = Message(notification.id, write_message(notification), delay_seconds)
            by_channel.setdefault(notification.channel, []).append(message)
        missing: set[str] = set()
        for channel, messages in by_channel.items():
            missing |= send_all(self._client, self._urls[channel], messages)
        return frozenset(missing)

    def put_push(self, notification: Notification, connection_ids: Sequence[str] | None) -> None:
        """Leave a push to the in-app queue: to the sockets named, or to all of the user's."""
        body = write_message(notification, connection_ids)
        _send(self._client, self._urls[Channel.IN_APP], body)


class SqsDeadLetterSink:
    """Fulfils `domain.ports.DeadLetterSink`."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def put(self, notification: Notification) -> None:
        """Put a notification onto the dead-letter queue, to be redriven after the fix."""
        _send(self._client, self._url, write_message(notification))


class SqsQueues:
    """Fulfils `domain.ports.Queues`. One call for each queue.

    Args:
        urls: the queue of each channel.
    """

    def __init__(self, client: SQSClient, urls: Mapping[Channel, str]) -> None:
        self._client = client
        self._urls = urls

    def are_quiet(self, channels: Iterable[Channel]) -> Mapping[Channel, bool]:
        """Tell of each channel whether its queue holds nothing, waiting, hidden or delayed.

        The figures are approximate: they may lag behind by a minute or so.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
        """
        return {channel: not any(self._figures(self._urls[channel])) for channel in channels}

    def _figures(self, url: str) -> Iterator[int]:
        try:
            answer = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=_FIGURES)
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error
        return map(int, answer["Attributes"].values())


class Visibility:
    """Decides when a message that was received is seen again.

    Args:
        urls: the queue of each queue ARN.
    """

    def __init__(self, client: SQSClient, urls: Mapping[str, str]) -> None:
        self._client = client
        self._urls = urls

    def hide(self, queue_arn: str, receipt_handle: str, seconds: int) -> None:
        """Hide a message for some seconds, at most 12 hours after its receipt.

        Raises:
            Unavailable: it stays hidden for the queue's own visibility timeout.
        """
        try:
            self._client.change_message_visibility(
                QueueUrl=self._urls[queue_arn.rpartition(":")[2]],
                ReceiptHandle=receipt_handle,
                VisibilityTimeout=seconds,
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(error) from error


def _send(client: SQSClient, url: str, body: str, delay_seconds: int = 0) -> None:
    try:
        client.send_message(QueueUrl=url, MessageBody=body, DelaySeconds=delay_seconds)
    except (BotoCoreError, ClientError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"the queue: {type(error).__name__}")
