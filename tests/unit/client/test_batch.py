"""Many notifications with few requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificationd_client import (
    Client,
    InvalidRequest,
    Message,
    NotificationdError,
    Receipt,
    Retries,
    Unauthenticated,
    Unavailable,
)
from tests.fakes.http import session_with

if TYPE_CHECKING:
    import requests

    from tests.fakes.http import Answer

QUICK = Retries(attempts=3, first_delay=0)
REFUSED = {"status": 422, "problem": {"code": "invalid_request", "detail": "no"}}
BUSY = {"status": 503, "problem": {"code": "unavailable"}}


def accepted(content: str) -> dict[str, Any]:
    return {"status": 201, "message": "Notification queued", "id": f"id of {content}"}


class Service:
    """Accepts what it is sent, and keeps the requests."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.bodies: list[bytes] = []

    def answer(self, request: requests.PreparedRequest) -> tuple[int, Any]:
        assert isinstance(request.body, bytes)
        self.keys.append(request.headers["Idempotency-Key"])
        self.bodies.append(request.body)
        entries = json.loads(request.body)["notifications"]
        return 200, {"data": [self.entry(each["content"]) for each in entries]}

    def entry(self, content: str) -> dict[str, Any]:
        return REFUSED if content == "bad" else accepted(content)


def client_of(answer: Answer) -> Client:
    return Client("http://api.example.com", "key", retries=QUICK, session=session_with(answer))


def messages(*contents: str) -> list[Message]:
    return [Message(4, "in-app", content) for content in contents]


def ids(results: list[Receipt | NotificationdError]) -> list[str]:
    return [
        result.id if isinstance(result, Receipt) else type(result).__name__ for result in results
    ]


def test_each_is_answered_for_itself_in_order() -> None:
    results = client_of(Service().answer).send_batch(messages("a", "bad", "b"))

    assert ids(results) == ["id of a", "InvalidRequest", "id of b"]
    assert isinstance(results[1], InvalidRequest)
    assert results[1].detail == "no"


def test_none_is_no_request() -> None:
    service = Service()

    assert client_of(service.answer).send_batch([]) == []
    assert service.bodies == []


def test_a_hundred_go_with_each_request_and_each_request_has_its_own_key() -> None:
    service = Service()
    contents = [str(number) for number in range(250)]
    results = client_of(service.answer).send_batch(messages(*contents), idempotency_key="mine")

    assert ids(results) == [f"id of {content}" for content in contents]
    assert [len(json.loads(body)["notifications"]) for body in service.bodies] == [100, 100, 50]
    assert service.keys == ["mine", "mine.1", "mine.2"]


@given(st.lists(st.integers(1, 300_000), max_size=30))
def test_no_request_is_larger_than_the_service_takes_and_none_is_lost(sizes: list[int]) -> None:
    service = Service()
    contents = [f"{number}" + "é" * (size // 6) for number, size in enumerate(sizes)]
    results = client_of(service.answer).send_batch(messages(*contents))

    assert ids(results) == [f"id of {content}" for content in contents]
    assert all(len(body) <= 1024 * 1024 for body in service.bodies)


def test_what_cannot_be_taken_now_is_asked_for_again_with_the_same_key() -> None:
    class Busy(Service):
        def entry(self, content: str) -> dict[str, Any]:
            return BUSY if content == "b" and len(self.bodies) < 2 else accepted(content)

    service = Busy()
    results = client_of(service.answer).send_batch(messages("a", "b"))

    assert ids(results) == ["id of a", "id of b"]
    assert len(service.bodies) == 2
    assert len(set(service.keys)) == len(set(service.bodies)) == 1


def test_what_can_never_be_taken_does_not_hide_what_was() -> None:
    class Busy(Service):
        def entry(self, content: str) -> dict[str, Any]:
            return BUSY if content == "b" else accepted(content)

    service = Busy()

    assert ids(client_of(service.answer).send_batch(messages("a", "b"))) == [
        "id of a",
        "Unavailable",
    ]
    assert len(service.bodies) == QUICK.attempts


def test_a_later_try_that_fails_altogether_does_not_hide_what_was_accepted() -> None:
    class Dying(Service):
        def answer(self, request: requests.PreparedRequest) -> tuple[int, Any]:
            answer = super().answer(request)
            return answer if len(self.bodies) == 1 else (503, {"code": "unavailable"})

        def entry(self, content: str) -> dict[str, Any]:
            return BUSY if content == "b" else accepted(content)

    results = client_of(Dying().answer).send_batch(messages("a", "b"))

    assert ids(results) == ["id of a", "Unavailable"]


def test_where_the_first_request_fails_so_does_the_call() -> None:
    with pytest.raises(Unauthenticated):
        client_of(lambda _: (401, {})).send_batch(messages("a"))


def test_where_a_later_request_fails_its_messages_and_the_rest_have_its_error() -> None:
    class Dying(Service):
        def answer(self, request: requests.PreparedRequest) -> tuple[int, Any]:
            answer = super().answer(request)
            return answer if len(self.bodies) == 1 else (503, {"code": "unavailable"})

    service = Dying()
    results = client_of(service.answer).send_batch(messages(*map(str, range(250))))

    assert all(isinstance(result, Receipt) for result in results[:100])
    assert all(isinstance(result, Unavailable) for result in results[100:])
    assert len(results) == 250
    assert len(service.bodies) == 1 + QUICK.attempts  # the third request was not made


def test_nothing_is_sent_of_a_batch_with_a_message_that_cannot_be_one() -> None:
    service = Service()
    with pytest.raises(ValueError, match="JSON"):
        client_of(service.answer).send_batch(
            [*messages("a"), Message(4, "in-app", "b", data={"x": float("nan")})]
        )

    assert service.bodies == []
