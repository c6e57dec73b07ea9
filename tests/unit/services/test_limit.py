"""Who may send: a token per notification, of its caller's bucket and of its recipient's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, override

import pytest

from notificationd.domain.errors import Unavailable
from notificationd.domain.limits import Limit, Party
from notificationd.domain.notification import Channel
from notificationd.services.limit import Limiter
from tests.fakes.delivery import Clock
from tests.fakes.make import notification
from tests.fakes.storage import MemoryBuckets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor

    from notificationd.domain.limits import Allowance, Bucket
    from notificationd.domain.notification import Notification

NOW = 1_800_000_000_000
CALLER = "a-key"


class CountingBuckets(MemoryBuckets):
    """Notes who was asked for how much."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Party, str, int]] = []

    @override
    def take(self, bucket: Bucket, wanted: int, at: int) -> Allowance:
        self.asked.append((bucket.party, bucket.owner, wanted))
        return super().take(bucket, wanted, at)


class BrokenBuckets(MemoryBuckets):
    """Cannot be asked."""

    @override
    def take(self, bucket: Bucket, wanted: int, at: int) -> Allowance:
        message = "the table"
        raise Unavailable(message)


@pytest.fixture
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as made:
        yield made


@pytest.fixture
def buckets() -> CountingBuckets:
    return CountingBuckets()


def limiter(
    pool: Executor,
    buckets: MemoryBuckets,
    per_caller: Limit | None = None,
    per_recipient: Mapping[Channel, Limit] | None = None,
) -> Limiter:
    return Limiter(
        buckets=buckets,
        per_caller=per_caller,
        per_recipient=per_recipient or {},
        pool=pool,
        clock=Clock(NOW),
    )


def sms(user_id: int | str = 4) -> Notification:
    return notification(user_id=user_id, channel=Channel.SMS)


def email(user_id: int | str = 4) -> Notification:
    return notification(user_id=user_id, channel=Channel.EMAIL)


def test_the_first_ones_of_a_request_go_and_the_others_are_refused(
    pool: Executor, buckets: CountingBuckets
) -> None:
    limit = limiter(pool, buckets, per_caller=Limit(2, 60))
    letters = [email(user) for user in (1, 2, 3)]

    clearance = limit(CALLER, letters)

    assert list(clearance.refused) == [letters[2].id]
    assert clearance.refused[letters[2].id].allowance.bucket.party is Party.CALLER
    assert buckets.asked == [(Party.CALLER, CALLER, 3)]  # one call for all of them


def test_a_recipients_limit_is_of_one_channel(pool: Executor, buckets: CountingBuckets) -> None:
    limit = limiter(pool, buckets, per_recipient={Channel.SMS: Limit(1, 3_600)})
    first, second, letter, another = sms(4), sms(4), email(4), sms(5)

    clearance = limit(CALLER, [first, second, letter, another])

    assert list(clearance.refused) == [second.id]
    assert sorted(buckets.asked) == [(Party.SMS, "4", 2), (Party.SMS, "5", 1)]


def test_a_user_is_one_however_the_id_is_written(pool: Executor, buckets: CountingBuckets) -> None:
    limit = limiter(pool, buckets, per_recipient={Channel.SMS: Limit(1, 3_600)})

    assert len(limit(CALLER, [sms(4), sms("4")]).refused) == 1


def test_what_the_caller_may_not_send_takes_nothing_from_the_recipient(
    pool: Executor, buckets: CountingBuckets
) -> None:
    limit = limiter(pool, buckets, Limit(1, 60), {Channel.SMS: Limit(5, 3_600)})

    clearance = limit(CALLER, [sms(4), sms(4)])

    assert len(clearance.refused) == 1
    assert buckets.asked == [(Party.CALLER, CALLER, 2), (Party.SMS, "4", 1)]
    assert [allowance.left for allowance in clearance.allowances] == [0, 4]


def test_nothing_is_asked_for_nothing(pool: Executor, buckets: CountingBuckets) -> None:
    assert limiter(pool, buckets, Limit(1, 60))(CALLER, []).allowances == []
    assert buckets.asked == []


@pytest.mark.parametrize("which", ["caller", "recipient"])
def test_a_limit_that_cannot_be_looked_at_lets_nothing_through(pool: Executor, which: str) -> None:
    per_caller = Limit(1, 60) if which == "caller" else None
    per_recipient = {} if which == "caller" else {Channel.SMS: Limit(1, 60)}
    limit = limiter(pool, BrokenBuckets(), per_caller, per_recipient)

    with pytest.raises(Unavailable):
        limit(CALLER, [sms()])
