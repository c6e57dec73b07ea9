"""Twilio, through its own SDK: what is sent to it, and what its answers mean."""

import json

import pytest
from requests import Session

from local.sandbox import credentials
from local.sandbox.client import SandboxClient
from local.sandbox.documents import Kind
from notificationd.domain.errors import (
    DeliveryError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Retryable,
)
from tests.integration.providers.making import PHONE, sms, twilio
from tests.integration.serving import Canned, ScriptedServer

MESSAGING_SERVICE = "MG" + "0" * 32


def test_an_accepted_sms_has_twilio_s_own_id(sandbox: SandboxClient, session: Session) -> None:
    message_id = twilio(session, sandbox.twilio_url).send(sms())

    assert [message["id"] for message in sandbox.messages()] == [message_id]


def test_an_sms_is_sent_as_it_was_accepted(sandbox: SandboxClient, session: Session) -> None:
    twilio(session, sandbox.twilio_url).send(sms(content="Grüße, 世界 👋 & 1+1=2"))

    (message,) = sandbox.messages()
    assert (message["from"], message["to"]) == (credentials.TWILIO_FROM, [PHONE])
    assert message["text"] == "Grüße, 世界 👋 & 1+1=2"
    assert message["options"] == {}


def test_a_messaging_service_may_choose_the_sender(
    sandbox: SandboxClient, session: Session
) -> None:
    twilio(session, sandbox.twilio_url, sender=MESSAGING_SERVICE).send(sms())

    (message,) = sandbox.messages()
    assert message["from"] == MESSAGING_SERVICE
    assert message["options"] == {"MessagingServiceSid": [MESSAGING_SERVICE]}


@pytest.mark.parametrize(
    ("kind", "expected", "code"),
    [
        ("bad_address", Permanent, "21211"),
        ("unauthorized", Misconfigured, "20003"),
        ("429", Retryable, "20429"),
        ("500", Retryable, "20500"),
        ("drop", OutcomeUnknown, "ConnectionError"),
        ("timeout", OutcomeUnknown, "ReadTimeout"),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_a_refusal_means(
    sandbox: SandboxClient,
    session: Session,
    kind: Kind,
    expected: type[DeliveryError],
    code: str,
) -> None:
    sandbox.fault("twilio", kind)

    with pytest.raises(expected) as caught:
        twilio(session, sandbox.twilio_url).send(sms())

    assert (type(caught.value), caught.value.code) == (expected, code)
    assert len(sandbox.requests()) == 1
    assert sandbox.messages() == []


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("+15005550001", "21211"),  # no number
        ("+15005550002", "21612"),  # not reachable from here
        ("+15005550004", "21610"),  # unsubscribed
        ("+15005550009", "21614"),  # no mobile
    ],
)
def test_a_number_that_cannot_be_reached_is_the_address_s_fault(
    sandbox: SandboxClient, session: Session, to: str, code: str
) -> None:
    """Twilio's own test numbers, https://www.twilio.com/docs/iam/test-credentials."""
    with pytest.raises(Permanent) as caught:
        twilio(session, sandbox.twilio_url).send(sms(to=to))

    assert (caught.value.code, caught.value.address_at_fault) == (code, True)


def test_a_refusal_is_told_in_twilio_s_own_words(sandbox: SandboxClient, session: Session) -> None:
    with pytest.raises(Permanent, match="Attempt to send to unsubscribed recipient"):
        twilio(session, sandbox.twilio_url).send(sms(to="+15005550004"))


def test_a_country_that_is_not_switched_on_is_left_to_the_next_provider(
    sandbox: SandboxClient, session: Session
) -> None:
    with pytest.raises(Permanent) as caught:
        twilio(session, sandbox.twilio_url).send(sms(to="+15005550003"))

    assert (caught.value.code, caught.value.address_at_fault) == ("21408", False)


@pytest.mark.parametrize(("content", "code"), [("", "21602"), ("x" * 1601, "21617")])
def test_a_text_that_is_refused_is_not_the_address_s_fault(
    sandbox: SandboxClient, session: Session, content: str, code: str
) -> None:
    with pytest.raises(Permanent) as caught:
        twilio(session, sandbox.twilio_url).send(sms(content=content))

    assert (caught.value.code, caught.value.address_at_fault) == (code, False)


@pytest.mark.parametrize(("sender", "code"), [("+15005550001", "21212"), ("+15005550099", "21606")])
def test_a_sender_that_is_not_ours_is_misconfigured(
    sandbox: SandboxClient, session: Session, sender: str, code: str
) -> None:
    with pytest.raises(Misconfigured) as caught:
        twilio(session, sandbox.twilio_url, sender=sender).send(sms())

    assert caught.value.code == code


def test_a_wrong_token_is_misconfigured(sandbox: SandboxClient, session: Session) -> None:
    with pytest.raises(Misconfigured) as caught:
        twilio(session, sandbox.twilio_url, token="of-another").send(sms())

    assert caught.value.code == "20003"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (302, Misconfigured),
        (400, Permanent),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (429, Retryable),
        (500, Retryable),
        (503, Retryable),
        (520, Retryable),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'"no"'])
def test_without_a_code_the_status_decides(
    server: ScriptedServer,
    session: Session,
    status: int,
    expected: type[DeliveryError],
    body: bytes,
) -> None:
    """As where a proxy in between answers, whose body is not Twilio's JSON."""
    server.answer = Canned(status, body)

    with pytest.raises(expected) as caught:
        twilio(session, server.url).send(sms())

    assert (type(caught.value), caught.value.code) == (expected, str(status))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'"queued"', b"4", b"{}", b'{"sid": ""}']
)
def test_a_success_that_names_no_message_is_no_proof(
    server: ScriptedServer, session: Session, body: bytes
) -> None:
    server.answer = Canned(201, body)

    with pytest.raises(OutcomeUnknown):
        twilio(session, server.url).send(sms())


def test_an_error_in_the_form_of_rfc_9457_means_the_same(
    server: ScriptedServer, session: Session
) -> None:
    """The SDK raises another error for it."""
    problem = {"type": "https://…", "title": "Bad number", "status": 400, "code": 21211}
    server.answer = Canned(400, json.dumps(problem).encode())

    with pytest.raises(Permanent, match="Bad number") as caught:
        twilio(session, server.url).send(sms())

    assert caught.value.code == "21211"
