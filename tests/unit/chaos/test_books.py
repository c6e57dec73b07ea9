"""The comparison of the books with the table finds what does not agree."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.api.accounting_views import statement_view
from notificationd.domain.accounting import HOUR_MS, Statement
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status, accepted
from tests.chaos.books import compare
from tests.fakes import make

if TYPE_CHECKING:
    from notificationd.domain.record import Record

HOUR = 500_000


def record(status: Status, hour: int = HOUR, channel: Channel = Channel.EMAIL) -> Record:
    return accepted(make.notification(channel=channel, created_at=hour * HOUR_MS + 1), status)


RECORDS = [
    record(Status.SENT),
    record(Status.SENT),
    record(Status.PENDING),
    record(Status.FAILED, HOUR + 1, Channel.SMS),
]
STATEMENT = Statement(
    HOUR * HOUR_MS,
    (HOUR + 2) * HOUR_MS,
    None,
    {
        (HOUR, Channel.EMAIL): {Status.SENT: 2, Status.PENDING: 1},
        (HOUR + 1, Channel.SMS): {Status.FAILED: 1},
    },
)


@pytest.fixture
def answer() -> dict[str, Any]:
    return copy.deepcopy(statement_view(STATEMENT))


def test_books_that_agree_are_said_to(answer: dict[str, Any]) -> None:
    comparison = compare(answer, [*RECORDS, record(Status.SENT, HOUR - 1)])

    assert str(comparison) == "Accounting agrees with a full count of 4 notifications."


def test_a_record_that_is_not_counted_is_found(answer: dict[str, Any]) -> None:
    assert compare(answer, [*RECORDS, record(Status.SENT)]).findings


def test_a_count_without_a_record_is_found(answer: dict[str, Any]) -> None:
    assert compare(answer, RECORDS[1:]).findings


def test_a_record_that_is_counted_elsewhere_is_found(answer: dict[str, Any]) -> None:
    others = (
        record(Status.EXPIRED),
        record(Status.SENT, HOUR + 1),
        record(Status.SENT, channel=Channel.IN_APP),
    )
    for other in others:
        assert compare(answer, [other, *RECORDS[1:]]).findings


def test_a_line_that_does_not_add_up_is_found(answer: dict[str, Any]) -> None:
    for line in (answer["data"][0], answer["totals"]["sms"], answer["total"]):
        line["accepted"] += 1
        assert compare(answer, RECORDS).findings
        line["accepted"] -= 1
    assert not compare(answer, RECORDS).findings
