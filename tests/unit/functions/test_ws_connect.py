"""The WebSocket API's routes, from event to answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.ws_connect.app import handler
from notificationd.domain.errors import ConnectionGone, Unavailable
from notificationd.runtime import services
from tests.fakes.delivery import RecordingSockets

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> RecordingSockets:
    made = RecordingSockets()
    monkeypatch.setattr(services, "sockets", lambda _endpoint: made)
    return made


def event(route: str, body: str | None = None) -> dict[str, Any]:
    context = {
        "routeKey": route,
        "connectionId": "abc=",
        "apiId": "api",
        "stage": "live",
        "authorizer": {"kind": "user", "user": "4", "expires_at": "9999999999999"},
    }
    return (
        {"requestContext": context} if body is None else {"requestContext": context, "body": body}
    )


def test_a_socket_is_known_while_it_is_open(account: Account) -> None:
    assert handler(event("$connect"), None) == {"statusCode": 200}
    (item,) = account.items()
    assert (item["pk"]["S"], item["sk"]["S"]) == ("USER#4", "CONNECTION#abc=")

    assert handler(event("$disconnect"), None) == {"statusCode": 200}
    assert account.items() == []


@pytest.mark.usefixtures("account")
def test_a_ping_is_answered(sockets: RecordingSockets) -> None:
    handler(event("ping", '{"action":"ping"}'), None)
    handler(event("ping", '{"action":"ping","ref":"é 1"}'), None)
    handler(event("ping", '{"action":"ping","ref":{}}'), None)

    answers = [(connection, json.loads(frame)) for connection, frame in sockets.frames]
    pong = {"type": "pong"}
    assert answers == [("abc=", pong), ("abc=", {**pong, "ref": "é 1"}), ("abc=", pong)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("\ud800", "not_json"),
        ("[" * 20_000, "not_json"),
        ("[]", "no_action"),
        ("{}", "no_action"),
        ('{"action": 1}', "no_action"),
        ('{"action": "dance"}', "unknown_action"),
        ('{"action": "' + "x" * 40_000 + '"}', "too_large"),
    ],
)
def test_a_frame_that_cannot_be_taken_is_answered_and_the_socket_stays(
    account: Account, sockets: RecordingSockets, body: str, code: str
) -> None:
    handler(event("$connect"), None)

    assert handler(event("$default", body), None) == {"statusCode": 200}

    ((connection, frame),) = sockets.frames
    answer = json.loads(frame)
    assert connection == "abc="
    assert (answer["type"], answer["code"]) == ("error", code)
    assert len(account.items()) == 1


def test_a_socket_that_is_gone_when_it_is_answered_is_forgotten(
    account: Account, sockets: RecordingSockets
) -> None:
    handler(event("$connect"), None)
    sockets.failing = {"abc=": ConnectionGone()}

    assert handler(event("ping"), None) == {"statusCode": 200}

    assert account.items() == []


@pytest.mark.usefixtures("account")
def test_an_answer_that_cannot_be_given_now_is_no_error(sockets: RecordingSockets) -> None:
    sockets.failing = {"abc=": Unavailable()}

    assert handler(event("ping"), None) == {"statusCode": 200}


def test_a_socket_that_cannot_be_remembered_is_refused(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")

    assert handler(event("$connect"), None) == {"statusCode": 503}
    assert account.items() == []
