"""What every store of token buckets does: the one in memory, and the table's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.buckets import DynamoBuckets
from notificationd.domain.limits import Bucket, Limit, Party
from tests.fakes import aws
from tests.fakes.storage import MemoryBuckets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain.ports import Buckets

NOW = 1_800_000_000_000
SECOND = 1_000
HOUR = 3_600 * SECOND
FIVE_AN_HOUR = Limit(count=5, seconds=3_600)
BUCKET = Bucket(Party.SMS, "4", FIVE_AN_HOUR)


@pytest.fixture(params=["memory", "dynamodb"])
def buckets(request: pytest.FixtureRequest) -> Iterator[Buckets]:
    if request.param == "memory":
        yield MemoryBuckets()
        return
    with aws.table() as client:
        yield DynamoBuckets(client, aws.TABLE)


def test_a_new_bucket_is_full(buckets: Buckets) -> None:
    allowance = buckets.take(BUCKET, 1, NOW)

    assert allowance.taken == 1
    assert allowance.left == 4
    assert allowance.full_in == 720


def test_no_more_is_taken_than_there_is(buckets: Buckets) -> None:
    assert [buckets.take(BUCKET, 1, NOW).taken for _ in range(6)] == [1, 1, 1, 1, 1, 0]


def test_the_refused_are_told_when_there_is_a_token_again(buckets: Buckets) -> None:
    buckets.take(BUCKET, 5, NOW)

    refused = buckets.take(BUCKET, 1, NOW + 20 * SECOND)

    assert (refused.taken, refused.left) == (0, 0)
    assert refused.next_in == 700
    assert buckets.take(BUCKET, 1, NOW + 719 * SECOND).taken == 0
    assert buckets.take(BUCKET, 1, NOW + 720 * SECOND).taken == 1


def test_many_get_what_there_is(buckets: Buckets) -> None:
    buckets.take(BUCKET, 2, NOW)

    assert buckets.take(BUCKET, 9, NOW).taken == 3


def test_more_than_a_full_bucket_holds_is_never_taken(buckets: Buckets) -> None:
    assert buckets.take(BUCKET, 100, NOW).taken == 5


def test_tokens_come_back_one_by_one_and_no_more_than_there_were(buckets: Buckets) -> None:
    buckets.take(BUCKET, 5, NOW)

    assert buckets.take(BUCKET, 5, NOW + HOUR // 2).taken == 2
    assert buckets.take(BUCKET, 9, NOW + 9 * HOUR).taken == 5


@pytest.mark.parametrize(
    "other",
    [
        Bucket(Party.SMS, "5", FIVE_AN_HOUR),
        Bucket(Party.EMAIL, "4", FIVE_AN_HOUR),
        Bucket(Party.CALLER, "4", FIVE_AN_HOUR),
    ],
    ids=["another user", "another channel", "a caller of that name"],
)
def test_buckets_do_not_share(buckets: Buckets, other: Bucket) -> None:
    buckets.take(BUCKET, 5, NOW)

    assert buckets.take(other, 5, NOW).taken == 5


def test_a_clock_that_lags_gets_no_more(buckets: Buckets) -> None:
    """The functions' clocks differ by some milliseconds."""
    buckets.take(BUCKET, 4, NOW)

    assert buckets.take(BUCKET, 5, NOW - 10).taken <= 1


def test_a_pace_of_many_a_millisecond_is_kept(buckets: Buckets) -> None:
    fast = Bucket(Party.CALLER, "key", Limit(count=10_000, seconds=1))
    buckets.take(fast, 10_000, NOW)

    assert buckets.take(fast, 10_000, NOW + 3).taken == 30


def test_a_full_bucket_is_deleted_soon_in_the_table() -> None:
    """It says no more than one that is not there."""
    with aws.table() as client:
        for spent, at in ((2, NOW), (1, NOW + 60 * SECOND)):  # a new one, and one that is there
            DynamoBuckets(client, aws.TABLE).take(BUCKET, spent, at)

            (item,) = client.scan(TableName=aws.TABLE)["Items"]
            full = int(item["full_at"]["N"]) // 1_000_000
            assert full <= int(item["expires_at"]["N"]) <= at // SECOND + 3_601
