"""A new release while there is traffic, and a return to the one before: nothing is lost."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import write_message
from notificationd.domain.notification import Channel
from notificationd_client import Client, Retries
from tests.e2e.service import eventually
from tests.fakes import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd_client.message import Type
    from tests.e2e.service import Service, Someone

ROUNDS = 15
CHANNELS: tuple[Type, ...] = ("in-app", "email")
PATIENT = Retries(attempts=50, total=120, longest_delay=1)
FUNCTIONS = ("SendFunction", "DispatchFunction", "AuthorizeFunction", "WsInboxFunction")


def test_a_message_of_the_release_before_is_sent(service: Service, user: Someone) -> None:
    """One that waited on its queue while the new release was deployed."""
    notification = make.notification(
        user_id=user.id, channel=Channel.EMAIL, to=user.email, content="from before"
    )
    body = json.loads(write_message(notification))
    del body["v"]

    put(service, body)

    received = eventually(lambda: service.sandbox.messages(to=user.email))
    assert [message["text"] for message in received] == ["from before"]
    assert service.settled(user, notification.id)["status"] == "sent"


def test_a_message_of_a_later_release_stays_on_its_queue(service: Service, user: Someone) -> None:
    """After a return to this release; the one behind it is not held up."""
    later = make.notification(user_id=user.id).id
    put(service, {"v": 99, "id": later, "channel": "email", "content": {"html": "…"}})

    assert service.settled(user, service.send(user, "email"))["status"] == "sent"

    handed_back = eventually(lambda: service.messages("EmailQueueUrl"))
    assert later in {message["Body"]["id"] for message in handed_back}
    assert service.get(f"/users/{user.id}/notifications/{later}").status_code == 404
    assert len(service.sandbox.requests(to=user.email)) == 1


@pytest.fixture
def quick_redelivery(service: Service) -> Iterator[None]:
    """Let what a worker held when it was ended come back after 35 s instead of 180."""
    queue = service.outputs["EmailQueueUrl"]
    found = service.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
    service.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "35"})
    yield
    service.sqs.set_queue_attributes(QueueUrl=queue, Attributes=found["Attributes"])


@pytest.mark.usefixtures("quick_redelivery")
def test_what_is_sent_while_functions_are_replaced_is_sent_once_and_reaches_old_clients(
    service: Service, user: Someone
) -> None:
    """Each change of a function's settings replaces its workers, as a deploy does.

    The emulator ends them within a request, which AWS does not: such a request is made again.
    """
    accepted: list[str] = []
    replaced = threading.Event()

    def send() -> None:
        endpoints = service.endpoints
        with Client(endpoints.api_url, endpoints.api_key, retries=PATIENT) as client:
            while not replaced.is_set() or len(accepted) < 2 * ROUNDS:
                accepted.extend(client.send(user.id, each, "on").id for each in CHANNELS)

    with service.live(user) as inbox, ThreadPoolExecutor(1) as pool:
        sender = pool.submit(send)
        client = service.client("lambda")
        names = service.stack.cloud.resources("AWS::Lambda::Function")
        for number in range(ROUNDS):
            name = names[FUNCTIONS[number % len(FUNCTIONS)]]
            found = client.get_function_configuration(FunctionName=name)["Environment"]
            variables = {**found["Variables"], "RELEASE": str(number)}
            client.update_function_configuration(
                FunctionName=name, Environment={"Variables": variables}
            )
        replaced.set()
        sender.result()

        settled = {each: service.settled(user, each) for each in accepted}
        assert {each["status"] for each in settled.values()} == {"sent"}
        shown = {each["id"] for each in service.everything(user)}
        eventually(lambda: shown <= {each.id for each in inbox.notifications})
    sent = Counter(each["notification_id"] for each in service.sandbox.messages(to=user.email))
    assert shown | sent.keys() == set(accepted)
    assert len(accepted) == len(shown) + len(sent)
    for notification_id, times in sent.items():
        outcomes = [attempt["outcome"] for attempt in settled[str(notification_id)]["attempts"]]
        # A second one only where the worker ended while the provider was asked, which is told.
        assert times <= 1 + outcomes.count("unknown")


def put(service: Service, body: dict[str, object]) -> None:
    url = service.outputs["EmailQueueUrl"]
    service.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))


def test_a_restored_table_holds_what_was_there_and_takes_its_settings_again(
    service: Service, user: Someone
) -> None:
    """The steps of docs/upgrades.md. The emulator restores what is there now, at any moment."""
    notification_id = service.send(user, "in-app", "kept")
    source = service.outputs["TableName"]
    restored = f"{source}-restored"
    table = service.dynamodb

    table.restore_table_to_point_in_time(
        SourceTableName=source, TargetTableName=restored, UseLatestRestorableTime=True
    )
    try:
        table.get_waiter("table_exists").wait(TableName=restored)
        table.update_time_to_live(
            TableName=restored,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )
        table.update_table(
            TableName=restored,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        table.update_continuous_backups(
            TableName=restored,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )

        record = DynamoNotifications(table, restored).get(user.id, notification_id)
        assert record is not None
        assert record.notification.content == "kept"
        described = table.describe_table(TableName=restored)["Table"]
        assert described["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    finally:
        table.delete_table(TableName=restored)
