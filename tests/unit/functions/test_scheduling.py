"""`send_at` and `DELETE /users/{id}/notifications/{notification_id}` from event to answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from functions.send.app import handler
from notificationd.adapters.schedule import EventBridgeSchedule
from notificationd.domain.errors import Unavailable
from notificationd.domain.ids import uuid7
from notificationd.runtime import aws as runtime_aws
from tests.fakes import aws
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

    from notificationd.domain.notification import Notification
    from tests.unit.functions.conftest import Account

GOOD = {
    "user_id": 4,
    "notification_type": "email",
    "content": "hello, world!",
    "to": "user4@example.com",
}


def send(**fields: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - any field of a request
    return call(handler, api_event("POST /notifications", body={**GOOD, **fields}))


def cancel(user: str, notification_id: str) -> tuple[int, dict[str, Any]]:
    path = {"id": user, "notification_id": notification_id}
    route = "DELETE /users/{id}/notifications/{notification_id}"
    return call(handler, api_event(route, path=path, content_type=None))


def ahead(**how_far: float) -> str:
    return (datetime.now(UTC) + timedelta(**how_far)).isoformat()


@pytest.fixture
def scheduler(account: Account) -> EventBridgeSchedulerClient:  # noqa: ARG001 - of its account
    client = boto3.client("scheduler", region_name=aws.REGION)
    client.create_schedule_group(Name="notificationd")
    return client


def test_what_is_far_ahead_becomes_a_schedule_that_deletes_itself(
    account: Account, scheduler: EventBridgeSchedulerClient
) -> None:
    when = datetime.now(UTC) + timedelta(days=2)
    status, body = send(send_at=when.isoformat())

    assert status == 201
    made = scheduler.get_schedule(GroupName="notificationd", Name=body["id"])
    at = datetime.fromisoformat(made["ScheduleExpression"][3:-1]).replace(tzinfo=UTC)
    assert timedelta(0) <= at - when < timedelta(seconds=1)
    assert made["ScheduleExpressionTimezone"] == "UTC"
    assert made["ActionAfterCompletion"] == "DELETE"
    assert made["Target"]["Arn"].endswith(":email")
    assert made["Target"]["DeadLetterConfig"]["Arn"].endswith(":dead-letters")
    assert account.messages("email") == []
    (item,) = account.items()
    assert item["status"]["S"] == "scheduled"


def test_the_schedule_is_there_once_however_often_it_is_put(
    account: Account, scheduler: EventBridgeSchedulerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The retry of a request whose answer was lost makes the same one again."""
    event = api_event(
        "POST /notifications",
        body={**GOOD, "send_at": ahead(days=2)},
        headers={"idempotency-key": "k-1"},
    )
    put = EventBridgeSchedule.put

    def put_and_lose_the_answer(self: EventBridgeSchedule, notification: Notification) -> None:
        put(self, notification)
        raise Unavailable("the scheduler")

    with monkeypatch.context() as loses:
        loses.setattr(EventBridgeSchedule, "put", put_and_lose_the_answer)
        assert call(handler, event)[0] == 503

    status, body = call(handler, event)

    assert status == 201
    (made,) = scheduler.list_schedules(GroupName="notificationd")["Schedules"]
    assert made["Name"] == body["id"]
    assert len([item for item in account.items() if "status" in item]) == 1


def test_a_cancelled_one_is_told_and_its_schedule_is_gone(
    account: Account, scheduler: EventBridgeSchedulerClient
) -> None:
    _, body = send(send_at=ahead(days=2))

    status, view = cancel("4", body["id"])

    assert (status, view["id"], view["status"]) == (200, body["id"], "cancelled")
    assert scheduler.list_schedules(GroupName="notificationd")["Schedules"] == []
    (item,) = account.items()
    assert item["status"]["S"] == "cancelled"
    assert cancel("4", body["id"]) == (200, view)


@pytest.mark.usefixtures("scheduler")
def test_without_the_scheduler_nothing_is_accepted(account: Account) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://scheduler.example.com")

    runtime_aws.scheduler().meta.events.register("before-call", refuse)

    status, problem = send(send_at=ahead(days=2))

    assert (status, problem["code"]) == (503, "unavailable")
    assert account.items() == []


@pytest.mark.usefixtures("account")
def test_what_was_pushed_is_not_cancelled() -> None:
    _, body = send(notification_type="in-app", to=None)

    status, problem = cancel("4", body["id"])

    assert (status, problem["code"]) == (409, "too_late")


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("user", ["4", "5"])
@pytest.mark.parametrize(
    "notification_id", [pytest.param(uuid7(1), id="an id"), "not-an-id", "%00"]
)
def test_nobody_cancels_what_is_not_there(user: str, notification_id: str) -> None:
    send(send_at=ahead(minutes=1))

    status, problem = cancel(user, notification_id)

    assert (status, problem["code"]) == (404, "not_found")


@pytest.mark.usefixtures("account")
def test_nobody_cancels_what_is_anothers() -> None:
    _, body = send(send_at=ahead(minutes=1))

    assert cancel("5", body["id"])[0] == 404


@pytest.mark.parametrize(
    "send_at",
    [
        "2027-01-01T00:00:00",
        "2027-01-01",
        "2027-01-01 00:00",
        "20270101T000000Z",
        "2027-02-30T00:00:00Z",
        "2027-01-01T00:00:00+25:00",
        "tomorrow",
        "",
        1_800_000_000,
        1.5,
        True,
        ["2027-01-01T00:00:00Z"],
        "2027-01-01T00:00:00Z\n",
        "٢٠٢٧-01-01T00:00:00Z",
    ],
)
def test_a_time_has_to_be_one_of_rfc_3339(account: Account, send_at: object) -> None:
    status, problem = send(send_at=send_at)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == ["send_at"]
    assert account.items() == []


@pytest.mark.parametrize("zone", [timezone(timedelta(hours=-7)), timezone(timedelta(hours=14))])
def test_every_zone_means_the_same_moment(account: Account, zone: timezone) -> None:
    when = datetime.now(zone).replace(microsecond=0) + timedelta(minutes=5)

    assert send(send_at=when.isoformat())[0] == 201

    (item,) = account.items()
    assert int(item["send_at"]["N"]) == when.timestamp() * 1000
