"""What a notification may contain, and to whom it may be addressed."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificationd.domain.content import content_errors, user_id_errors
from notificationd.domain.notification import Channel

EMAIL, SMS, IN_APP = Channel.EMAIL, Channel.SMS, Channel.IN_APP
KILOBYTE = 1024


def errors(
    channel: Channel,
    content: str = "hello, world!",
    subject: str | None = None,
    data: Mapping[str, Any] | None = None,
    html: str | None = None,
) -> list[tuple[str, str]]:
    return [(e.field, e.code) for e in content_errors(channel, content, subject, data, html)]


def user_errors(user_id: object) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in user_id_errors(user_id)]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(
    "content",
    ["hello, world!", "x", "Grüße, 世界 👋", "a\tb\r\nc", "<b>not</b> & markup", "\u2028"],
)
def test_any_text_may_be_sent(channel: Channel, content: str) -> None:
    expected = [("content", "empty")] if not content.strip() else []

    assert errors(channel, content) == expected


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("content", ["", " ", "\n\t ", "\u00a0", "\u2003"])
def test_a_content_that_shows_nothing_is_empty(channel: Channel, content: str) -> None:
    assert errors(channel, content) == [("content", "empty")]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("content", ["a\x00", "a\x08", "\x1b[31m", "a\x7f", "a\ud800"])
def test_what_no_provider_takes_is_no_text(channel: Channel, content: str) -> None:
    assert errors(channel, content) == [("content", "not_text")]


@pytest.mark.parametrize(
    ("channel", "content", "expected"),
    [
        (SMS, "x" * 1600, []),
        (SMS, "世" * 1600, []),
        (SMS, "x" * 1601, [("content", "too_long")]),
        (EMAIL, "x" * 64 * KILOBYTE, []),
        (EMAIL, "x" * (64 * KILOBYTE + 1), [("content", "too_long")]),
        (EMAIL, "é" * 32 * KILOBYTE, []),
        (EMAIL, "é" * 32 * KILOBYTE + "x", [("content", "too_long")]),
        (IN_APP, "x" * 64 * KILOBYTE, []),
        (IN_APP, "x" * (64 * KILOBYTE + 1), [("content", "too_long")]),
    ],
    ids=lambda value: value[:1] if isinstance(value, str) and len(value) > 100 else None,
)
def test_each_channel_has_its_longest_content(
    channel: Channel, content: str, expected: list[tuple[str, str]]
) -> None:
    """In characters for an SMS; in bytes of UTF-8 where it has to fit a message or a frame."""
    assert errors(channel, content) == expected


@pytest.mark.parametrize(
    ("channel", "subject", "expected"),
    [
        (EMAIL, "Your order", []),
        (EMAIL, "Für dich: 世界 👋", []),
        (EMAIL, "x" * 255, []),
        (EMAIL, "x" * 256, [("subject", "too_long")]),
        (EMAIL, "", [("subject", "empty")]),
        (EMAIL, "  ", [("subject", "empty")]),
        (EMAIL, "Hi\r\nBcc: bob@example.com", [("subject", "not_text")]),
        (EMAIL, "Hi\nthere", [("subject", "not_text")]),
        (EMAIL, "Hi\u2028there", [("subject", "not_text")]),
        (EMAIL, "Hi\tthere", [("subject", "not_text")]),
        (EMAIL, "Hi\x00", [("subject", "not_text")]),
        (EMAIL, "Hi\ud800", [("subject", "not_text")]),
        (IN_APP, "Your order", []),
        (SMS, "Your order", [("subject", "not_for_channel")]),
    ],
)
def test_a_subject_is_one_line_of_text(
    channel: Channel, subject: str, expected: list[tuple[str, str]]
) -> None:
    """A line break in it would start another header of the mail."""
    assert errors(channel, subject=subject) == expected


@pytest.mark.parametrize(
    ("channel", "data", "expected"),
    [
        (IN_APP, {}, []),
        (IN_APP, {"order": 4, "items": [None, True, 1.5, "世"]}, []),
        (IN_APP, {"x": "y" * (16 * KILOBYTE - len('{"x": ""}'))}, []),
        (IN_APP, {"x": "y" * (16 * KILOBYTE - len('{"x": ""}') + 1)}, [("data", "too_long")]),
        (IN_APP, {"x": float("nan")}, [("data", "not_json")]),
        (IN_APP, {"x": float("-inf")}, [("data", "not_json")]),
        (IN_APP, {"x": "\ud800"}, [("data", "not_json")]),
        (IN_APP, {"\ud800": 1}, [("data", "not_json")]),
        (EMAIL, {}, [("data", "not_for_channel")]),
        (SMS, {"order": 4}, [("data", "not_for_channel")]),
    ],
    ids=str,
)
def test_only_an_in_app_notification_carries_data(
    channel: Channel, data: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert errors(channel, data=data) == expected


@pytest.mark.parametrize(
    ("channel", "html", "content", "expected"),
    [
        (EMAIL, "<p>hello</p>", "hello", []),
        (EMAIL, "x" * 64 * KILOBYTE, "x" * 64 * KILOBYTE, []),
        (EMAIL, "x" * (64 * KILOBYTE + 1), "hello", [("html", "too_long")]),
        (EMAIL, "é" * 32 * KILOBYTE + "x", "hello", [("html", "too_long")]),
        (EMAIL, '"' * 64 * KILOBYTE, '"' * 56 * KILOBYTE, [("html", "too_long")]),
        (EMAIL, " \n", "hello", [("html", "empty")]),
        (EMAIL, "<p>\x00", "hello", [("html", "not_text")]),
        (EMAIL, "<p>\ud800", "hello", [("html", "not_text")]),
        (EMAIL, "<p>", "\ud800", [("content", "not_text")]),
        (SMS, "<p>", "hello", [("html", "not_for_channel")]),
        (IN_APP, "<p>", "hello", [("html", "not_for_channel")]),
    ],
    ids=lambda value: value[:5] if isinstance(value, str) and len(value) > 100 else None,
)
def test_only_an_email_has_html_and_it_is_bounded_with_the_text(
    channel: Channel, html: str, content: str, expected: list[tuple[str, str]]
) -> None:
    assert errors(channel, content, html=html) == expected


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = errors(SMS, "", subject="Hi", data={})

    assert found == [
        ("content", "empty"),
        ("subject", "not_for_channel"),
        ("data", "not_for_channel"),
    ]


@pytest.mark.parametrize("user_id", [4, 0, -1, 10**127, "4", "ada@example.com", "世", "x" * 128])
def test_a_user_s_id_is_an_integer_or_a_text(user_id: object) -> None:
    assert user_errors(user_id) == []


@pytest.mark.parametrize(
    ("user_id", "code"),
    [
        (None, "wrong_type"),
        (True, "wrong_type"),
        (-1.5, "wrong_type"),
        ({}, "wrong_type"),
        ([4], "wrong_type"),
        (b"4", "wrong_type"),
        ("", "empty"),
        ("x" * 129, "too_long"),
        ("x" * 10_000, "too_long"),
        (10**128, "too_long"),
        ("a\nb", "not_text"),
        ("a\x00b", "not_text"),
        ("a\x7f", "not_text"),
        ("a\u2028b", "not_text"),
        ("\ud800", "not_text"),
        ("a/b", "not_addressable"),
        (".", "not_addressable"),
        ("..", "not_addressable"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_user_s_id_is_refused(user_id: object, code: str) -> None:
    """Nor what could not stand in the path of the user's own inbox."""
    assert user_errors(user_id) == [("user_id", code)]


@given(st.text(), st.none() | st.text(), st.none() | st.dictionaries(st.text(), st.text()))
def test_what_is_accepted_can_be_written_down(
    content: str, subject: str | None, data: dict[str, str] | None
) -> None:
    """As JSON in UTF-8, into a queue, a table or a frame."""
    if not errors(IN_APP, content, subject, data):
        json.dumps([content, subject, data], ensure_ascii=False).encode()


@given(st.text())
def test_an_accepted_user_s_id_can_be_a_key(user_id: str) -> None:
    if not user_errors(user_id):
        assert 0 < len(user_id.encode()) <= 4 * 128
