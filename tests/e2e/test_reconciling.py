"""What no message stands for any more is settled: the stream, the watch list and the schedule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.dynamodb.watch_list import WATCH
from tests.e2e.conftest import configured
from tests.e2e.service import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.service import Service, Someone


@pytest.fixture(scope="module")
def _impatient(service: Service) -> Iterator[None]:
    """Look at once, and again at once: the hour in between is for SQS's figures to come true."""
    with (
        configured(service, "WatchFunction", LOOK_SECONDS="0"),
        configured(service, "ReconcileFunction", LOOK_SECONDS="0"),
    ):
        yield


def watched(service: Service) -> str:
    """Return all that is on the watch list, as text."""
    answer = service.dynamodb.query(
        TableName=service.outputs["TableName"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": WATCH}},
        ConsistentRead=True,
    )
    return json.dumps(answer["Items"])


def reconcile(service: Service) -> dict[str, Any]:
    name = service.stack.cloud.resources("AWS::Lambda::Function")["ReconcileFunction"]
    answer = service.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    report: dict[str, Any] = json.loads(answer["Payload"].read())
    return report


@pytest.mark.usefixtures("mailgun_alone", "_impatient")
def test_an_email_whose_queue_was_purged_does_not_stay_pending(
    service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "429", times=9, to=user.email)
    notification_id = service.send(user, "email")
    eventually(
        lambda: service.notification(user, notification_id),
        lambda found: found["next_attempt_at"] is not None,
    )
    eventually(lambda: watched(service), lambda text: notification_id in text)

    reconcile(service)
    still_queued = service.notification(user, notification_id)
    service.sqs.purge_queue(QueueUrl=service.outputs["EmailQueueUrl"])
    found = eventually(
        lambda: (reconcile(service), service.notification(user, notification_id))[1],
        lambda found: found["status"] != "pending",
    )

    assert still_queued["status"] == "pending"
    assert (found["status"], found["reason"]) == ("failed", "lost")
    assert {attempt["code"] for attempt in found["attempts"]} == {"429"}
    assert notification_id not in watched(service)


def test_the_schedule_invokes_it(service: Service) -> None:
    events = service.client("events")
    rules = [
        rule
        for rule in events.list_rules()["Rules"]
        if "ReconcileFunction" in rule["Name"] and rule["State"] == "ENABLED"
    ]

    (rule,) = rules
    assert rule["ScheduleExpression"] == "rate(15 minutes)"
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert "ReconcileFunction" in target["Arn"]
