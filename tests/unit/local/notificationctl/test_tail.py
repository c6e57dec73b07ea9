"""Which lines `notificationctl tail` prints."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.happenings import Happening
from local.notificationctl.tail import Filter
from notificationd.domain.notification import Channel

_TIME = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_SENT = Happening(_TIME, "sent", "id-1", "email", {"user_id": 4})
_ERROR = Happening(_TIME, "Send", details={"log": "Task timed out"}, level="ERROR")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), [_SENT, _ERROR]),
        (Filter(user="4"), [_SENT]),
        (Filter(user="5"), []),
        (Filter(channel=Channel.EMAIL), [_SENT]),
        (Filter(channel=Channel.SMS), []),
        (Filter(channel=Channel.EMAIL, user="5"), []),
    ],
)
def test_a_line_fits_all_that_is_given(wanted: Filter, expected: list[Happening]) -> None:
    assert [each for each in (_SENT, _ERROR) if wanted.fits(each)] == expected
