"""Dead letters over the API: why they are there, and another round for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from local.client import mint_token
from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import write_message
from notificationd.domain.identity import Scope
from notificationd.domain.ids import now_ms
from notificationd.domain.record import Lease, Reason, Status, accepted
from notificationd.domain.transitions import Failed, apply
from notificationd.services.authenticate import digest, new_api_key
from tests.e2e.service import eventually
from tests.e2e.test_commands import notificationctl
from tests.fakes import make

if TYPE_CHECKING:
    from notificationd.domain.notification import Notification
    from tests.e2e.service import Service, Someone

MAX_RECEIVES = 5


def listed(service: Service, *ids: str) -> list[dict[str, Any]]:
    """Return the dead letters of some ids, as the API lists them."""
    answer = service.get("/dead-letters", ids=",".join(ids))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def redriven(service: Service, **body: object) -> dict[str, Any]:
    answer = service.post("/dead-letters/redrive", body)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


def bury(service: Service, user: Someone, status: Status = Status.FAILED) -> Notification:
    """Put a dead letter there without the way that leads to it."""
    table = DynamoNotifications(service.dynamodb, service.outputs["TableName"])
    notification = make.notification(user_id=user.id, to=user.email)
    if status is Status.FAILED:
        at = now_ms()
        claimed = table.claim(notification, Lease("lease", at + 30_000), at)
        table.save(apply(claimed, Failed("lease", at, (), Reason.RETRIES_EXHAUSTED)), "lease")
    else:
        table.create(accepted(notification, status))
    put(service, write_message(notification))
    return notification


def put(service: Service, body: str) -> str:
    answer = service.sqs.send_message(
        QueueUrl=service.outputs["DeadLetterQueueUrl"], MessageBody=body
    )
    return answer["MessageId"]


@pytest.mark.usefixtures("mailgun_alone")
def test_a_dead_letter_is_sent_once_its_provider_is_back_and_keeps_its_history(
    service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "500", times=MAX_RECEIVES, to=user.email)
    notification_id = service.send(user, "email", "arrives late")
    assert service.settled(user, notification_id)["status"] == "failed"

    (letter,) = eventually(lambda: listed(service, notification_id))
    assert letter["reason"] == "retries_exhausted"
    assert letter["attempt_count"] == MAX_RECEIVES
    assert letter["last_attempt"]["code"] == "500"

    report = redriven(service, ids=[notification_id])  # the fault has ended by itself
    assert report == {"redriven": 1, "skipped": [], "more": False}
    found = service.settled(user, notification_id)
    assert found["status"] == "sent"
    assert "reason" not in found
    assert [a["outcome"] for a in found["attempts"]] == ["retryable"] * 5 + ["accepted"]

    again = redriven(service, ids=[notification_id])
    assert again["redriven"] == 0
    assert [each["reason"] for each in again["skipped"]] == ["not_found"]
    assert listed(service, notification_id) == []
    assert len(service.sandbox.messages(to=user.email)) == 1


def test_what_was_sent_meanwhile_is_not_sent_again_and_its_letter_goes(
    service: Service, user: Someone
) -> None:
    notification = bury(service, user, Status.SENT)

    report = redriven(service, ids=[notification.id])

    skipped = [{"id": notification.id, "reason": "already_sent"}]
    assert report == {"redriven": 0, "skipped": skipped, "more": False}
    assert listed(service, notification.id) == []
    assert service.sandbox.requests(to=user.email) == []


def test_all_that_fit_a_filter_are_redriven_and_no_others(service: Service, user: Someone) -> None:
    notifications = [bury(service, user) for _ in range(12)]
    ids = [notification.id for notification in notifications]
    spared = put(service, "not one of ours")

    report = redriven(service, channel="email", reason="retries_exhausted")

    assert report["redriven"] >= len(ids)
    for notification_id in ids:
        assert service.settled(user, notification_id)["status"] == "sent"
    assert len(service.sandbox.messages(to=user.email)) == len(ids)
    assert listed(service, spared) == [{"id": spared, "reason": "malformed"}]
    notificationctl(service, "dead-letters", "discard", spared)
    assert listed(service, spared) == []


def test_the_command_does_the_same(service: Service, user: Someone) -> None:
    first, second = bury(service, user).id, bury(service, user).id

    shown = json.loads(notificationctl(service, "dead-letters", "show", first))
    assert shown["reason"] == "retries_exhausted"
    assert "1 redriven" in notificationctl(service, "dead-letters", "redrive", first)
    assert service.settled(user, first)["status"] == "sent"
    assert "1 discarded" in notificationctl(service, "dead-letters", "discard", second)

    assert listed(service, first, second) == []
    assert service.notification(user, second)["status"] == "failed"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/dead-letters"), ("POST", "/dead-letters/redrive")]
)
def test_only_an_administrator_gets_at_them(
    service: Service, user: Someone, method: str, path: str
) -> None:
    key = new_api_key()
    keys = DynamoApiKeys(service.dynamodb, service.outputs["TableName"])
    keys.create(digest(key), "no admin", frozenset({Scope.SEND, Scope.READ}), now_ms())

    def status(credential: str | None) -> int:
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        body = {"all": True}
        url = service.url(path)
        return requests.request(method, url, json=body, headers=headers, timeout=60).status_code

    assert status(key) == 403
    assert status(mint_token(service.endpoints, user.id)) == 403
    assert status(None) == 401
