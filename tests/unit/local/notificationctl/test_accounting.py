"""`notificationctl accounting`: the books as a table, or as the API answers."""

import json

import pytest

from local.errors import LocalError
from local.notificationctl import accounting
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.sheets import DynamoSheets
from notificationd.domain.accounting import DAY_MS, HOUR_MS, Cell, Sheet
from notificationd.domain.ids import now_ms
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status

type Capture = pytest.CaptureFixture[str]


def _keep(target: Target, hour: int) -> None:
    sheet = Sheet(
        day=hour * HOUR_MS // DAY_MS,
        shard="shard",
        number=1,
        last=1,
        at=hour * HOUR_MS + 7_000,
        counts={
            Cell(hour, Channel.EMAIL, Status.SENT): 12,
            Cell(hour, Channel.EMAIL, Status.PENDING): 3,
            Cell(hour, Channel.SMS, Status.CANCELLED): 1,
        },
    )
    DynamoSheets(target.dynamodb(), target.table).put(None, sheet)


def test_the_books_are_a_table_with_sums(target: Target, capsys: Capture) -> None:
    hour = now_ms() // HOUR_MS
    _keep(target, hour)

    accounting.show(target, None, None, as_json=False)

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0][:4] == ["HOUR", "CHANNEL", "ACCEPTED", "SENT"]
    assert lines[0][-2:] == ["IN", "PROGRESS"]
    assert [line[1:] for line in lines[1:3]] == [
        ["email", "15", "12", "0", "0", "0", "3"],
        ["sms", "1", "0", "0", "0", "1", "0"],
    ]
    assert lines[1][0].endswith(":00Z")
    assert lines[-2] == ["all", "all", "16", "12", "0", "0", "1", "3"]
    assert lines[-1][:3] == ["Counted", "up", "to"]


def test_they_are_shown_as_the_api_does(target: Target, capsys: Capture) -> None:
    _keep(target, now_ms() // HOUR_MS)

    accounting.show(target, None, None, as_json=True)

    assert json.loads(capsys.readouterr().out)["total"]["accepted"] == 16


def test_other_hours_are_left_out(target: Target, capsys: Capture) -> None:
    hour = now_ms() // HOUR_MS
    _keep(target, hour)

    accounting.show(target, (hour - 2) * HOUR_MS, hour * HOUR_MS, as_json=False)

    assert capsys.readouterr().out.startswith("Nothing was accepted in these hours.")


def test_a_range_that_makes_no_sense_is_refused(target: Target) -> None:
    with pytest.raises(LocalError, match=r"--from must be before `to`\."):
        accounting.show(target, now_ms(), now_ms() - HOUR_MS, as_json=False)
