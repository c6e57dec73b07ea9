"""SES and SNS through the clients of the functions: the connections, and what failures mean."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from notificationd.adapters.ses import Ses
from notificationd.adapters.sns import Sns
from notificationd.domain.errors import DeliveryError, OutcomeUnknown, Retryable
from notificationd.runtime import aws
from tests.integration.providers.making import SENDER, email, sms
from tests.integration.serving import Canned, ScriptedServer

type Send = Callable[[str], str]
"""Sends a notification through AWS at an endpoint."""

ACCEPTED = {
    "ses": Canned(200, b'{"MessageId": "m-1"}'),
    "sns": Canned(
        200,
        b"<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult>"
        b"</PublishResponse>",
    ),
}

REFUSED = {
    "ses": b'{"message": "Busy"}',
    "sns": b"<ErrorResponse><Error><Code>Busy</Code></Error></ErrorResponse>",
}


@pytest.fixture
def fresh_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the clients anew, and leave none behind that knows an endpoint of this test's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    kept: list[Any] = [vars(aws)["_session"], aws.sesv2, aws.sns]
    for made in kept:
        made.cache_clear()
    yield
    for client in (aws.sesv2, aws.sns):
        if client.cache_info().currsize:
            client().close()
    for made in kept:
        made.cache_clear()


@pytest.fixture(params=["ses", "sns"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def send(name: str, fresh_clients: None, monkeypatch: pytest.MonkeyPatch) -> Send:  # noqa: ARG001
    def call(url: str) -> str:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        if name == "ses":
            return Ses(aws.sesv2(), sender=SENDER).send(email())
        return Sns(aws.sns()).send(sms())

    return call


def refused(send: Send, url: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(url)
    return caught.value


def drop(_: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer."""


def test_an_accepted_message_has_the_id_that_aws_gave_it(
    send: Send, name: str, server: ScriptedServer
) -> None:
    server.answer = ACCEPTED[name]

    assert send(server.url) == "m-1"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_nothing_below_the_adapter_tries_again(
    send: Send, name: str, server: ScriptedServer, status: int
) -> None:
    """By itself the SDK would, twice: after a lost answer that sends a second time."""
    server.answer = Canned(status, REFUSED[name])

    assert isinstance(refused(send, server.url), Retryable)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html>no XML", b"{}"])
def test_a_success_that_names_no_message_is_no_proof(
    send: Send, server: ScriptedServer, body: bytes
) -> None:
    """As where a proxy in between answers with a page of its own."""
    server.answer = Canned(200, body)

    assert isinstance(refused(send, server.url), OutcomeUnknown)


@pytest.mark.parametrize("body", [b"<html>no XML", b"<html></html>", b"{}"])
def test_a_failure_in_words_that_aws_does_not_use_is_still_one_of_ours(
    send: Send, server: ScriptedServer, body: bytes
) -> None:
    """To be tried again; only what the SDK cannot read at all leaves the outcome open."""
    server.answer = Canned(503, body)

    assert isinstance(refused(send, server.url), Retryable | OutcomeUnknown)


def test_a_connection_that_is_dropped_after_the_request_proves_nothing(
    send: Send, server: ScriptedServer
) -> None:
    server.answer = Canned(instead=drop)

    assert isinstance(refused(send, server.url), OutcomeUnknown)
    assert len(server.requests) == 1


def test_a_port_where_nobody_listens_proves_that_nothing_was_sent(
    send: Send, closed_port: str
) -> None:
    assert isinstance(refused(send, closed_port), Retryable)


def test_several_sends_share_one_connection(send: Send, name: str, server: ScriptedServer) -> None:
    server.answer = ACCEPTED[name]

    assert [send(server.url) for _ in range(3)] == ["m-1"] * 3
    assert (len(server.requests), server.connections) == (3, 1)


def test_a_whole_batch_is_sent_on_connections_that_are_kept(
    send: Send, name: str, server: ScriptedServer
) -> None:
    server.answer = ACCEPTED[name]
    send(server.url)
    with ThreadPoolExecutor(aws.POOL_SIZE) as pool:
        for _ in range(3):
            list(pool.map(send, [server.url] * aws.POOL_SIZE))

    assert len(server.requests) == 1 + 3 * aws.POOL_SIZE
    assert server.connections <= aws.POOL_SIZE
