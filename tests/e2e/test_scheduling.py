"""Notifications that are sent later, and those that are taken back before that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.schedule import EventBridgeSchedule
from notificationd.domain.ids import uuid7
from notificationd.domain.notification import Channel, Notification
from tests.e2e.service import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.service import Service, Someone


def ahead(**how_far: float) -> str:
    return (datetime.now(UTC) + timedelta(**how_far)).isoformat(timespec="milliseconds")


def cancel(service: Service, user: Someone, notification_id: str) -> tuple[int, dict[str, Any]]:
    answer = service.delete(f"/users/{user.id}/notifications/{notification_id}")
    return answer.status_code, answer.json()


def variables(service: Service, function: str) -> dict[str, str]:
    """Return a function's environment."""
    name = service.stack.cloud.resources("AWS::Lambda::Function")[function]
    found = service.client("lambda").get_function_configuration(FunctionName=name)
    given: dict[str, str] = found["Environment"]["Variables"]
    return given


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_it_is_sent_at_its_time_and_not_before(
    service: Service, user: Someone, channel: str
) -> None:
    send_at = ahead(seconds=3)
    notification_id = service.send(user, channel, "later", send_at=send_at)

    waiting = service.notification(user, notification_id)
    found = service.settled(user, notification_id)

    assert (waiting["status"], waiting["attempts"]) == ("scheduled", [])
    assert waiting["send_at"] == found["send_at"] == send_at.replace("+00:00", "Z")
    assert found["status"] == "sent"
    assert found["attempts"][0]["at"] >= found["send_at"]


def test_an_in_app_one_appears_on_devices_and_in_the_inbox_at_its_time(
    service: Service, user: Someone
) -> None:
    with service.connect(user) as device:
        later = service.send(user, "in-app", "later", send_at=ahead(seconds=3))
        assert service.inbox(user)["data"] == []
        now = service.send(user, "in-app", "now")

        assert device.receive()["notification"]["id"] == now
        assert device.receive()["notification"]["id"] == later

    inbox = service.inbox(user)
    assert [entry["id"] for entry in inbox["data"]] == [later, now]
    assert inbox["unread"] == 2
    assert service.notification(user, later)["status"] == "sent"


@pytest.mark.parametrize("channel", list(Channel))
def test_the_scheduler_hands_over_what_waits_for_longer_than_a_queue_can(
    service: Service, user: Someone, channel: Channel
) -> None:
    """A quarter of an hour is long for a test: what the function would ask for is asked for here.

    The record is not there: who was to write it died, and the dispatcher makes up for it.
    """
    given = variables(service, "SendFunction")
    at = int(datetime.now(UTC).timestamp() * 1000)
    to = {"email": user.email, "sms": user.phone, "in-app": None}[channel]
    notification = Notification(
        id=uuid7(at + 1_000),
        user_id=user.id,
        channel=channel,
        content="much later",
        to=to,
        created_at=at,
        send_at=at + 1_000,
    )
    schedule = EventBridgeSchedule(
        lambda: service.client("scheduler"),
        group=given["SCHEDULE_GROUP"],
        role=given["SCHEDULE_ROLE_ARN"],
        queues={each: given[f"{each.name}_QUEUE_ARN"] for each in Channel},
        dead_letters=given["DEAD_LETTER_QUEUE_ARN"],
    )

    schedule.put(notification)

    path = f"/users/{user.id}/notifications/{notification.id}"
    eventually(lambda: service.get(path).status_code == 200)
    assert service.settled(user, notification.id)["status"] == "sent"
    eventually(lambda: notification.id not in schedules(service))


@pytest.mark.parametrize("how_far", [{"minutes": 1}, {"minutes": 20}, {"days": 365}])
@pytest.mark.parametrize("channel", ["email", "sms", "in-app"])
def test_what_is_cancelled_stays_so(
    service: Service, user: Someone, channel: str, how_far: dict[str, float]
) -> None:
    notification_id = service.send(user, channel, "later", send_at=ahead(**how_far))
    assert (notification_id in schedules(service)) is (how_far != {"minutes": 1})

    status, view = cancel(service, user, notification_id)

    assert (status, view["status"]) == (200, "cancelled")
    assert service.notification(user, notification_id)["status"] == "cancelled"
    assert cancel(service, user, notification_id) == (200, view)
    assert notification_id not in schedules(service)


def test_what_is_cancelled_while_it_lies_on_its_queue_is_not_sent(
    service: Service, user: Someone
) -> None:
    cancelled = service.send(user, "email", "cancelled", send_at=ahead(seconds=3))
    assert cancel(service, user, cancelled)[0] == 200

    eventually(lambda: cancelled not in {each["Body"]["id"] for each in on_the_queue(service)})

    assert service.notification(user, cancelled)["status"] == "cancelled"
    assert service.sandbox.messages(to=user.email) == []


@pytest.mark.parametrize("channel", ["email", "in-app"])
def test_what_was_sent_is_not_cancelled(service: Service, user: Someone, channel: str) -> None:
    notification_id = service.send(user, channel)
    before = service.settled(user, notification_id)

    status, problem = cancel(service, user, notification_id)

    assert (status, problem["code"]) == (409, "too_late")
    assert service.notification(user, notification_id) == before


def test_only_the_user_it_is_for_has_it_to_cancel(
    service: Service, someone: Callable[[], Someone]
) -> None:
    ada, bob = someone(), someone()
    notification_id = service.send(ada, "email", send_at=ahead(minutes=1))

    assert cancel(service, bob, notification_id)[0] == 404
    assert service.notification(ada, notification_id)["status"] == "scheduled"


def on_the_queue(service: Service) -> list[dict[str, Any]]:
    return service.messages("EmailQueueUrl")


def schedules(service: Service) -> set[str]:
    """Return the ids of what waits on the schedule."""
    pages = service.client("scheduler").get_paginator("list_schedules").paginate()
    return {each["Name"] for page in pages for each in page["Schedules"]}
