"""Amazon SES: what is sent to it, and what its answers mean."""

from typing import Any

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from notificationd.adapters.ses import Ses
from notificationd.domain.errors import DeliveryError, Misconfigured, Permanent, Retryable
from tests.unit.adapters.conftest import Client, MakeClient
from tests.unit.adapters.samples import EMAIL, email

SENDER = "notifications@example.com"


@pytest.fixture
def sesv2(client: MakeClient) -> Client:
    return client("sesv2")


def request(subject: str, text: str) -> dict[str, Any]:
    return {
        "FromEmailAddress": SENDER,
        "Destination": {"ToAddresses": [EMAIL]},
        "Content": {
            "Simple": {
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
            }
        },
    }


@pytest.mark.parametrize(
    ("subject", "expected"), [("Für Ada: 世界", "Für Ada: 世界"), (None, "Notification")]
)
def test_an_email_is_sent_as_it_was_accepted(
    sesv2: Client,
    subject: str | None,
    expected: str,
) -> None:
    """One without a subject gets one. The id is the one that SES's events name."""
    notification = email(subject=subject, content="Grüße 👋\nzweite Zeile")
    with Stubber(sesv2) as ses:
        ses.add_response(
            "send_email", {"MessageId": "m-1"}, request(expected, notification.content)
        )

        assert Ses(sesv2, sender=SENDER).send(notification) == "m-1"


def test_an_email_with_html_has_both(sesv2: Client) -> None:
    """A reader that shows no HTML shows the text."""
    notification = email(subject="Hi", html="<p>Grüße 👋</p>")
    expected = request("Hi", notification.content)
    expected["Content"]["Simple"]["Body"]["Html"] = {"Data": "<p>Grüße 👋</p>", "Charset": "UTF-8"}
    with Stubber(sesv2) as ses:
        ses.add_response("send_email", {"MessageId": "m-1"}, expected)

        assert Ses(sesv2, sender=SENDER).send(notification) == "m-1"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("AccountSuspendedException", 400, Misconfigured),
        ("MailFromDomainNotVerifiedException", 400, Misconfigured),
        ("NotFoundException", 404, Misconfigured),
        ("SendingPausedException", 400, Misconfigured),
        ("AccessDeniedException", 403, Misconfigured),
        ("ExpiredTokenException", 403, Misconfigured),
        ("UnrecognizedClientException", 403, Misconfigured),
        ("InvalidSignatureException", 403, Misconfigured),
        ("BadRequestException", 400, Permanent),
        ("MessageRejected", 400, Permanent),
        ("SomethingNew", 400, Permanent),
        ("LimitExceededException", 400, Retryable),
        ("TooManyRequestsException", 429, Retryable),
        ("ThrottlingException", 400, Retryable),
        ("InternalServiceErrorException", 500, Retryable),
        ("ServiceUnavailable", 503, Retryable),
        ("SomethingNew", 500, Retryable),
    ],
)
def test_an_error_means(
    sesv2: Client,
    code: str,
    status: int,
    expected: type[DeliveryError],
) -> None:
    """https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html, Errors."""
    with Stubber(sesv2) as ses:
        ses.add_client_error("send_email", code, "SES's own words", http_status_code=status)

        with pytest.raises(expected) as caught:
            Ses(sesv2, sender=SENDER).send(email())

    assert type(caught.value) is expected
    assert (caught.value.code, caught.value.text) == (code, "SES's own words")


@pytest.mark.parametrize(
    ("code", "at_fault"),
    [("BadRequestException", True), ("MessageRejected", False), ("SomethingNew", False)],
)
def test_only_what_may_be_the_address_s_fault_stops_the_next_provider(
    sesv2: Client,
    code: str,
    *,
    at_fault: bool,
) -> None:
    with Stubber(sesv2) as ses:
        ses.add_client_error("send_email", code, http_status_code=400)

        with pytest.raises(Permanent) as caught:
            Ses(sesv2, sender=SENDER).send(email())

    assert caught.value.address_at_fault is at_fault


def test_an_unverified_sender_is_misconfigured_though_ses_calls_the_message_rejected(
    sesv2: Client,
) -> None:
    text = "Email address is not verified. The following identities failed the check: x@example.com"
    with Stubber(sesv2) as ses:
        ses.add_client_error("send_email", "MessageRejected", text, http_status_code=400)

        with pytest.raises(Misconfigured, match="not verified"):
            Ses(sesv2, sender=SENDER).send(email())


@mock_aws
def test_a_verified_sender_s_email_is_accepted(client: MakeClient) -> None:
    sesv2 = client("sesv2")
    sesv2.create_email_identity(EmailIdentity=SENDER)

    assert Ses(sesv2, sender=SENDER).send(email())
    assert client("ses").get_send_quota()["SentLast24Hours"] == 1


@mock_aws
def test_a_sender_that_was_never_verified_is_misconfigured(client: MakeClient) -> None:
    with pytest.raises(Misconfigured):
        Ses(client("sesv2"), sender=SENDER).send(email())
