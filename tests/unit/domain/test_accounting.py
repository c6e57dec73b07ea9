"""The books: sheets, and what they add up to."""

from __future__ import annotations

from dataclasses import replace

from notificationd.domain.accounting import (
    DAY_MS,
    FULL,
    HOUR_MS,
    Cell,
    Move,
    Sheet,
    add_up,
    by_day,
    enter,
)
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status

DAY = 20_780
HOUR = DAY * 24 + 14
AT = HOUR * HOUR_MS + 59_000


def move(
    sequence: int,
    before: Status | None = None,
    after: Status = Status.PENDING,
    *,
    at: int = AT,
    accepted_at: int = AT,
) -> Move:
    return Move(
        sequence=sequence,
        at=at,
        accepted_at=accepted_at,
        channel=Channel.EMAIL,
        before=before,
        after=after,
    )


def entered(sheet: Sheet | None, *moves: Move) -> Sheet:
    after = enter(sheet, "shard", DAY, moves)
    assert after is not None
    return after


def email(status: Status, hour: int = HOUR) -> Cell:
    return Cell(hour, Channel.EMAIL, status)


def test_a_new_notification_is_counted_where_it_stands() -> None:
    sheet = entered(None, move(7), move(8))

    assert sheet == Sheet(
        day=DAY, shard="shard", number=1, last=8, at=AT, counts={email(Status.PENDING): 2}
    )


def test_a_change_moves_it_from_one_status_to_another() -> None:
    sheet = entered(None, move(1), move(2, Status.PENDING, Status.SENT))

    assert sheet.counts == {email(Status.SENT): 1}


def test_it_is_counted_in_the_hour_in_which_it_was_accepted() -> None:
    late = move(1, Status.PENDING, Status.FAILED, accepted_at=AT - 5 * HOUR_MS)

    sheet = entered(None, late)

    assert sheet.counts == {email(Status.PENDING, HOUR - 5): -1, email(Status.FAILED, HOUR - 5): 1}


def test_a_redrive_takes_the_failure_back() -> None:
    sheet = entered(None, move(1), move(2, Status.PENDING, Status.FAILED))

    assert entered(sheet, move(3, Status.FAILED)).counts == {email(Status.PENDING): 1}


def test_what_comes_again_is_no_news() -> None:
    sheet = entered(None, move(1), move(2))

    assert enter(sheet, "shard", DAY, [move(1), move(2)]) is None
    assert entered(sheet, move(2), move(3)) == entered(sheet, move(3))


def test_numbers_are_compared_as_numbers() -> None:
    """As text, 9 is greater than 10."""
    sheet = entered(None, move(9))

    assert entered(sheet, move(10)).last == 10


def test_a_full_sheet_is_followed_by_another_that_goes_on_from_it() -> None:
    hours = [move(place, accepted_at=place * HOUR_MS) for place in range(1, FULL + 1)]
    full = entered(None, *hours)

    following = entered(full, *hours, move(FULL + 1))

    assert (full.number, following.number) == (1, 2)
    assert following.counts == {email(Status.PENDING): 1}
    assert following.last == FULL + 1


def test_changes_are_told_apart_by_the_day_on_which_they_were_written() -> None:
    first, second, third = move(1), move(2, at=AT + DAY_MS), move(3)

    assert by_day([first, second, third]) == {DAY: [first, third], DAY + 1: [second]}


def test_the_hours_that_are_asked_for_are_added_up_over_all_sheets() -> None:
    sheet = entered(
        None,
        move(1),
        move(2, accepted_at=AT - HOUR_MS),
        move(3, accepted_at=AT + HOUR_MS),
    )
    other = replace(sheet, day=DAY + 1, at=AT + DAY_MS, counts={email(Status.PENDING): -1})

    statement = add_up([other, sheet], (HOUR - 1) * HOUR_MS, (HOUR + 1) * HOUR_MS)

    assert statement.rows == {(HOUR - 1, Channel.EMAIL): {Status.PENDING: 1}}
    assert statement.counted_up_to == AT + DAY_MS


def test_totals_are_the_sums_of_the_rows() -> None:
    sheet = entered(
        None,
        move(1),
        move(2, Status.PENDING, Status.SENT),
        move(3, accepted_at=AT - HOUR_MS),
        replace(move(4), channel=Channel.SMS),
    )

    statement = add_up([sheet], (HOUR - 1) * HOUR_MS, (HOUR + 1) * HOUR_MS)

    assert statement.totals() == {
        Channel.EMAIL: {Status.SENT: 1, Status.PENDING: 1},
        Channel.SMS: {Status.PENDING: 1},
        Channel.IN_APP: {},
    }
    assert statement.total() == {Status.SENT: 1, Status.PENDING: 2}


def test_nothing_is_counted_where_there_is_no_sheet() -> None:
    statement = add_up([], 0, HOUR_MS)

    assert (statement.rows, statement.counted_up_to) == ({}, None)
