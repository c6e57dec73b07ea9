"""Twilio's side of the sandbox, called with the real SDK."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from local.sandbox.client import SandboxClient
from local.sandbox.credentials import TWILIO_ACCOUNT_SID, TWILIO_FROM

type Twilio = Callable[..., Any]

TO = "+14155550123"


def test_an_sms_is_queued_and_can_be_read_back(sandbox: SandboxClient, twilio: Twilio) -> None:
    """The SDK parses the whole Message resource."""
    sms = twilio().messages.create(to=TO, from_=TWILIO_FROM, body="It left today.")

    assert sms.sid.startswith("SM")
    assert (sms.status, sms.direction, sms.num_segments) == ("queued", "outbound-api", "1")
    assert (sms.to, sms.from_, sms.body) == (TO, TWILIO_FROM, "It left today.")
    assert sms.account_sid == TWILIO_ACCOUNT_SID
    assert sms.date_created.tzinfo is not None
    (message,) = sandbox.messages()
    assert message["id"] == sms.sid
    assert (message["provider"], message["from"], message["to"], message["text"]) == (
        "twilio",
        TWILIO_FROM,
        [TO],
        "It left today.",
    )
    assert message["notification_id"] is None


def test_a_messaging_service_takes_the_place_of_a_sender(
    sandbox: SandboxClient, twilio: Twilio
) -> None:
    """Twilio accepts first and picks the sender later."""
    service = "MG" + "0" * 32
    sms = twilio().messages.create(
        to=TO, messaging_service_sid=service, body="x", status_callback="https://example.com/s"
    )

    assert (sms.status, sms.from_, sms.num_segments) == ("accepted", None, "0")
    (message,) = sandbox.messages()
    assert message["from"] == service
    assert message["options"]["StatusCallback"] == ["https://example.com/s"]


@pytest.mark.parametrize(
    ("character", "count", "expected"),
    [
        ("x", 160, "1"),
        ("x", 161, "2"),
        ("€", 80, "1"),
        ("€", 81, "2"),
        ("ж", 70, "1"),
        ("ж", 71, "2"),
        ("🙂", 36, "2"),
    ],
)
def test_segments_are_counted_as_the_network_does(
    twilio: Twilio, character: str, count: int, expected: str
) -> None:
    """160 septets or 70 UTF-16 units fit in one; the euro sign and an emoji take two each."""
    sms = twilio().messages.create(to=TO, from_=TWILIO_FROM, body=character * count)

    assert expected == sms.num_segments


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"to": "4155550123"}, 21211),
        ({"to": "+0155550123"}, 21211),
        ({"to": "+1415555012345678"}, 21211),
        ({"to": "ada@example.com"}, 21211),
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550002"}, 21612),
        ({"to": "+15005550003"}, 21408),
        ({"to": "+15005550004"}, 21610),
        ({"to": "+15005550009"}, 21614),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+14155550100"}, 21606),
        ({"from_": "", "messaging_service_sid": "nonsense"}, 21705),
    ],
)
def test_an_sms_that_twilio_would_not_take_is_refused_with_its_code(
    sandbox: SandboxClient, twilio: Twilio, change: dict[str, str], code: int
) -> None:
    """A refused call captures no message, and is among the requests."""
    fields = {"to": TO, "from_": TWILIO_FROM, "body": "It left today."} | change

    with pytest.raises(TwilioRestException) as caught:
        twilio().messages.create(**fields)

    assert (caught.value.status, caught.value.code) == (HTTPStatus.BAD_REQUEST, code)
    assert sandbox.messages() == []
    assert [(call["outcome"], call["status"]) for call in sandbox.requests()] == [("refused", 400)]


def test_a_body_of_1600_characters_is_taken(twilio: Twilio) -> None:
    """The limit is inclusive."""
    assert twilio().messages.create(to=TO, from_=TWILIO_FROM, body="x" * 1600).sid


def test_a_wrong_token_gets_20003(twilio: Twilio) -> None:
    """401, which no retry mends."""
    with pytest.raises(TwilioRestException) as caught:
        twilio(token="wrong").messages.create(to=TO, from_=TWILIO_FROM, body="x")

    assert (caught.value.status, caught.value.code) == (HTTPStatus.UNAUTHORIZED, 20003)


def test_another_account_is_not_found(twilio: Twilio) -> None:
    """The credentials are right, but the account of the path is not theirs."""
    with pytest.raises(TwilioRestException) as caught:
        twilio(account="AC" + "0" * 32).messages.create(to=TO, from_=TWILIO_FROM, body="x")

    assert (caught.value.status, caught.value.code) == (HTTPStatus.NOT_FOUND, 20404)


def test_an_error_is_twilios_document(sandbox: SandboxClient) -> None:
    """The SDK drops more_info, so this one is read without it."""
    answer = requests.post(
        f"{sandbox.twilio_url}/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json", timeout=10
    )

    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }
