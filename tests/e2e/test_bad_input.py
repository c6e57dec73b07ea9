"""Bad input gets a 4xx that names the field, and leaves nothing behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.dynamodb.items import NOTIFICATION
from tests.e2e.service import eventually

if TYPE_CHECKING:
    from tests.e2e.service import Service, Someone

PROBLEM = "application/problem+json"
JSON = "application/json"


QUEUES = ("EmailQueueUrl", "SmsQueueUrl", "InAppQueueUrl")


@pytest.fixture(scope="module", autouse=True)
def _nothing_under_way(service: Service) -> None:
    """What other tests have left to be retried would leave traces, too."""
    eventually(lambda: not any(service.messages(queue) for queue in QUEUES))


def traces(service: Service) -> tuple[int, int, int]:
    """Count the records, the messages and the provider calls that there are."""
    records = service.dynamodb.scan(
        TableName=service.outputs["TableName"],
        Select="COUNT",
        FilterExpression="begins_with(sk, :notification)",
        ExpressionAttributeValues={":notification": {"S": NOTIFICATION}},
        ConsistentRead=True,
    )
    messages = sum(len(service.messages(queue)) for queue in (*QUEUES, "DeadLetterQueueUrl"))
    return records["Count"], messages, len(service.sandbox.requests())


def good(user: Someone) -> dict[str, Any]:
    return {"user_id": user.id, "notification_type": "email", "content": "hello"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"user_id": None}, "user_id"),
        ({"user_id": {}}, "user_id"),
        ({"user_id": -1.5}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "u" * 10_000}, "user_id"),
        ({"notification_type": None}, "notification_type"),
        ({"notification_type": ""}, "notification_type"),
        ({"notification_type": "fax"}, "notification_type"),
        ({"notification_type": 7}, "notification_type"),
        ({"content": None}, "content"),
        ({"content": ""}, "content"),
        ({"content": 7}, "content"),
        ({"content": {"text": "hello"}}, "content"),
        ({"content": "c" * 65 * 1024}, "content"),
        ({"content": "c" * 1_601, "notification_type": "sms"}, "content"),
        ({"content": "c" * 65 * 1024, "notification_type": "in-app"}, "content"),
        ({"unknown": "field"}, "unknown"),
        ({"user_id": ...}, "user_id"),
        ({"notification_type": ...}, "notification_type"),
        ({"content": ...}, "content"),
    ],
)
def test_a_wrong_field_is_named(
    service: Service, user: Someone, change: dict[str, Any], field: str
) -> None:
    """An ellipsis stands for a field that is missing."""
    body = {name: value for name, value in (good(user) | change).items() if value is not ...}
    before = traces(service)

    answer = service.post("/notifications", body)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == PROBLEM
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert traces(service) == before


@pytest.mark.parametrize(
    ("text", "content_type", "status"),
    [
        ("[]", JSON, 422),
        ('"hello"', JSON, 422),
        ("{broken", JSON, 400),
        ("", JSON, 400),
        (None, None, 400),
        (json.dumps({"user_id": 4, "notification_type": "in-app", "content": "x"}), None, 400),
    ],
    ids=["array", "string", "broken", "empty", "no body", "no content type"],
)
def test_a_body_that_is_no_json_object_is_refused(
    service: Service, text: str | None, content_type: str | None, status: int
) -> None:
    before = traces(service)

    answer = service.session.post(
        service.url("/notifications"),
        data=None if text is None else text.encode(),
        headers={} if content_type is None else {"Content-Type": content_type},
        timeout=60,
    )

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.json()["errors"][0]["field"] == "body"
    assert traces(service) == before


def test_a_content_of_20_mb_is_refused(service: Service, user: Someone) -> None:
    before = traces(service)

    answer = service.post("/notifications", good(user) | {"content": "c" * 20 * 1024 * 1024})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["field"] == "body"
    assert traces(service) == before


def test_a_user_without_an_address_is_told_so(service: Service) -> None:
    before = traces(service)

    body = {"user_id": "nobody-knows-me", "notification_type": "sms", "content": "hello"}
    answer = service.post("/notifications", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "no_address"
    assert traces(service) == before
