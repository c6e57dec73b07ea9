"""What every dead-letter queue does: the one in memory, and SQS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from notificationd.adapters.messages import write_message
from notificationd.adapters.sqs_dead_letters import SqsDeadLetters
from notificationd.domain.errors import Unavailable
from tests.fakes import aws, make
from tests.fakes.dead_letters import MemoryDeadLetters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notificationd.domain.notification import Notification
    from notificationd.domain.ports import DeadLetters

type Bury = Callable[[Notification | None], str]
type Box = tuple[DeadLetters, Bury]


@pytest.fixture(params=["memory", "sqs"])
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    if request.param == "memory":
        memory = MemoryDeadLetters()
        yield memory, memory.bury
        return
    with mock_aws(), ThreadPoolExecutor(2) as pool:
        client = boto3.client("sqs", region_name=aws.REGION)
        url = client.create_queue(QueueName="dead-letters")["QueueUrl"]

        def bury(notification: Notification | None) -> str:
            body = "not ours" if notification is None else write_message(notification)
            return client.send_message(QueueUrl=url, MessageBody=body)["MessageId"]

        yield SqsDeadLetters(client, url, pool), bury


def test_a_letter_holds_its_notification(box: Box) -> None:
    letters, bury = box
    notification = make.notification()
    message_id = bury(notification)

    (letter,) = letters.receive()

    assert letter.notification == notification
    assert letter.message_id == message_id
    assert letter.id == notification.id


def test_a_letter_that_is_not_ours_goes_by_its_message(box: Box) -> None:
    letters, bury = box
    message_id = bury(None)

    (letter,) = letters.receive()

    assert letter.notification is None
    assert letter.id == message_id


def test_at_most_ten_are_handed_out_at_once_and_each_only_once(box: Box) -> None:
    letters, bury = box
    buried = {bury(make.notification()) for _ in range(12)}

    pages = [letters.receive() for _ in range(3)]

    assert max(map(len, pages)) <= 10
    assert sorted(each.message_id for page in pages for each in page) == sorted(buried)


def test_what_is_shown_again_is_received_again(box: Box) -> None:
    letters, bury = box
    buried = {bury(make.notification()) for _ in range(12)}
    received = [*letters.receive(), *letters.receive()]
    assert not letters.receive()

    letters.show(received)

    again = {each.message_id for _ in range(2) for each in letters.receive()}
    assert again == buried


def test_what_is_discarded_is_gone_and_once_more_is_no_error(box: Box) -> None:
    letters, bury = box
    bury(make.notification())
    (letter,) = letters.receive()

    letters.discard(letter)
    letters.discard(letter)

    letters.show([letter])
    assert not letters.receive()


def test_a_queue_that_is_not_there_is_unavailable_but_to_show_never_raises() -> None:
    with mock_aws(), ThreadPoolExecutor(2) as pool:
        client = boto3.client("sqs", region_name=aws.REGION)
        url = client.create_queue(QueueName="dead-letters")["QueueUrl"]
        letters = SqsDeadLetters(client, url, pool)
        client.send_message(QueueUrl=url, MessageBody="{}")
        (letter,) = letters.receive()
        client.delete_queue(QueueUrl=url)

        with pytest.raises(Unavailable):
            letters.receive()
        with pytest.raises(Unavailable):
            letters.discard(letter)
        letters.show([letter])
