"""How long to wait before the next try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificationd.domain.backoff import CAP_SECONDS, LONGEST_SECONDS, retry_delay

RANDOM = st.floats(0, 1, exclude_max=True)
BASES = st.floats(1, 900)
TRIES = st.integers(1, 5)


@pytest.mark.parametrize(
    ("tries", "random", "expected"),
    [
        (1, 0.0, 10),
        (2, 0.0, 20),
        (3, 0.0, 40),
        (4, 0.0, 80),
        (1, 0.5, 8),  # 7.5, and whole seconds are all that SQS knows
        (1, 0.999, 6),
        (4, 0.999, 41),
        (7, 0.0, 640),
        (8, 0.0, 900),
        (100, 0.0, 900),
        (10**9, 0.0, 900),
    ],
)
def test_the_delay_doubles_up_to_fifteen_minutes_and_half_of_it_is_random(
    tries: int, random: float, expected: int
) -> None:
    assert retry_delay(tries, base=10, retry_after=None, random=random) == expected


@given(TRIES, BASES, RANDOM)
def test_a_delay_is_never_shorter_than_half_of_what_was_drawn_for(
    tries: int, base: float, random: float
) -> None:
    ceiling = min(CAP_SECONDS, base * 2 ** (tries - 1))

    assert ceiling / 2 <= retry_delay(tries, base=base, retry_after=None, random=random)
    assert retry_delay(tries, base=base, retry_after=None, random=random) <= ceiling + 1


@given(st.integers(1, 6), RANDOM, RANDOM)
def test_gaps_grow_until_the_cap_is_reached(tries: int, first: float, second: float) -> None:
    """Whatever is drawn: the callers of a provider in trouble draw back together."""
    gap = retry_delay(tries, base=10, retry_after=None, random=first)
    next_gap = retry_delay(tries + 1, base=10, retry_after=None, random=second)

    assert gap <= next_gap


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        (None, 10),
        (3.0, 10),  # less than would be waited anyway
        (60.0, 60),
        (60.2, 61),
        (3600.0, 3600),  # more than our own cap: it is the provider's limit, not ours
        (10.0**9, LONGEST_SECONDS),
        (float("inf"), 10),
        (float("nan"), 10),
        (0.0, 10),
        (-5.0, 10),
    ],
)
def test_a_provider_that_asks_for_more_time_is_given_it(
    retry_after: float | None, expected: int
) -> None:
    assert retry_delay(1, base=10, retry_after=retry_after, random=0.0) == expected


@given(st.integers(1, 10**6), BASES, st.none() | st.floats(), RANDOM)
def test_a_delay_is_always_one_that_sqs_takes(
    tries: int, base: float, retry_after: float | None, random: float
) -> None:
    """A whole number of seconds, from one to less than twelve hours."""
    delay = retry_delay(tries, base=base, retry_after=retry_after, random=random)

    assert type(delay) is int
    assert 1 <= delay <= LONGEST_SECONDS < 12 * 60 * 60
