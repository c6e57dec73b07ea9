"""When a request is made again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notificationd_client import NO_RETRIES, ConnectionFailed, Problem, Retries
from notificationd_client.errors import error_of

RETRIES = Retries(attempts=4, total=60, first_delay=1, longest_delay=3)
FAILED = ConnectionFailed()
RANDOM = st.floats(0, 1, exclude_max=True)


def test_the_delay_doubles_up_to_the_longest() -> None:
    waits = [RETRIES.wait(FAILED, attempt, 60, 0.5) for attempt in (1, 2, 3)]

    assert waits == [0.5, 1.0, 1.5]


def test_there_is_an_end_to_the_tries() -> None:
    assert RETRIES.wait(FAILED, 4, 60, 0) is None
    assert NO_RETRIES.wait(FAILED, 1, 60, 0) is None


def test_there_is_an_end_to_the_time() -> None:
    assert RETRIES.wait(FAILED, 1, 0.4, 0.5) is None


def test_what_the_service_asks_for_is_waited_for_and_the_random_part_is_on_top() -> None:
    error = error_of(Problem(503, retry_after=20))

    assert RETRIES.wait(error, 1, 60, 0) == 20
    assert RETRIES.wait(error, 1, 60, 0.5) == 20.5


def test_who_is_asked_to_wait_for_longer_than_there_is_does_not_wait_at_all() -> None:
    assert RETRIES.wait(error_of(Problem(429, retry_after=3600)), 1, 60, 0) is None


@given(st.sampled_from([301, 400, 401, 403, 404, 409, 413, 418, 422, 501]), RANDOM)
def test_what_would_be_refused_again_is_not_tried_again(status: int, random: float) -> None:
    assert RETRIES.wait(error_of(Problem(status, "too_late")), 1, 60, random) is None


@given(st.integers(1, 10_000), RANDOM, st.floats(0, 1e6), st.none() | st.floats(0, 1e6))
def test_a_wait_is_within_its_bounds(
    attempt: int, random: float, left: float, asked: float | None
) -> None:
    retries = Retries(attempts=20_000)
    wait = retries.wait(error_of(Problem(503, retry_after=asked)), attempt, left, random)

    assert wait is None or (asked or 0) <= wait < left
    assert wait is None or wait <= (asked or 0) + retries.longest_delay
