"""Token buckets: never more than the limit says, whatever the order of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notificationd.domain.limits import Allowance, Bucket, Limit, Party

NOW = 1_800_000_000_000
LIMITS = st.builds(
    Limit, count=st.integers(1, 10**9), seconds=st.sampled_from([1, 60, 3_600, 86_400])
)


@given(
    limit=LIMITS,
    steps=st.lists(
        st.tuples(st.integers(0, 100_000_000), st.integers(1, 10**9)), min_size=1, max_size=30
    ),
)
def test_in_no_period_is_more_taken_than_a_full_bucket_and_what_came_back(
    limit: Limit, steps: list[tuple[int, int]]
) -> None:
    full_at, at, total = 0, NOW, 0
    for pause, wanted in steps:
        at += pause
        taken = min(wanted, limit.left(full_at, at))
        full_at = limit.spent(full_at, taken, at) if taken else full_at
        total += taken

    came_back = (at - NOW) * 1_000 // limit.step
    assert total <= limit.count + came_back


@given(limit=LIMITS, taken=st.integers(1, 10**9))
def test_what_is_left_and_what_was_taken_are_the_whole(limit: Limit, taken: int) -> None:
    taken = min(taken, limit.count)

    assert limit.left(limit.spent(0, taken, NOW), NOW) == limit.count - taken


@given(limit=LIMITS)
def test_after_the_wait_that_is_asked_for_there_is_a_token(limit: Limit) -> None:
    full_at = limit.spent(0, limit.count, NOW)
    allowance = Allowance(
        bucket=Bucket(Party.CALLER, "key", limit), taken=0, full_at=full_at, at=NOW
    )

    assert limit.left(full_at, NOW) == 0
    assert limit.left(full_at, NOW + allowance.next_in * 1_000) >= 1
    assert limit.left(full_at, NOW + allowance.full_in * 1_000) == limit.count
