"""Mailgun: what is sent to it, and what its answers mean."""

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
from tests.integration.providers.making import EMAIL, ID, SENDER, email, mailgun
from tests.integration.serving import Canned, ScriptedServer

UNICODE = "Grüße, 世界 👋\nzweite Zeile & mehr = 100 %"


def test_an_accepted_email_has_mailgun_s_own_id(sandbox: SandboxClient, session: Session) -> None:
    message_id = mailgun(session, sandbox.mailgun_url).send(email())

    assert [message["id"] for message in sandbox.messages()] == [message_id]


def test_an_email_is_sent_as_it_was_accepted(sandbox: SandboxClient, session: Session) -> None:
    mailgun(session, sandbox.mailgun_url).send(email(subject="Für Ada: 世界", content=UNICODE))

    (message,) = sandbox.messages()
    assert (message["from"], message["to"]) == (SENDER, [EMAIL])
    assert (message["subject"], message["text"]) == ("Für Ada: 世界", UNICODE)
    assert message["html"] == ""


def test_an_email_with_html_has_both(sandbox: SandboxClient, session: Session) -> None:
    """A reader that shows no HTML shows the text."""
    html = "<p>Grüße &amp; <b>世界</b> 👋</p>"

    mailgun(session, sandbox.mailgun_url).send(email(content=UNICODE, html=html))

    (message,) = sandbox.messages()
    assert (message["text"], message["html"]) == (UNICODE, html)


def test_an_email_carries_its_notification_s_id(sandbox: SandboxClient, session: Session) -> None:
    """Mailgun's webhooks give it back."""
    mailgun(session, sandbox.mailgun_url).send(email())

    (message,) = sandbox.messages()
    assert message["notification_id"] == ID


def test_an_email_without_a_subject_gets_one(sandbox: SandboxClient, session: Session) -> None:
    mailgun(session, sandbox.mailgun_url).send(email(subject=None))

    (message,) = sandbox.messages()
    assert message["subject"] == "Notification"


@pytest.mark.parametrize(
    ("kind", "expected", "code"),
    [
        ("bad_address", Permanent, "400"),
        ("unauthorized", Misconfigured, "401"),
        ("429", Retryable, "429"),
        ("500", Retryable, "500"),
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
    sandbox.fault("mailgun", kind)

    with pytest.raises(expected) as caught:
        mailgun(session, sandbox.mailgun_url).send(email())

    assert (type(caught.value), caught.value.code) == (expected, code)
    assert len(sandbox.requests()) == 1
    assert sandbox.messages() == []


def test_a_bad_address_is_the_address_s_fault(sandbox: SandboxClient, session: Session) -> None:
    """So no other provider is tried. Mailgun's own words tell it from other refusals."""
    with pytest.raises(Permanent, match="to parameter is not a valid address") as caught:
        mailgun(session, sandbox.mailgun_url).send(email(to="no address"))

    assert caught.value.address_at_fault


def test_another_refusal_leaves_the_address_to_the_next_provider(
    sandbox: SandboxClient, session: Session
) -> None:
    with pytest.raises(Permanent, match="Need at least one of 'text'") as caught:
        mailgun(session, sandbox.mailgun_url).send(email(content=""))

    assert not caught.value.address_at_fault


def test_a_wrong_key_is_misconfigured_and_in_no_text(
    sandbox: SandboxClient, session: Session
) -> None:
    with pytest.raises(Misconfigured) as caught:
        mailgun(session, sandbox.mailgun_url, key="key-of-another").send(email())

    assert (caught.value.text, caught.value.code) == ("Unauthorized", "401")


def test_an_unknown_domain_is_misconfigured(sandbox: SandboxClient, session: Session) -> None:
    with pytest.raises(Misconfigured, match="Domain not found"):
        mailgun(session, sandbox.mailgun_url, domain="other.example").send(email())


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (301, Misconfigured),
        (400, Permanent),
        (401, Misconfigured),
        (402, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (413, Permanent),
        (429, Retryable),
        (500, Retryable),
        (502, Retryable),
        (503, Retryable),
        (520, Retryable),
    ],
)
def test_a_status_means(
    server: ScriptedServer, session: Session, status: int, expected: type[DeliveryError]
) -> None:
    """Also where a proxy in between answers, whose body is no JSON; 520 is nobody's standard."""
    server.answer = Canned(status, b"<html>", {"Content-Type": "text/html"})

    with pytest.raises(expected) as caught:
        mailgun(session, server.url).send(email())

    assert (type(caught.value), caught.value.code) == (expected, str(status))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: ScriptedServer, session: Session, status: int) -> None:
    """It would be asked for with a GET, and whatever page comes then is no acceptance."""
    server.answer = Canned(status, headers={"Location": f"{server.url}/elsewhere"})

    with pytest.raises(Misconfigured):
        mailgun(session, server.url).send(email())

    assert [request.path for request in server.requests] == [
        f"/v3/{credentials.MAILGUN_DOMAIN}/messages"
    ]


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"queued"', b"null", b"{}", b'{"id": ""}', b'{"id": null}']
)
def test_a_success_that_names_no_message_is_no_proof(
    server: ScriptedServer, session: Session, body: bytes
) -> None:
    server.answer = Canned(200, body)

    with pytest.raises(OutcomeUnknown):
        mailgun(session, server.url).send(email())


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_success_with_an_id_is_an_acceptance(
    server: ScriptedServer, session: Session, status: int
) -> None:
    server.answer = Canned(status, json.dumps({"id": "<1@example.com>"}).encode())

    assert mailgun(session, server.url).send(email()) == "<1@example.com>"
