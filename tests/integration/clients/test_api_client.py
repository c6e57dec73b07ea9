"""The Python client against an HTTP server that misbehaves."""

from __future__ import annotations

import json
import socket
import struct
import threading
from typing import TYPE_CHECKING

import pytest
import requests

from notificationd_client import (
    NO_RETRIES,
    Client,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    NotificationdError,
    ProblemError,
    Receipt,
    Retries,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
)
from notificationd_client.inbox import tickets
from notificationd_client.transport import Call, Transport
from tests.integration.serving import HOST, Canned, ScriptedServer, scripted_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

QUICK = Retries(attempts=4, first_delay=0.01)
ACCEPTED = Canned(201, b'{"message": "Notification queued", "id": "n"}')
USER = Canned(200, b'{"user_id": "4", "email": null, "phone": null, "new": [1]}')


def problem(status: int, code: str, **headers: str) -> Canned:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"status": status, "code": code, "title": "A title", "detail": "A detail"}
    return Canned(status, json.dumps(body).encode(), named)


def reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def stop_halfway(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"id": "n"')


def stop_halfway_in_a_chunk(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"id"')


def speak_something_else(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")


CUT = [reset, hang_up, stop_halfway, stop_halfway_in_a_chunk, speak_something_else]
PASSING = [
    problem(429, "rate_limited"),
    problem(503, "unavailable", Retry_After="0"),
    problem(409, "request_in_flight", Retry_After="0"),
    Canned(500, b'{"message": "Internal Server Error"}'),
    Canned(502, b"<html>Bad Gateway</html>"),
    Canned(504, b""),
    *(
        problem(503, "unavailable", Retry_After=nonsense)
        for nonsense in ("soon", "-5", "nan", "1e999", "")
    ),
    Canned(201, b'{"id": "n"'),  # broken off, and it claims to be whole
    Canned(201, b"<html>Welcome to our hotel</html>"),
    Canned(201, b"{}"),
    Canned(201, b"[1]"),
    Canned(201, b"[" * 100_000),
    Canned(201, b"\xff\xfe"),
    Canned(201, b"null"),
    *(Canned(instead=cut) for cut in CUT),
]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        script.answer = ACCEPTED
        yield script


@pytest.fixture
def client(server: ScriptedServer) -> Iterator[Client]:
    with Client(server.url, "the-key", retries=QUICK) as made:
        yield made


def keys(server: ScriptedServer) -> list[str]:
    return [seen.headers["Idempotency-Key"] for seen in server.requests]


@pytest.mark.parametrize("first", PASSING)
def test_a_send_is_made_again_as_the_same_request(
    server: ScriptedServer, client: Client, first: Canned
) -> None:
    server.first = [first, first]

    assert client.send(4, "email", "hello") == Receipt("n")
    assert len(server.requests) == 3
    assert len(set(keys(server))) == 1
    assert len({seen.body for seen in server.requests}) == 1


@pytest.mark.parametrize("first", [problem(503, "unavailable"), Canned(instead=reset)])
@pytest.mark.parametrize(
    "call",
    [lambda c: c.user(4), lambda c: c.put_user(4, email="ada@example.com")],
    ids=["a read", "a write that is the same twice"],
)
def test_other_requests_are_made_again_too(
    server: ScriptedServer, client: Client, call: Callable[[Client], object], first: Canned
) -> None:
    server.first, server.answer = [first], USER
    call(client)

    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422, 501])
def test_what_is_refused_is_not_asked_for_again(
    server: ScriptedServer, client: Client, status: int
) -> None:
    server.answer = problem(status, "a_code", Retry_After="0")
    with pytest.raises(ProblemError) as raised:
        client.send(4, "email", "hello")

    assert (raised.value.status, raised.value.code) == (status, "a_code")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(503, "unavailable"), Unavailable),
        (problem(409, "request_in_flight"), Conflict),
        (Canned(instead=hang_up), ConnectionFailed),
        (Canned(200, b"nonsense"), UnexpectedAnswer),
    ],
)
def test_at_the_end_of_all_tries_the_last_error_is_raised(
    server: ScriptedServer, client: Client, answer: Canned, kind: type[NotificationdError]
) -> None:
    server.answer = answer
    with pytest.raises(kind):
        client.send(4, "email", "hello")

    assert len(server.requests) == QUICK.attempts


def test_every_call_has_a_key_of_its_own_unless_its_caller_gives_one(
    server: ScriptedServer, client: Client
) -> None:
    for key in (None, None, "mine", "mine"):
        client.send(4, "email", "hello", idempotency_key=key)

    first, second, *given = keys(server)
    assert first != second
    assert given == ["mine", "mine"]


@pytest.mark.parametrize(
    ("header", "waits"), [("20", [20.5]), ("0", [0.5]), ("soon", [0.5]), ("3600", [])]
)
def test_it_waits_as_long_as_it_is_asked_to_but_not_for_longer_than_a_call_may_take(
    server: ScriptedServer, header: str, waits: list[float]
) -> None:
    slept: list[float] = []
    server.answer = problem(503, "unavailable", Retry_After=header)
    transport = Transport(
        server.url,
        "the-key",
        timeout=30,
        retries=Retries(attempts=2, total=60, first_delay=1),
        clock=lambda: 0.0,
        sleep=slept.append,
        random=lambda: 0.5,
    )
    with pytest.raises(Unavailable):
        transport.call(Call(method="GET", path="/users/4"), dict)
    transport.close()

    assert slept == waits


def test_a_call_ends_when_its_time_is_over_however_many_tries_are_left(
    server: ScriptedServer,
) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    server.answer = problem(503, "unavailable")
    transport = Transport(
        server.url,
        "the-key",
        timeout=30,
        retries=Retries(attempts=1000, total=60, first_delay=10, longest_delay=10),
        clock=lambda: now,
        sleep=sleep,
        random=lambda: 0.99,
    )
    with pytest.raises(Unavailable):
        transport.call(Call(method="GET", path="/users/4"), dict)
    transport.close()

    assert len(server.requests) == 7  # at 0, 9.9, … 59.4 s


@pytest.fixture
def silent(server: ScriptedServer) -> Iterator[ScriptedServer]:
    over = threading.Event()

    def wait(_: BaseHTTPRequestHandler) -> None:
        over.wait(600)

    server.answer = Canned(instead=wait)
    yield server
    over.set()


@pytest.mark.parametrize(
    ("timeout", "retries"),
    [(0.2, NO_RETRIES), (600, Retries(total=0.3))],
    ids=["a silence is as long as it may be", "the call has taken as long as it may"],
)
def test_a_server_that_stays_silent_is_given_up(
    silent: ScriptedServer, timeout: float, retries: Retries
) -> None:
    with (
        Client(silent.url, "the-key", timeout=timeout, retries=retries) as client,
        pytest.raises(ConnectionFailed, match="too long"),
    ):
        client.send(4, "email", "hello")


def test_where_nobody_listens_no_connection_is_made() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))  # and does not listen
        url = f"http://{HOST}:{taken.getsockname()[1]}"
        with (
            Client(url, "the-key", retries=QUICK) as client,
            pytest.raises(ConnectionFailed) as raised,
        ):
            client.user(4)

    assert "the-key" not in str(raised.value)


def test_calls_share_a_connection(server: ScriptedServer, client: Client) -> None:
    client.send(4, "email", "hello")
    client.send(4, "email", "hello")

    assert server.connections == 1


def test_a_line_in_netrc_does_not_take_the_keys_place(
    server: ScriptedServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client.send(4, "email", "hello")

    assert server.requests[0].headers["Authorization"] == "Bearer the-key"


def test_a_redirect_is_not_followed(server: ScriptedServer, client: Client) -> None:
    server.answer = Canned(302, b"", {"Location": server.url + "/elsewhere"})
    with pytest.raises(ProblemError, match="302 Found"):
        client.send(4, "email", "hello")

    assert len(server.requests) == 1


def test_a_session_of_the_callers_is_used_and_stays_open(server: ScriptedServer) -> None:
    with requests.Session() as session:
        session.headers["X-Trace"] = "17"
        with Client(server.url, "the-key", session=session) as client:
            client.send(4, "email", "hello")
        session.get(server.url, timeout=10)

    assert server.requests[0].headers["X-Trace"] == "17"
    assert server.connections == 1


def test_a_field_that_is_not_known_yet_is_passed_over(
    server: ScriptedServer, client: Client
) -> None:
    server.answer = USER

    assert client.user(4).user_id == "4"


def test_a_live_inbox_tries_again_where_a_token_cannot_be_had_now(server: ScriptedServer) -> None:
    """LiveInbox meets an OSError with another try, and nothing else."""
    minted = {
        "token": "t",
        "expires_at": "2026-11-23T00:00:00.500Z",
        "websocket_url": "wss://example.com/live",
    }
    with Client(server.url, "the-key", retries=NO_RETRIES) as client:
        mint = tickets(client, 4)
        server.answer = problem(503, "unavailable")
        with pytest.raises(ConnectionError):
            mint()
        server.answer = problem(401, "unauthenticated")
        with pytest.raises(Unauthenticated):
            mint()
        server.answer = Canned(201, json.dumps(minted).encode())
        ticket = mint()

    assert (ticket.url, ticket.token) == ("wss://example.com/live", "t")
    assert ticket.expires_at == 1_795_392_000.5


def test_wrong_fields_are_named(server: ScriptedServer, client: Client) -> None:
    body = {"code": "invalid_request", "errors": [{"field": "to", "code": "c", "detail": "d"}]}
    server.answer = Canned(422, json.dumps(body).encode())
    with pytest.raises(InvalidRequest) as raised:
        client.send(4, "email", "hello", to="nobody")

    assert raised.value.errors["to"].detail == "d"
