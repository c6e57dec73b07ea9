"""What there is when the storm is over: in the table, on the queues, and with the providers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notificationd.adapters.dynamodb.items import NOTIFICATION, read_record
from notificationd.domain.record import Record, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.e2e.service import Service

MARGIN_MS = 1_000
"""From when an attempt begins until the provider has read its call."""
QUEUES = ("EmailQueueUrl", "SmsQueueUrl", "InAppQueueUrl")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that can be seen from outside.

    Args:
        records: by the token that stands in their content.
        dead: the ids of the dead letters.
        received: how often each token was received by a provider.
        calls: how often a provider was called for each notification; Twilio's calls name none.
        calm_since: when the storm was over, in milliseconds since the epoch.
        calm_calls: those of the calls that were made since then.
    """

    records: Mapping[str, Record]
    dead: frozenset[str]
    received: Counter[str]
    calls: Counter[str]
    calm_since: int
    calm_calls: Counter[str]


def facts(service: Service, ours: Sequence[str], calm_since: int) -> Facts:
    """Look at everything."""
    found = [record for record in records(service) if record.notification.content in set(ours)]
    sandbox = service.sandbox
    calls = [
        (each["notification_id"] or "", _milliseconds(each["time"])) for each in sandbox.requests()
    ]
    return Facts(
        records={record.notification.content: record for record in found},
        dead=frozenset(m["Body"]["id"] for m in service.messages("DeadLetterQueueUrl")),
        received=Counter(message["text"] for message in sandbox.messages()),
        calls=Counter(notification_id for notification_id, _ in calls),
        calm_since=calm_since,
        calm_calls=Counter(
            notification_id for notification_id, at in calls if at > calm_since + MARGIN_MS
        ),
    )


def records(service: Service) -> list[Record]:
    """Return all notifications of all users."""
    return [read_record(item) for item in _items(service)]


def is_at_rest(service: Service) -> bool:
    """Tell whether no queue holds anything."""
    return not any(_depth(service, queue) for queue in QUEUES)


def open_records(service: Service) -> int:
    """Return how many records are pending."""
    return sum(record.status is Status.PENDING for record in records(service))


def _milliseconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp() * 1000)


def _depth(service: Service, queue: str) -> int:
    answer = service.sqs.get_queue_attributes(
        QueueUrl=service.outputs[queue],
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ],
    )
    return sum(map(int, answer["Attributes"].values()))


def _items(service: Service) -> Iterator[Mapping[str, Any]]:
    pages = service.dynamodb.get_paginator("scan").paginate(
        TableName=service.outputs["TableName"],
        FilterExpression="begins_with(sk, :notification)",
        ExpressionAttributeValues={":notification": {"S": NOTIFICATION}},
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]
