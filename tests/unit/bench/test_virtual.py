"""Virtual time: what goes side by side, and what one after the other."""

from __future__ import annotations

import pytest

from bench.virtual import Clock, Moment, Pool


def test_two_calls_one_after_the_other_are_two_rounds() -> None:
    clock = Clock()
    clock.call(5)
    clock.call(3)

    assert clock.now == Moment(8, 2)


def test_two_calls_side_by_side_take_as_long_as_the_longer_one() -> None:
    clock = Clock()
    beside = Pool(clock, 2).submit(clock.call, 5)
    clock.call(3)
    beside.result()

    assert clock.now == Moment(5, 1)


def test_who_has_been_quicker_is_not_waited_for() -> None:
    clock = Clock()
    beside = Pool(clock, 2).submit(clock.call, 3)
    clock.call(5)
    beside.result()

    assert clock.now == Moment(5, 1)


def test_a_pool_makes_no_more_calls_at_once_than_it_has_workers() -> None:
    clock = Clock()
    for _ in Pool(clock, 2).map(clock.call, [5.0] * 4):
        pass

    assert clock.now == Moment(10, 2)


def test_what_goes_wrong_is_raised_where_it_is_waited_for() -> None:
    clock = Clock()

    def fail() -> None:
        message = "it broke"
        raise OSError(message)

    future = Pool(clock, 1).submit(fail)
    with pytest.raises(OSError, match="it broke"):
        future.result()
