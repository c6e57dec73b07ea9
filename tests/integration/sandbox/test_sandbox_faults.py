"""Faults as a caller of the providers meets them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from local.sandbox.client import SandboxClient
from local.sandbox.credentials import MAILGUN_DOMAIN, TWILIO_FROM
from local.sandbox.documents import Kind
from local.sandbox.provider_calls import Sandbox

type PostMail = Callable[..., requests.Response]
type Twilio = Callable[..., Any]
type Serve = Callable[[Sandbox], AbstractContextManager[SandboxClient]]

TO = "+14155550123"
SOON = 0.3  # seconds a caller waits for an answer that never comes


def test_a_fault_hits_so_many_calls_and_is_gone(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """Twice 500, then 200: what the retry test of the service needs."""
    sandbox.fault("mailgun", "500", times=2)

    assert [post_mail(mail).status_code for _ in range(3)] == [500, 500, 200]
    assert [call["outcome"] for call in sandbox.requests()] == ["500", "500", "accepted"]
    assert len(sandbox.messages()) == 1
    assert sandbox.faults() == []


def test_what_is_left_of_a_fault_can_be_read(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """The calls that it hit name it."""
    made = sandbox.fault("mailgun", "500", times=2)
    post_mail(mail)

    assert sandbox.faults() == [made | {"remaining": 1, "hits": 1}]
    assert sandbox.requests()[0]["fault"] == made["id"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("500", (500, '{"message": "Internal Server Error"}')),
        ("429", (429, '{"message": "Too many requests"}')),
        (
            "bad_address",
            (
                400,
                '{"message": "to parameter is not a valid address. please check documentation"}',
            ),
        ),
        ("unauthorized", (401, "Forbidden")),
    ],
)
def test_mailgun_refuses_in_its_own_words(
    sandbox: SandboxClient,
    post_mail: PostMail,
    mail: dict[str, Any],
    kind: Kind,
    expected: tuple[int, str],
) -> None:
    """A call that would have been accepted leaves no message behind."""
    sandbox.fault("mailgun", kind)
    answer = post_mail(mail)

    assert expected == (answer.status_code, answer.text)
    assert sandbox.messages() == []
    (call,) = sandbox.requests()
    assert (call["outcome"], call["status"]) == (kind, expected[0])
    assert (call["to"], call["notification_id"]) == (["ada@example.com"], "0199-ada")


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("500", 500, 20500),
        ("429", 429, 20429),
        ("bad_address", 400, 21211),
        ("unauthorized", 401, 20003),
    ],
)
def test_twilio_refuses_with_its_own_codes(
    sandbox: SandboxClient, twilio: Twilio, kind: Kind, status: int, code: int
) -> None:
    """The SDK raises what it raises against the real API."""
    sandbox.fault("twilio", kind)

    with pytest.raises(TwilioRestException) as caught:
        twilio().messages.create(to=TO, from_=TWILIO_FROM, body="x")

    assert (caught.value.status, caught.value.code) == (status, code)
    assert sandbox.messages() == []


@pytest.mark.parametrize(("given", "expected"), [(None, "1"), (0, "0"), (7, "7")])
def test_a_429_says_how_long_to_wait(
    sandbox: SandboxClient,
    post_mail: PostMail,
    mail: dict[str, Any],
    given: int | None,
    expected: str,
) -> None:
    """One second, if the fault does not say."""
    sandbox.fault("mailgun", "429", retry_after=given)

    assert expected == post_mail(mail).headers["Retry-After"]


@pytest.mark.parametrize("accept", [False, True])
def test_a_timeout_never_answers_and_may_accept(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any], *, accept: bool
) -> None:
    """The caller can't tell which; the sandbox can. Others are served meanwhile."""
    sandbox.fault("mailgun", "timeout", accept=accept)

    with pytest.raises(requests.ReadTimeout):
        post_mail(mail, timeout=SOON)

    (call,) = sandbox.requests()
    assert (call["outcome"], call["status"]) == ("timeout", None)
    assert [message["id"] for message in sandbox.messages()] == (
        [call["message_id"]] if accept else []
    )


def test_a_hanging_call_is_cut_in_the_end(serve: Serve, mail: dict[str, Any]) -> None:
    """After 60 s, or here at once: a caller without a timeout does not wait for ever."""
    with serve(Sandbox(hang_seconds=0)) as sandbox:
        sandbox.fault("mailgun", "timeout")
        with pytest.raises(requests.ConnectionError):
            requests.post(
                f"{sandbox.mailgun_url}/v3/{MAILGUN_DOMAIN}/messages", data=mail, timeout=10
            )


@pytest.mark.parametrize("accept", [False, True])
def test_a_drop_closes_the_connection_and_may_accept(
    sandbox: SandboxClient, twilio: Twilio, *, accept: bool
) -> None:
    """Through the SDK that is a connection error of requests, which it does not translate."""
    sandbox.fault("twilio", "drop", accept=accept)

    with pytest.raises(requests.ConnectionError):
        twilio().messages.create(to=TO, from_=TWILIO_FROM, body="x")

    assert [call["outcome"] for call in sandbox.requests()] == ["drop"]
    assert len(sandbox.messages()) == accept


def test_a_message_that_would_be_refused_is_not_accepted_by_a_silent_fault(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """`accept` carries the call out as usual; it does not skip the checks."""
    sandbox.fault("mailgun", "drop", accept=True)

    with pytest.raises(requests.ConnectionError):
        post_mail(mail | {"to": "ada"})

    assert sandbox.messages() == []


def test_a_slow_call_is_accepted_before_its_answer_comes(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """A caller who gives up early has sent its message all the same."""
    sandbox.fault("mailgun", "slow", latency=30)

    with pytest.raises(requests.ReadTimeout):
        post_mail(mail, timeout=SOON)

    assert [call["outcome"] for call in sandbox.requests()] == ["accepted"]
    assert len(sandbox.messages()) == 1


def test_latency_delays_the_answer_of_any_fault(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """Here a 500 that its caller does not wait for, then one that it does."""
    sandbox.fault("mailgun", "500", latency=30)
    sandbox.fault("mailgun", "500", latency=0.01)

    with pytest.raises(requests.ReadTimeout):
        post_mail(mail, timeout=SOON)
    assert post_mail(mail).status_code == 500


def test_a_fault_for_one_recipient_leaves_the_others_alone(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any], twilio: Twilio
) -> None:
    """So concurrent tests do not disturb each other; nor does one provider the other."""
    sandbox.fault("mailgun", "500", times=9, to="Grace@example.com")

    recipients = ["ada@example.com", "Grace <grace@EXAMPLE.com>", "ada@example.com"]
    assert [post_mail(mail | {"to": to}).status_code for to in recipients] == [200, 500, 200]
    assert twilio().messages.create(to=TO, from_=TWILIO_FROM, body="x").sid


def test_cleared_faults_hit_nothing(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """One by its id, or all."""
    first = sandbox.fault("mailgun", "500", times=9)
    second = sandbox.fault("mailgun", "429", times=9)

    sandbox.clear_faults(first["id"])
    assert [fault["id"] for fault in sandbox.faults()] == [second["id"]]
    sandbox.clear_faults()
    assert post_mail(mail).ok
