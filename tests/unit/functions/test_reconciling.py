"""The stream's and the schedule's functions, from event to table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.reconcile.app import handler as reconcile
from functions.watch.app import handler as watch
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.dynamodb.watch_list import WATCH
from notificationd.domain.ids import now_ms
from notificationd.domain.record import Reason, Status, accepted
from tests.fakes import aws, make

if TYPE_CHECKING:
    from notificationd.domain.notification import Notification
    from tests.unit.functions.conftest import Account


@pytest.fixture(autouse=True)
def _settings(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - order
    for name in ("LOOK_SECONDS", "QUEUE_RETENTION_SECONDS", "DEAD_LETTER_RETENTION_SECONDS"):
        monkeypatch.setenv(name, "0")


def change(notification: Notification, before: str | None, after: str | None) -> dict[str, Any]:
    def image(status: str) -> dict[str, Any]:
        return {"status": {"S": status}, "content": {"S": notification.content}}

    write: dict[str, Any] = {
        "ApproximateCreationDateTime": float(now_ms() // 1000 - 1),
        "Keys": {"pk": {"S": "USER#4"}, "sk": {"S": f"NOTIFICATION#{notification.id}"}},
    }
    if before:
        write["OldImage"] = image(before)
    if after:
        write["NewImage"] = image(after)
    return {"eventID": f"event-{notification.id}", "dynamodb": write}


def entries(account: Account) -> list[dict[str, Any]]:
    return [item for item in account.items() if item["pk"]["S"] == WATCH]


def test_a_batch_of_changes_becomes_one_item_of_keys_alone(account: Account) -> None:
    opened = [make.notification() for _ in range(3)]
    settled = make.notification()
    changes = [change(each, None, "pending") for each in (*opened, settled)]

    watch({"Records": [*changes, change(settled, "pending", "sent")]}, None)

    (item,) = entries(account)
    keys = [[part["S"] for part in key["L"]] for key in item["keys"]["L"]]
    assert keys == [["4", each.id] for each in opened]
    assert "hello" not in json.dumps(item)


def test_what_is_no_notification_is_passed_over(account: Account) -> None:
    connection = change(make.notification(), None, "pending")
    connection["dynamodb"]["Keys"]["sk"] = {"S": "CONNECTION#abc="}

    watch({"Records": [connection]}, None)

    assert entries(account) == []


def test_a_record_that_cannot_be_read_fails_alone(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """Were it raised, the whole batch would come again until the stream has forgotten it."""
    opened = make.notification()
    strange = change(make.notification(), None, "sleeping")

    watch({"Records": [{"eventID": "1"}, strange, change(opened, None, "pending")]}, None)

    (item,) = entries(account)
    assert len(item["keys"]["L"]) == 1
    assert capsys.readouterr().out.count("change_not_understood") == 2


def test_what_no_message_stands_for_is_settled_by_the_second_run(account: Account) -> None:
    table = DynamoNotifications(account.dynamodb, aws.TABLE)
    notification = make.notification()
    table.create(accepted(notification))
    watch({"Records": [change(notification, None, "pending")]}, None)

    first, second = (reconcile({}, None) for _ in range(2))

    assert (first, second) == (
        {"pending": 1, "settled": 0},
        {"pending": 1, "settled": 1},
    )
    record = table.get("4", notification.id)
    assert record is not None
    assert (record.status, record.reason) == (Status.FAILED, Reason.LOST)
    assert entries(account) == []


def test_a_queue_that_holds_something_keeps_its_notifications_open(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUE_RETENTION_SECONDS", str(10**9))
    table = DynamoNotifications(account.dynamodb, aws.TABLE)
    notification = make.notification()
    table.create(accepted(notification))
    account.sqs.send_message(QueueUrl=account.queues["email"], MessageBody="something")
    watch({"Records": [change(notification, None, "pending")]}, None)

    for _ in range(3):
        reconcile({}, None)

    assert table.get("4", notification.id) == accepted(notification)
