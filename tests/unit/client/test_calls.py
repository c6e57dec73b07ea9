"""Which request each method makes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from notificationd_client import Client, NotFound, UserToken
from tests.fakes.http import session_with

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

URL = "http://api.example.com"
AT = datetime(2026, 11, 23, tzinfo=UTC)
USER = "/users/4"
ONE = f"{USER}/notifications/n"
CALLS: list[tuple[Callable[[Client], object], str, str, Any]] = [
    (
        lambda c: c.send(4, "sms", "hello"),
        "POST",
        "/notifications",
        {"user_id": 4, "notification_type": "sms", "content": "hello"},
    ),
    (lambda c: c.cancel(4, "n"), "DELETE", ONE, None),
    (lambda c: c.notification(4, "n"), "GET", ONE, None),
    (lambda c: list(c.notifications(4)), "GET", f"{USER}/notifications?limit=100", None),
    (lambda c: c.inbox(4), "GET", f"{USER}/inbox?limit=20", None),
    (
        lambda c: c.inbox(4, unread=False, limit=5, cursor="a+b"),
        "GET",
        f"{USER}/inbox?limit=5&cursor=a%2Bb&unread=false",
        None,
    ),
    (lambda c: c.read(4, "n"), "PATCH", ONE, {"read": True}),
    (lambda c: c.unread(4, "n"), "PATCH", ONE, {"read": False}),
    (lambda c: c.seen(4, "n"), "PATCH", ONE, {"seen": True}),
    (lambda c: c.archive(4, "n"), "PATCH", ONE, {"archived": True}),
    (
        lambda c: c.mark(4, "n", read=True, archived=False),
        "PATCH",
        ONE,
        {"read": True, "archived": False},
    ),
    (lambda c: c.read_all(4), "POST", f"{USER}/notifications/read-all", None),
    (lambda c: c.read_all(4, "n"), "POST", f"{USER}/notifications/read-all", {"up_to": "n"}),
    (lambda c: c.user(4), "GET", USER, None),
    (
        lambda c: c.put_user(4, email="ada@example.com"),
        "PUT",
        USER,
        {"email": "ada@example.com", "phone": None},
    ),
    (lambda c: c.create_token(4), "POST", f"{USER}/tokens", None),
    (lambda c: c.create_token(4, expires_in=60), "POST", f"{USER}/tokens", {"expires_in": 60}),
    (lambda c: c.dead_letters(), "GET", "/dead-letters?limit=100", None),
    (
        lambda c: c.dead_letters(
            type="sms", reason="refused", since=AT, until=AT, ids=["a", "b"], limit=5
        ),
        "GET",
        (
            "/dead-letters?channel=sms&reason=refused&since=2026-11-23T00%3A00%3A00%2B00%3A00"
            "&until=2026-11-23T00%3A00%3A00%2B00%3A00&limit=5&ids=a%2Cb"
        ),
        None,
    ),
    (lambda c: c.redrive(all=True), "POST", "/dead-letters/redrive", {"all": True}),
    (
        lambda c: c.redrive(ids=["a"], type="email"),
        "POST",
        "/dead-letters/redrive",
        {"channel": "email", "ids": ["a"]},
    ),
    (lambda c: c.user("a b%c?#é"), "GET", "/users/a%20b%25c%3F%23%C3%A9", None),
]


@pytest.mark.parametrize(("call", "method", "path", "body"), CALLS)
def test_a_method_makes_its_request(
    call: Callable[[Client], object], method: str, path: str, body: object
) -> None:
    made: list[tuple[str | None, str, object]] = []

    def answer(request: requests.PreparedRequest) -> tuple[int, Any]:
        sent = json.loads(request.body) if request.body else None
        made.append((request.method, str(request.url).removeprefix(URL), sent))
        return 404, {"code": "not_found"}  # it is the request that counts

    with pytest.raises(NotFound):
        call(Client(URL, "key", session=session_with(answer)))

    assert made == [(method, path, body)]


@pytest.mark.parametrize("user_id", ["", ".", "..", "a/b", "../dead-letters"])
def test_an_id_that_would_lead_to_another_route_is_refused(user_id: str) -> None:
    def answer(_: requests.PreparedRequest) -> tuple[int, Any]:
        raise AssertionError

    client = Client(URL, "key", session=session_with(answer))
    with pytest.raises(ValueError, match="cannot stand in a path"):
        client.user(user_id)
    with pytest.raises(ValueError, match="cannot stand in a path"):
        client.cancel(4, user_id)


@pytest.mark.parametrize("url", ["", "api.example.com", "ftp://api.example.com", "http://"])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        Client(url, "key")


@pytest.mark.parametrize("key", ["", "a b", "a\nb", "kéy"])
def test_what_can_be_no_key_is_refused_at_once_and_not_shown(key: str) -> None:
    with pytest.raises(ValueError, match="the API key") as refused:
        Client(URL, key)

    assert not key or key not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    token = UserToken(token="secret", expires_at=AT, websocket_url="wss://example.com")

    assert "secret" not in repr(token)
    assert "secret" not in repr(Client(URL, "secret"))


def test_the_address_may_end_with_a_slash() -> None:
    urls: list[str | None] = []

    def answer(request: requests.PreparedRequest) -> tuple[int, Any]:
        urls.append(request.url)
        return 200, {"user_id": "4"}

    Client(URL + "/", "key", session=session_with(answer)).user(4)

    assert urls == [URL + "/users/4"]
