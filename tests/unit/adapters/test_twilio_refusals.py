"""Twilio's codes, one by one: the table in https://www.twilio.com/docs/api/errors, read by us."""

import pytest
from twilio.base.exceptions import TwilioRestException

from notificationd.adapters.twilio import refusal
from notificationd.domain.errors import DeliveryError, Misconfigured, Permanent, Retryable

URI = "/2010-04-01/Accounts/AC0/Messages.json"


def answer(code: int, status: int = 400, text: str = "Twilio's own words") -> TwilioRestException:
    return TwilioRestException(status, URI, text, code, "POST")


@pytest.mark.parametrize(
    "code",
    [
        21211,  # invalid number
        21214,  # cannot be reached
        21217,  # does not look like a number
        21610,  # unsubscribed
        21612,  # not reachable from this sender
        21614,  # no mobile number
        30005,  # unknown handset
        30006,  # landline
    ],
)
def test_a_number_at_fault_is_permanent_and_no_other_provider_would_do_better(code: int) -> None:
    error = refusal(answer(code), {})

    assert isinstance(error, Permanent)
    assert (error.code, error.text) == (str(code), "Twilio's own words")
    assert error.address_at_fault


@pytest.mark.parametrize(
    "code",
    [
        21602,  # no text
        21617,  # too long
        30004,  # blocked
        30007,  # filtered
    ],
)
def test_content_at_fault_is_permanent_but_another_provider_may_take_it(code: int) -> None:
    error = refusal(answer(code), {})

    assert isinstance(error, Permanent)
    assert (error.code, error.address_at_fault) == (str(code), False)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (20003, 401),  # credentials
        (20005, 403),  # account not active
        (21212, 400),  # sender invalid
        (21603, 400),  # sender missing
        (21606, 400),  # sender not ours
        (21660, 400),  # sender of another account
        (30002, 400),  # account suspended
    ],
)
def test_an_account_at_fault_is_misconfigured(code: int, status: int) -> None:
    error = refusal(answer(code, status), {})

    assert (type(error), error.code) == (Misconfigured, str(code))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (20429, 429),  # too many requests
        (30001, 400),  # queue overflow
        (30003, 400),  # handset switched off
        (30008, 400),  # unknown
    ],
)
def test_what_passes_is_tried_again(code: int, status: int) -> None:
    error = refusal(answer(code, status), {"Retry-After": "7"})

    assert (type(error), error.code, error.retry_after) == (Retryable, str(code), 7.0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Permanent),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (408, Permanent),
        (429, Retryable),
        (500, Retryable),
        (503, Retryable),
    ],
)
def test_an_unknown_code_falls_back_to_its_status(
    status: int, expected: type[DeliveryError]
) -> None:
    error = refusal(answer(99999, status), {})

    assert (type(error), error.code) == (expected, "99999")


def test_a_known_code_counts_more_than_the_status() -> None:
    """Twilio answers 400 to what is only busy, and may answer 5xx to what will never work."""
    assert isinstance(refusal(answer(30001, 400), {}), Retryable)
    assert isinstance(refusal(answer(21610, 500), {}), Permanent)


def test_an_error_without_a_code_goes_by_its_status() -> None:
    error = refusal(TwilioRestException(503, URI, "Service Unavailable"), {})

    assert (type(error), error.code) == (Retryable, "503")
