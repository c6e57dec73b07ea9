"""What Mailgun and Twilio share: the connections, and what is known when no answer comes."""

import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from requests import Session

from local.sandbox.client import SandboxClient
from local.sandbox.documents import Provider as ProviderName
from notificationd.adapters.http import POOL_SIZE
from notificationd.domain.errors import DeliveryError, Misconfigured, OutcomeUnknown, Retryable
from tests.integration.providers import making
from tests.integration.providers.certificate import write_certificate
from tests.integration.serving import HOST, Canned, ScriptedServer, scripted_server

type Send = Callable[[str], str]
"""Sends a notification to a provider at a base address."""

ACCEPTED = Canned(201, b'{"id": "1", "sid": "1"}')


@pytest.fixture(params=["mailgun", "twilio"])
def name(request: pytest.FixtureRequest) -> ProviderName:
    given: ProviderName = request.param
    return given


@pytest.fixture
def send(name: ProviderName, session: Session) -> Send:
    if name == "mailgun":
        return lambda url: making.mailgun(session, url).send(making.email())
    return lambda url: making.twilio(session, url).send(making.sms())


@pytest.fixture
def base_url(name: ProviderName, sandbox: SandboxClient) -> str:
    return sandbox.mailgun_url if name == "mailgun" else sandbox.twilio_url


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path / "server.pem", HOST)


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with scripted_server(context) as script:
        yield script


def refused(send: Send, url: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(url)
    return caught.value


def test_a_port_where_nobody_listens_proves_that_nothing_was_sent(
    send: Send, closed_port: str
) -> None:
    assert isinstance(refused(send, closed_port), Retryable)


def test_a_name_that_is_not_found_proves_that_nothing_was_sent(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_found(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", not_found)

    assert isinstance(refused(send, "http://provider.invalid"), Retryable)


def test_a_certificate_that_is_not_trusted_ends_the_call_before_anything_is_sent(
    send: Send, tls_server: ScriptedServer
) -> None:
    assert isinstance(refused(send, tls_server.url), Retryable)
    assert tls_server.requests == []


def test_a_tls_connection_that_breaks_after_the_request_proves_nothing(
    send: Send, session: Session, tls_server: ScriptedServer, certificate: Path
) -> None:
    """The error is of the same kind as that of a bad certificate, but the message may be out."""
    session.verify = str(certificate)
    tls_server.answer = Canned(instead=answer_in_the_clear)

    assert isinstance(refused(send, tls_server.url), OutcomeUnknown)
    assert len(tls_server.requests) == 1


def answer_in_the_clear(handler: BaseHTTPRequestHandler) -> None:
    raw: socket.socket = handler.connection
    with socket.socket(fileno=socket.dup(raw.fileno())) as below_tls:
        below_tls.sendall(b"HTTP/1.1 200 OK\r\n\r\n")


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
        b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_an_answer_that_breaks_off_proves_nothing(
    send: Send, server: ScriptedServer, half: bytes
) -> None:
    server.answer = Canned(instead=lambda handler: void(handler.wfile.write(half)))

    assert isinstance(refused(send, server.url), OutcomeUnknown)
    assert len(server.requests) == 1


def void(_: object) -> None:
    """Drop a value."""


@pytest.mark.usefixtures("impatient")
def test_a_message_that_was_accepted_without_a_word_is_not_called_failed(
    send: Send, name: ProviderName, sandbox: SandboxClient, base_url: str
) -> None:
    sandbox.fault(name, "timeout", accept=True)

    assert isinstance(refused(send, base_url), OutcomeUnknown)
    assert len(sandbox.messages()) == 1


@pytest.mark.parametrize("url", ["provider", "ftp://provider", "http://", "http://a..b"])
def test_an_address_that_makes_no_sense_is_misconfigured(send: Send, url: str) -> None:
    assert isinstance(refused(send, url), Misconfigured)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "expected"),
    [("7", 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", None), ("soon", None), ("-1", None)],
)
def test_what_a_provider_asks_to_wait_is_passed_on(
    send: Send, server: ScriptedServer, status: int, header: str, expected: float | None
) -> None:
    """A date that is over, or nonsense, asks for nothing."""
    server.answer = Canned(status, headers={"Retry-After": header})

    error = refused(send, server.url)

    assert isinstance(error, Retryable)
    assert error.retry_after == expected


def test_a_date_in_the_future_is_passed_on_too(send: Send, server: ScriptedServer) -> None:
    server.answer = Canned(429, headers={"Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT"})

    assert refused(send, server.url).retry_after is not None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_nothing_below_the_adapter_tries_again(
    send: Send, server: ScriptedServer, status: int
) -> None:
    """How often, and when, is the dispatcher's to say."""
    server.answer = Canned(status, headers={"Retry-After": "0"})

    refused(send, server.url)

    assert len(server.requests) == 1


def test_several_sends_share_one_connection(send: Send, server: ScriptedServer) -> None:
    server.answer = ACCEPTED

    assert [send(server.url) for _ in range(5)] == ["1"] * 5
    assert (len(server.requests), server.connections) == (5, 1)


def test_a_refusal_leaves_the_connection_open_for_the_next_send(
    send: Send, server: ScriptedServer
) -> None:
    server.answer = Canned(500, b"x" * 10_000)
    refused(send, server.url)
    server.answer = ACCEPTED
    send(server.url)

    assert server.connections == 1


def test_a_whole_batch_is_sent_at_once_on_as_many_connections(
    send: Send, name: ProviderName, sandbox: SandboxClient, base_url: str
) -> None:
    with ThreadPoolExecutor(POOL_SIZE) as pool:
        ids = list(pool.map(send, [base_url] * POOL_SIZE))

    assert sorted(ids) == sorted(message["id"] for message in sandbox.messages(provider=name))
    assert len(set(ids)) == POOL_SIZE


def test_the_connections_of_a_batch_are_kept_for_the_next_one(
    send: Send, server: ScriptedServer
) -> None:
    """A pool that is too small would drop some, and make new ones each time."""
    server.answer = ACCEPTED
    with ThreadPoolExecutor(POOL_SIZE) as pool:
        for _ in range(5):
            list(pool.map(send, [server.url] * POOL_SIZE))

    assert len(server.requests) == 5 * POOL_SIZE
    assert server.connections <= POOL_SIZE


def test_proxies_and_credentials_of_the_environment_are_not_used(
    send: Send, server: ScriptedServer, closed_port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are for whoever has set them, on a developer's machine, not for the service."""
    monkeypatch.setenv("HTTP_PROXY", closed_port)
    monkeypatch.setenv("ALL_PROXY", closed_port)
    server.answer = ACCEPTED

    assert send(server.url) == "1"
