"""What all books do: those in memory, and the table's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.sheets import DynamoSheets
from notificationd.domain.accounting import FULL, Cell, Sheet
from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status
from tests.fakes import aws
from tests.fakes.storage import MemorySheets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain.ports import Sheets

DAY = 20_780
LONG = 10**39 + 1
"""Of more digits than a number of the table's keeps."""
FIRST = Sheet(
    day=DAY,
    shard="shardId-1",
    number=1,
    last=LONG,
    at=DAY * 86_400_000 + 5_000,
    counts={
        Cell(DAY * 24, Channel.EMAIL, Status.SENT): 3,
        Cell(DAY * 24, Channel.EMAIL, Status.PENDING): -1,
        Cell(DAY * 24 - 7, Channel.IN_APP, Status.CANCELLED): 1,
    },
)


@pytest.fixture(params=["memory", "dynamodb"])
def sheets(request: pytest.FixtureRequest) -> Iterator[Sheets]:
    if request.param == "memory":
        yield MemorySheets()
        return
    with aws.table() as client:
        yield DynamoSheets(client, aws.TABLE)


def test_a_sheet_comes_back_as_it_was_put(sheets: Sheets) -> None:
    sheets.put(None, FIRST)

    assert sheets.newest("shardId-1", DAY) == FIRST
    assert list(sheets.since(DAY)) == [FIRST]


def test_sheets_are_of_one_shard_and_day(sheets: Sheets) -> None:
    sheets.put(None, FIRST)

    assert sheets.newest("shardId-10", DAY) is None
    assert sheets.newest("shardId-", DAY) is None
    assert sheets.newest("shardId-1", DAY + 1) is None


def test_a_sheet_takes_the_place_of_what_it_was_made_from(sheets: Sheets) -> None:
    sheets.put(None, FIRST)
    second = replace(FIRST, last=LONG + 1, counts={})

    sheets.put(FIRST, second)

    assert list(sheets.since(DAY)) == [second]


def test_a_sheet_is_not_stored_over_another_that_was_not_known(sheets: Sheets) -> None:
    sheets.put(None, FIRST)
    sheets.put(FIRST, replace(FIRST, last=LONG + 1))

    for before in (None, FIRST):
        with pytest.raises(Unavailable):
            sheets.put(before, replace(FIRST, last=LONG + 2))

    newest = sheets.newest("shardId-1", DAY)
    assert newest is not None
    assert newest.last == LONG + 1


def test_the_newest_is_the_one_with_the_highest_number(sheets: Sheets) -> None:
    before = None
    for number in range(1, 12):
        sheet = replace(FIRST, number=number, last=LONG + number)
        sheets.put(before, sheet)
        before = sheet

    assert sheets.newest("shardId-1", DAY) == before
    assert len(list(sheets.since(DAY))) == 11


def test_a_next_sheet_is_begun_by_one_alone(sheets: Sheets) -> None:
    sheets.put(None, FIRST)
    second = replace(FIRST, number=2)
    sheets.put(FIRST, second)

    with pytest.raises(Unavailable):
        sheets.put(FIRST, replace(FIRST, number=2, last=LONG + 5))

    assert sheets.newest("shardId-1", DAY) == second


def test_earlier_days_are_left_out(sheets: Sheets) -> None:
    days = [replace(FIRST, day=DAY + place) for place in (-1, 0, 1, 30)]
    for sheet in days:
        sheets.put(None, sheet)

    assert list(sheets.since(DAY)) == days[1:]


def test_the_fullest_sheet_fits_into_an_item() -> None:
    """One cell short of full, and a batch of 500 changes, each of which moves one."""
    cells = (
        Cell(hour, channel, status)
        for hour in range(DAY * 24, DAY * 24 + 200)
        for channel in Channel
        for status in (Status.SCHEDULED, Status.CANCELLED)
    )
    counts = {cell: -1_000_000 for cell, _ in zip(cells, range(FULL - 1 + 2 * 500), strict=False)}
    with aws.table() as client:
        sheets = DynamoSheets(client, aws.TABLE)
        sheets.put(None, replace(FIRST, counts=counts))

        assert [sheet.counts for sheet in sheets.since(DAY)] == [counts]
        (item,) = client.scan(TableName=aws.TABLE)["Items"]
        assert len(str(item)) < 400_000
        assert int(item["expires_at"]["N"]) > (DAY + 400) * 86_400
