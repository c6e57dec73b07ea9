"""The header `Idempotency-Key`, from event to answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.send.app import handler
from notificationd.domain.errors import Unavailable
from notificationd.runtime import services
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

ROUTE = "POST /notifications"
BODY = {"user_id": 4, "notification_type": "email", "content": "hello", "to": "ada@example.com"}


def post(
    key: str | None,
    body: dict[str, Any] = BODY,
    **event: Any,  # noqa: ANN401 - parts of an event
) -> dict[str, Any]:
    headers = {} if key is None else {"idempotency-key": key}
    return handler(api_event(ROUTE, body=body, headers=headers, **event), None)


def test_the_same_request_is_answered_the_same_and_done_once(account: Account) -> None:
    first, again = post("key-1"), post("key-1")

    assert (first["statusCode"], again["statusCode"]) == (201, 201)
    assert first["body"] == again["body"]
    assert "Idempotent-Replayed" not in first["headers"]
    assert again["headers"]["Idempotent-Replayed"] == "true"
    assert len(account.messages("email")) == 1


@pytest.mark.parametrize("same", ['"key-1"', " key-1 "])
def test_a_key_may_be_quoted(account: Account, same: str) -> None:
    first = post("key-1")

    assert post(same)["body"] == first["body"]
    assert len(account.messages("email")) == 1


def test_the_order_of_fields_makes_no_other_request(account: Account) -> None:
    first = post("key-1")

    assert post("key-1", dict(reversed(BODY.items())))["body"] == first["body"]
    assert len(account.messages("email")) == 1


def test_another_request_with_the_same_key_is_422(account: Account) -> None:
    post("key-1")

    status, body = call(
        handler,
        api_event(ROUTE, body=BODY | {"content": "bye"}, headers={"idempotency-key": "key-1"}),
    )

    assert (status, body["code"]) == (422, "idempotency_key_reused")
    assert len(account.messages("email")) == 1


def test_a_request_under_way_is_409_and_says_when_to_come_again(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = services.idempotent().keys
    with monkeypatch.context() as dies:
        dies.setattr(type(keys), "complete", _fail(Unavailable("the table")))
        assert post("key-1")["statusCode"] == 201  # all was done, but the answer was not stored

    answer = post("key-1")

    assert answer["statusCode"] == 409
    assert json.loads(answer["body"])["code"] == "request_in_flight"
    assert 1 <= int(answer["headers"]["Retry-After"]) <= 10
    assert len(account.messages("email")) == 1


def test_after_a_503_the_retry_makes_the_same_notification(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message may be on its queue already, although the queue's answer was lost."""
    queue = type(services.send().queue)
    put = queue.put

    def put_and_lose_the_answer(self: Any, *call: Any) -> None:  # noqa: ANN401 - any queue
        put(self, *call)
        raise Unavailable("the queue")

    with monkeypatch.context() as loses:
        loses.setattr(queue, "put", put_and_lose_the_answer)
        assert post("key-1")["statusCode"] == 503

    answer = post("key-1")

    assert answer["statusCode"] == 201
    ids = {message["id"] for message in account.messages("email")}
    assert ids == {json.loads(answer["body"])["id"]}


def test_a_wrong_request_is_not_remembered(account: Account) -> None:
    assert post("key-1", BODY | {"content": ""})["statusCode"] == 422

    assert post("key-1")["statusCode"] == 201
    assert len(account.messages("email")) == 1


def test_two_callers_may_use_the_same_key(account: Account) -> None:
    other = {"kind": "api_key", "id": "another", "scopes": "send"}
    first, theirs = post("key-1"), post("key-1", caller=other)

    assert json.loads(first["body"])["id"] != json.loads(theirs["body"])["id"]
    assert len(account.messages("email")) == 2


@pytest.mark.parametrize(
    "key", ["", " ", "two words", '"', '"open', "\x7f", "k" * 256, "schlüssel"]
)
def test_what_is_no_key_is_named(account: Account, key: str) -> None:
    answer = post(key)

    assert answer["statusCode"] == 422
    (error,) = json.loads(answer["body"])["errors"]
    assert error["field"] == "Idempotency-Key"
    assert account.messages("email") == []


def test_without_a_key_nothing_is_stored_but_the_record(account: Account) -> None:
    post(None)

    (item,) = account.items()
    assert item["sk"]["S"].startswith("NOTIFICATION#")


def _fail(error: Exception) -> Any:  # noqa: ANN401 - stands in for any method
    def fail(*_: object) -> None:
        raise error

    return fail
