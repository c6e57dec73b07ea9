"""The header that says how long to wait (RFC 9110, section 10.2.3)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notificationd.adapters.http import retry_after

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", 1.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0.5", 0.5),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 13:01:00 +0100", 60.0),
        ("Monday, 23-Nov-26 12:00:05 GMT", 5.0),
        ("Mon Nov 23 12:00:05 2026", None),  # names no time zone, so it is no point in time
        ("Mon, 23 Nov 2026 12:00:00 GMT", None),
        ("Mon, 23 Nov 2026 11:59:59 GMT", None),
        ("0", None),
        ("-1", None),
        ("", None),
        ("soon", None),
        ("1, 2", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("Mon, 99 Nov 2026 12:00:30 GMT", None),
        ("Mon, 23 Nov 99999999999999999999 12:00:30 GMT", None),
        ("Mon, 23 Nov 2026 12:00:30 +99999999999999999999", None),
    ],
)
def test_a_header_asks_for(value: str, expected: float | None) -> None:
    assert retry_after({"Retry-After": value}, NOW) == expected


def test_an_answer_without_the_header_asks_for_nothing() -> None:
    assert retry_after({}, NOW) is None


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\w{3}, \d{1,30} Nov \d{1,30} \d{1,4}:\d\d:\d\d [+-]\d{1,30}"))
def test_whatever_a_provider_writes_is_either_seconds_to_wait_or_nothing(value: str) -> None:
    """And raises nothing: the answer that it came with must be recorded."""
    seconds = retry_after({"Retry-After": value}, NOW)

    assert seconds is None or 0 < seconds < float("inf")
