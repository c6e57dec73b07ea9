"""The sandbox's own routes: what was captured, filters, faults and the page."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import requests
from twilio.rest import Client as TwilioClient

from local.sandbox.client import SandboxClient, SandboxError
from local.sandbox.credentials import MAILGUN_API_KEY, MAILGUN_DOMAIN, TWILIO_FROM
from local.sandbox.provider_calls import Sandbox
from local.sandbox.store import Store

type PostMail = Callable[..., requests.Response]
type Serve = Callable[[Sandbox], AbstractContextManager[SandboxClient]]

TO = "+14155550123"


@pytest.fixture
def filled(
    sandbox: SandboxClient,
    post_mail: PostMail,
    mail: dict[str, Any],
    twilio: Callable[..., TwilioClient],
) -> SandboxClient:
    """Return a sandbox with two emails, a refused one and an SMS."""
    for to in ("ada@example.com", "grace@example.com", "nobody"):
        post_mail(mail | {"to": to, "v:notification_id": f"id-{to}"})
    twilio().messages.create(to=TO, from_=TWILIO_FROM, body="x")
    return sandbox


def _to(entries: list[Any]) -> list[str]:
    return [address for entry in entries for address in entry["to"]]


def test_messages_and_requests_are_listed_newest_last(filled: SandboxClient) -> None:
    """Times are RFC 3339 in UTC."""
    assert _to(filled.messages()) == ["ada@example.com", "grace@example.com", TO]
    calls = filled.requests()
    assert _to(calls) == ["ada@example.com", "grace@example.com", "nobody", TO]
    times = [datetime.fromisoformat(call["time"]) for call in calls]
    assert times == sorted(times)
    assert {time.utcoffset() for time in times} == {timedelta(0)}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"provider": "twilio"}, [TO]),
        ({"to": "ADA@example.com"}, ["ada@example.com"]),
        ({"to": TO}, [TO]),
        ({"notification_id": "id-grace@example.com"}, ["grace@example.com"]),
        ({"provider": "twilio", "to": "ada@example.com"}, []),
        ({"limit": 2}, ["grace@example.com", TO]),
        ({"provider": "mailgun", "limit": 1}, ["grace@example.com"]),
    ],
)
def test_messages_can_be_filtered(
    filled: SandboxClient, filters: dict[str, Any], expected: list[str]
) -> None:
    """Filters narrow each other down."""
    assert expected == _to(filled.messages(**filters))


def test_requests_can_be_filtered(filled: SandboxClient) -> None:
    """By the same, and by how they came out."""
    assert _to(filled.requests(outcome="refused")) == ["nobody"]
    assert _to(filled.requests(provider="twilio")) == [TO]
    assert _to(filled.requests(notification_id="id-nobody")) == ["nobody"]
    assert _to(filled.requests(outcome="accepted", limit=1)) == [TO]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/messages?notificaton_id=1", "notificaton_id"),
        ("/messages?outcome=accepted", "outcome"),
        ("/messages?limit=0", "limit"),
        ("/requests?limit=many", "limit"),
    ],
)
def test_an_unknown_or_broken_filter_is_refused(
    sandbox: SandboxClient, path: str, field: str
) -> None:
    """Ignored, a misspelt one would match everything and let a test pass."""
    answer = requests.get(f"{sandbox.base_url}{path}", timeout=10)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_CONTENT
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_clear_forgets_everything(filled: SandboxClient) -> None:
    """Messages, requests and faults."""
    filled.fault("mailgun", "500")
    filled.clear()

    assert (filled.messages(), filled.requests(), filled.faults()) == ([], [], [])


def test_deleting_messages_keeps_the_requests(filled: SandboxClient) -> None:
    """The button of the page does this."""
    answer = requests.delete(f"{filled.base_url}/messages", timeout=10)

    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert filled.messages() == []
    assert len(filled.requests()) == 4


@pytest.mark.parametrize(("entries", "characters"), [(2, 1_000_000), (100, 60)])
def test_memory_is_bounded_by_number_and_by_size(
    serve: Serve, mail: dict[str, Any], entries: int, characters: int
) -> None:
    """The oldest go first: here two messages of about 50 characters fit in neither bound."""
    with serve(Sandbox(Store(max_entries=entries, max_characters=characters))) as sandbox:
        for n in range(4):
            requests.post(
                f"{sandbox.mailgun_url}/v3/{MAILGUN_DOMAIN}/messages",
                data=mail | {"to": f"{n}@example.com"},
                auth=("api", MAILGUN_API_KEY),
                timeout=10,
            )
        kept = 2 if entries == 2 else 1
        assert _to(sandbox.messages()) == [f"{n}@example.com" for n in range(4)][-kept:]
        assert len(sandbox.requests()) == min(entries, 4)


def test_a_fault_that_makes_no_sense_is_a_problem_naming_its_fields(
    sandbox: SandboxClient,
) -> None:
    """RFC 9457, and nothing is added."""
    fault = {"provider": "mailgun", "kind": "500", "times": 0, "tims": 3}
    answer = requests.post(f"{sandbox.base_url}/faults", json=fault, timeout=10)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_CONTENT
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "code": "invalid_fields",
        "detail": (
            "tims is not a field of a fault; times must be a whole number from 1 to 1000000"
        ),
        "errors": [
            {"field": "tims", "detail": "is not a field of a fault"},
            {"field": "times", "detail": "must be a whole number from 1 to 1000000"},
        ],
    }
    assert sandbox.faults() == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_fault_that_is_not_json_is_a_400(sandbox: SandboxClient, body: bytes) -> None:
    """Also where the body is no text, or nested too deep to parse."""
    answer = requests.post(f"{sandbox.base_url}/faults", data=body, timeout=10)

    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.BAD_REQUEST, "not_json")


def test_the_client_raises_with_the_fields_at_fault(sandbox: SandboxClient) -> None:
    """And with the status."""
    with pytest.raises(SandboxError, match="latency is required for slow") as caught:
        sandbox.fault("mailgun", "slow")
    assert (caught.value.status, caught.value.fields) == (422, ("latency",))
    with pytest.raises(SandboxError, match="No active fault has this id"):
        sandbox.clear_faults("fault-9")


def test_the_client_says_whether_the_sandbox_is_up(sandbox: SandboxClient) -> None:
    """Port 1 of loopback answers nobody."""
    assert sandbox.is_healthy()
    with SandboxClient("http://127.0.0.1:1") as nobody:
        assert not nobody.is_healthy()


def test_the_page_can_only_run_its_own_script(sandbox: SandboxClient) -> None:
    """A fresh nonce each time, and no way to put markup into the document."""
    first, second = (requests.get(sandbox.base_url, timeout=10) for _ in range(2))

    policy = first.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', first.text))
    assert f"script-src 'nonce-{nonce}'" in policy
    assert nonce not in second.text
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "srcdoc")
    assert not [name for name in forbidden if name in first.text]
