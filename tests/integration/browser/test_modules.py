"""Functions of the element that stand alone: times in words, texts, addresses, numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CALL = """
async ([path, name, given]) => {
  const module = await import(path);
  return module[name](...given);
}
"""


def call(sources: Page, path: str, name: str, *given: object) -> Any:  # noqa: ANN401 - JSON
    return sources.evaluate(CALL, [f"/{path}", name, given])


def milliseconds(at: datetime) -> float:
    return at.timestamp() * 1000


@pytest.mark.parametrize(
    ("passed", "locale", "expected"),
    [
        (timedelta(seconds=-30), "en", "now"),  # the reader's clock is slow
        (timedelta(seconds=59), "en", "now"),
        (timedelta(seconds=60), "en", "1m ago"),
        (timedelta(minutes=59, seconds=59), "en", "59m ago"),
        (timedelta(hours=1), "en", "1h ago"),
        (timedelta(hours=23, minutes=59), "en", "23h ago"),
        (timedelta(hours=24), "en", "yesterday"),
        (timedelta(days=6), "en", "6d ago"),
        (timedelta(days=7), "en-GB", "18 Nov"),
        (timedelta(days=7), "en-US", "Nov 18"),
        (timedelta(days=400), "en-GB", "21 Oct 2025"),
        (timedelta(minutes=5), "de", "vor 5 m"),
    ],
)
def test_a_time_in_words(sources: Page, passed: timedelta, locale: str, expected: str) -> None:
    at, now = milliseconds(NOW - passed), milliseconds(NOW)

    assert call(sources, "element/clock.js", "relativeTime", at, now, locale) == expected


def test_yesterday_begins_at_midnight_where_the_reader_is(sources: Page) -> None:
    """Thirty hours ago may be two days ago; what was in the last day is told in hours."""
    morning = datetime(2026, 11, 25, 8, tzinfo=UTC)
    evening = datetime(2026, 11, 23, 23, tzinfo=UTC)
    at, now = milliseconds(evening), milliseconds(morning)

    assert call(sources, "element/clock.js", "relativeTime", at, now, "en") == "2d ago"


def test_a_time_that_is_none_is_left_out(sources: Page) -> None:
    text = sources.evaluate(
        "async () => (await import('/element/clock.js')).relativeTime(NaN, Date.now(), 'en')"
    )

    assert text == ""


@pytest.mark.parametrize(
    ("subject", "content", "label"),
    [
        ("Subject", "content", "Subject"),
        (None, "content", "content"),
        ("\u200b", "content", "content"),
        (None, " \u200b\ufeff ", "Untitled"),
        (None, "two\n  lines", "two lines"),
        (None, "x" * 121, "x" * 120 + "…"),
        (None, "x" * 119 + "\U0001f600" + "x", "x" * 119 + "…"),
        (None, "\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"),
    ],
)
def test_what_a_notification_is_called(
    sources: Page, subject: str | None, content: str, label: str
) -> None:
    notification = {"content": content} | ({} if subject is None else {"subject": subject})

    assert call(sources, "element/text.js", "labelOf", notification, "Untitled") == label


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a?b#c", "https://example.com/a?b#c"),
        ("http://example.com", "http://example.com/"),
        ("/orders/5", "http://inbox.test/orders/5"),
        ("//example.com", "http://example.com/"),
        ("javascript:alert(1)", None),
        (" javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("blob:http://inbox.test/x", None),
        ("http://[", None),
        (["https://example.com"], None),
    ],
)
def test_where_a_notification_leads(sources: Page, url: object, expected: str | None) -> None:
    assert call(sources, "element/text.js", "linkOf", {"data": {"url": url}}) == expected


@pytest.mark.parametrize(
    ("number", "capped", "locale", "expected"),
    [
        (0, False, "en", "0"),
        (1_000, False, "en", "1000"),
        (1_000, True, "en", "1000+"),
        (12, False, "ar-EG", "١٢"),
    ],
)
def test_a_count_is_written_as_it_is_where_the_reader_lives(
    sources: Page, number: int, locale: str, expected: str, *, capped: bool
) -> None:
    assert call(sources, "element/strings.js", "countText", number, capped, locale) == expected


@pytest.mark.parametrize(
    ("failures", "random", "seconds"),
    [
        (0, 0.5, 0.5),
        (1, 0.5, 0.5),
        (2, 0.5, 1),
        (5, 0.5, 8),
        (6, 0.5, 15),
        (99, 0.5, 15),
        (9, 0, 0),
    ],
)
def test_the_wait_before_the_next_connection_doubles_up_to_30_seconds(
    sources: Page, failures: int, random: float, seconds: float
) -> None:
    timing = {"firstDelay": 1_000, "longestDelay": 30_000}

    assert call(
        sources, "client/timing.js", "reconnectDelay", failures, timing, random
    ) == pytest.approx(seconds * 1_000)
