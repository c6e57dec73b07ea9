"""Mailgun's side of the sandbox, called with `requests` as the service does."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
import requests

from local.sandbox.client import SandboxClient
from local.sandbox.credentials import MAILGUN_DOMAIN

type PostMail = Callable[..., requests.Response]

NOT_AN_ADDRESS = "{} parameter is not a valid address. please check documentation"
NO_BODY = "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"


def test_an_email_is_queued_and_can_be_read_back(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """The id of the answer is the id of the captured message."""
    answer = post_mail(mail | {"html": "<b>It left today.</b>", "o:tag": ["order", "shipping"]})

    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["message"] == "Queued. Thank you."
    assert answer.json()["id"].endswith(f"@{MAILGUN_DOMAIN}>")
    (message,) = sandbox.messages()
    del message["time"]  # type: ignore[misc]  # checked with the requests
    assert message == {
        "id": answer.json()["id"],
        "provider": "mailgun",
        "from": f"no-reply@{MAILGUN_DOMAIN}",
        "to": ["ada@example.com"],
        "subject": "Your order",
        "text": "It left today.",
        "html": "<b>It left today.</b>",
        "notification_id": "0199-ada",
        "options": {"v:notification_id": ["0199-ada"], "o:tag": ["order", "shipping"]},
        "files": [],
    }


def test_multipart_is_read_like_a_form_and_attachments_by_name(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """Mailgun takes both encodings; a file makes `requests` choose multipart."""
    answer = post_mail(mail, files={"attachment": ("bill.pdf", b"%PDF", "application/pdf")})

    assert answer.status_code == HTTPStatus.OK
    (message,) = sandbox.messages()
    assert message["files"] == ["bill.pdf"]
    assert message["text"] == "It left today."


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("Ada Lovelace <ada@example.com>", ["ada@example.com"]),
        ("ada@example.com, grace@example.com", ["ada@example.com", "grace@example.com"]),
        (["ada@example.com", "ada@example.com"], ["ada@example.com"]),
        ("ada+orders@mail.example.co.uk", ["ada+orders@mail.example.co.uk"]),
        ("jörg@bücher.example", ["jörg@bücher.example"]),
    ],
)
def test_recipients_are_kept_as_bare_addresses(
    sandbox: SandboxClient,
    post_mail: PostMail,
    mail: dict[str, Any],
    to: object,
    expected: list[str],
) -> None:
    """Names, lists, repeated fields and international addresses are all Mailgun's."""
    assert post_mail(mail | {"to": to}).status_code == HTTPStatus.OK
    assert expected == sandbox.messages()[0]["to"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"from": None}, "from parameter is missing"),
        ({"to": None}, "to parameter is missing"),
        ({"to": " "}, "to parameter is missing"),
        ({"text": None}, NO_BODY),
        ({"text": ""}, NO_BODY),
        ({"from": "nobody"}, NOT_AN_ADDRESS.format("from")),
        ({"to": "ada"}, NOT_AN_ADDRESS.format("to")),
        ({"to": "ada@example"}, NOT_AN_ADDRESS.format("to")),
        ({"to": "ada@@example.com"}, NOT_AN_ADDRESS.format("to")),
        ({"to": ".ada@example.com"}, NOT_AN_ADDRESS.format("to")),
        ({"to": "ada@-example.com"}, NOT_AN_ADDRESS.format("to")),
        ({"to": "ada love@example.com"}, NOT_AN_ADDRESS.format("to")),
        ({"to": "ada@example.com, grace"}, NOT_AN_ADDRESS.format("to")),
        ({"to": "a" * 65 + "@example.com"}, NOT_AN_ADDRESS.format("to")),
        ({"cc": "grace"}, NOT_AN_ADDRESS.format("cc")),
        ({"to": [f"{n}@example.com" for n in range(1001)]}, "Too many recipients; max is 1000"),
        (
            {"v:a": "x" * 8_000, "h:X-B": "x" * 8_000, "o:tag": "x" * 400},
            "Send options (parameters starting with o:, h:, v:, or t:) are limited to 16 kB total",
        ),
    ],
)
def test_an_email_that_mailgun_would_not_take_is_refused_in_its_words(
    sandbox: SandboxClient,
    post_mail: PostMail,
    mail: dict[str, Any],
    change: dict[str, object],
    expected: str,
) -> None:
    """A refused call captures no message, and is among the requests with the reason."""
    answer = post_mail(mail | change)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json() == {"message": expected}
    assert sandbox.messages() == []
    (call,) = sandbox.requests()
    assert (call["outcome"], call["status"], call["detail"]) == ("refused", 400, expected)


def test_options_of_exactly_16_kilobytes_are_taken(
    post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """The limit counts names and values of all options together."""
    used = len("v:notification_id" + "0199-ada" + "v:x")
    fits = mail | {"v:x": "x" * (16 * 1024 - used)}

    assert post_mail(fits).status_code == HTTPStatus.OK
    assert post_mail(fits | {"v:x": fits["v:x"] + "x"}).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "credentials",
    [
        {"key": "wrong"},
        {"auth": None},
        {"auth": None, "headers": {"Authorization": "Basic !"}},
        {"auth": None, "headers": {"Authorization": "Bearer sandbox-mailgun-key"}},
    ],
)
def test_wrong_or_missing_credentials_get_mailguns_plain_401(
    sandbox: SandboxClient,
    post_mail: PostMail,
    mail: dict[str, Any],
    credentials: dict[str, object],
) -> None:
    """Its 401 is the one word Forbidden, not JSON."""
    answer = post_mail(mail, **credentials)

    assert (answer.status_code, answer.text) == (HTTPStatus.UNAUTHORIZED, "Forbidden")
    assert sandbox.requests()[0]["notification_id"] == "0199-ada"


def test_an_unknown_domain_is_not_found(post_mail: PostMail, mail: dict[str, Any]) -> None:
    """The domain is the account's, whatever the address of the sender."""
    answer = post_mail(mail, path="/v3/example.com/messages")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json() == {"message": "Domain not found: example.com"}


def test_a_wrong_path_is_not_found_and_recorded(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """A misconfigured base address shows up among the requests."""
    assert post_mail(mail, path="/messages").status_code == HTTPStatus.NOT_FOUND
    assert [call["status"] for call in sandbox.requests()] == [404]


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "multipart/form-data", "application/x-www-form-urlencoded; charset=none"],
)
def test_a_body_that_is_no_form_has_no_fields(post_mail: PostMail, content_type: str) -> None:
    """Mailgun reads forms only."""
    answer = post_mail(b"\xff{}", headers={"Content-Type": content_type})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json() == {"message": "from parameter is missing"}


def test_a_body_over_25_megabytes_is_refused_and_recorded(
    sandbox: SandboxClient, post_mail: PostMail, mail: dict[str, Any]
) -> None:
    """That is Mailgun's limit; the sandbox reads no further."""
    answer = post_mail(mail | {"text": "x" * (25 * 1024 * 1024)})

    assert answer.status_code == HTTPStatus.CONTENT_TOO_LARGE
    assert [call["outcome"] for call in sandbox.requests()] == ["refused"]
