"""`POST /notifications/batch` from event to answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from functions.send.app import handler
from functions.templates.app import handler as templates
from notificationd.runtime import aws
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

ROUTE = "POST /notifications/batch"
GOOD = {
    "user_id": 4,
    "notification_type": "email",
    "content": "hello, world!",
    "to": "user4@example.com",
}
IN_APP = {"user_id": 4, "notification_type": "in-app", "content": "hello, world!"}


def send(*entries: object, **headers: str) -> tuple[int, dict[str, Any]]:
    event = api_event(ROUTE, body={"notifications": list(entries)}, headers=headers)
    return call(handler, event)


@pytest.fixture
def calls(account: Account) -> Counter[str]:  # noqa: ARG001 - the clients are made within it
    """Count the requests to AWS from now on."""
    counted: Counter[str] = Counter()

    def take_down(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        counted[model.name] += 1

    for client in (aws.dynamodb(), aws.sqs()):
        client.meta.events.register("before-call", take_down)
    return counted


def test_each_entry_is_answered_in_its_place(account: Account) -> None:
    status, body = send(GOOD, {**GOOD, "content": ""}, 7, {**GOOD, "more": 1}, IN_APP)

    assert status == 200
    answers = body["data"]
    assert [answer["status"] for answer in answers] == [201, 422, 422, 422, 201]
    assert answers[0]["message"] == "Notification queued"
    assert answers[1]["problem"]["code"] == "invalid_request"
    assert [error["field"] for error in answers[1]["problem"]["errors"]] == ["content"]
    assert [error["field"] for error in answers[2]["problem"]["errors"]] == ["notification"]
    assert [error["field"] for error in answers[3]["problem"]["errors"]] == ["more"]
    stored = {item["sk"]["S"].partition("#")[2] for item in account.items()}
    assert stored == {answers[0]["id"], answers[4]["id"]}
    assert [message["id"] for message in account.messages("email")] == [answers[0]["id"]]


def test_a_template_is_read_once_for_all_entries(calls: Counter[str]) -> None:
    """Its head and its version; a hundred of each would cost more than what is sent by it."""
    made = {"default_locale": "en", "channels": {"email": {"en": {"subject": "Hi", "text": "Hi"}}}}
    call(templates, api_event("PUT /templates/{name}", path={"name": "hi"}, body=made))
    calls.clear()
    entry = {name: value for name, value in GOOD.items() if name != "content"}

    _, body = send(*[{**entry, "template": "hi"}] * 100)

    assert {answer["status"] for answer in body["data"]} == {201}
    assert calls["GetItem"] == 2


def test_a_hundred_emails_take_a_twentieth_of_the_requests(
    account: Account, calls: Counter[str]
) -> None:
    status, body = send(*[GOOD] * 100)

    assert status == 200
    assert {answer["status"] for answer in body["data"]} == {201}
    assert len({answer["id"] for answer in body["data"]}) == 100
    assert len(account.items()) == 100
    # One by one: 100 requests to the API, 100 invocations, 100 messages sent by 100 requests.
    assert calls == {"SendMessageBatch": 10, "BatchExecuteStatement": 4}


def test_a_hundred_in_app_ones_take_one_look_per_user(
    account: Account, calls: Counter[str]
) -> None:
    status, _ = send(*[{**IN_APP, "user_id": number % 10} for number in range(100)])

    assert status == 200
    assert len(account.items()) == 100
    assert calls == {"Query": 10, "BatchExecuteStatement": 4}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "notifications"),
        ({"notifications": []}, "notifications"),
        ({"notifications": [GOOD] * 101}, "notifications"),
        ({"notifications": GOOD}, "notifications"),
        ({"notifications": [GOOD], "more": 1}, "more"),
        ([GOOD], "body"),
    ],
)
def test_a_body_that_is_no_batch_is_refused(account: Account, body: Any, field: str) -> None:  # noqa: ANN401
    status, problem = call(handler, api_event(ROUTE, body=body))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert account.items() == []


def test_a_batch_may_be_larger_than_a_single_request(account: Account) -> None:
    entries = [{**GOOD, "content": "c" * 40_000}] * 24

    status, body = send(*entries)

    assert status == 200
    assert {answer["status"] for answer in body["data"]} == {201}
    assert len(account.items()) == 24
    assert call(handler, api_event(ROUTE, raw=" " * 1_048_577))[0] == 413


def test_what_the_service_cannot_take_now_is_a_503(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_QUEUE_URL", account.queues["email"] + "-gone")

    answer = handler(api_event(ROUTE, body={"notifications": [GOOD, GOOD]}), None)

    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"]
    assert account.items() == []


def test_what_can_be_taken_is_taken_and_the_rest_is_told(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_QUEUE_URL", account.queues["email"] + "-gone")

    status, body = send(GOOD, IN_APP)

    assert status == 200
    assert [answer["status"] for answer in body["data"]] == [503, 201]
    assert len(account.items()) == 1


def test_the_same_key_makes_the_same_notifications(account: Account) -> None:
    first = send(GOOD, IN_APP, **{"idempotency-key": "k-1"})
    again = send(GOOD, IN_APP, **{"idempotency-key": "k-1"})

    assert first == again
    assert len([item for item in account.items() if "status" in item]) == 2
    other, problem = send(GOOD, **{"idempotency-key": "k-1"})
    assert (other, problem["code"]) == (422, "idempotency_key_reused")


def test_a_retry_with_the_key_takes_what_the_first_try_could_not(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"idempotency-key": "k-1"}
    with monkeypatch.context() as patch:
        patch.setattr(
            "notificationd.adapters.sqs.send_all", lambda *args: frozenset(m.id for m in args[2])
        )
        _, first = send(GOOD, IN_APP, **key)
    _, second = send(GOOD, IN_APP, **key)

    assert [answer["status"] for answer in first["data"]] == [503, 201]
    assert [answer["status"] for answer in second["data"]] == [201, 201]
    assert first["data"][1]["id"] == second["data"][1]["id"]
    assert len([item for item in account.items() if "status" in item]) == 2
