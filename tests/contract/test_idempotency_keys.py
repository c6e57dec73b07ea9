"""What every store of idempotency keys does: the one in memory, and the table's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.idempotency import DynamoIdempotencyKeys
from notificationd.domain.errors import InFlight, KeyReused
from notificationd.domain.idempotency import KEPT_SECONDS, Answer, KeyedRequest, Origin
from tests.fakes import aws
from tests.fakes.storage import MemoryIdempotencyKeys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain.ports import IdempotencyKeys

NOW = 1_800_000_000_000
UNTIL = NOW + 10_000
REQUEST = KeyedRequest(caller="backend", key="key-1", fingerprint="abc")
FIRST = Origin(NOW, "first")
SECOND = Origin(NOW + 1_000, "second")
ANSWER = Answer(201, {"message": "Grüße, 世界", "id": "x", "data": [1, None, {"a": True}]})


@pytest.fixture(params=["memory", "dynamodb"])
def keys(request: pytest.FixtureRequest) -> Iterator[IdempotencyKeys]:
    if request.param == "memory":
        yield MemoryIdempotencyKeys()
        return
    with aws.table() as client:
        yield DynamoIdempotencyKeys(client, aws.TABLE)


def test_a_new_request_is_taken_on_with_its_own_origin(keys: IdempotencyKeys) -> None:
    assert keys.reserve(REQUEST, FIRST, UNTIL) == FIRST


def test_the_same_request_has_to_wait_while_the_first_may_be_under_way(
    keys: IdempotencyKeys,
) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)

    with pytest.raises(InFlight) as caught:
        keys.reserve(REQUEST, SECOND, SECOND.at + 10_000)

    assert caught.value.retry_after == 9


def test_the_answer_is_replayed(keys: IdempotencyKeys) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)
    keys.complete(REQUEST, FIRST, ANSWER)

    assert keys.reserve(REQUEST, SECOND, SECOND.at + 10_000) == ANSWER
    assert keys.reserve(REQUEST, SECOND, SECOND.at + 10_000) == ANSWER


def test_a_long_answer_is_replayed_whole(keys: IdempotencyKeys) -> None:
    """As that of a batch in which every entry is wrong."""
    problem = {"status": 422, "detail": "must not be empty", "errors": [{"field": "content"}] * 5}
    answer = Answer(200, {"data": [problem] * 100})
    keys.reserve(REQUEST, FIRST, UNTIL)
    keys.complete(REQUEST, FIRST, answer)

    assert keys.reserve(REQUEST, SECOND, SECOND.at + 10_000) == answer


@pytest.mark.parametrize("is_answered", [False, True])
def test_another_request_with_the_same_key_is_a_mistake(
    keys: IdempotencyKeys, *, is_answered: bool
) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)
    if is_answered:
        keys.complete(REQUEST, FIRST, ANSWER)

    with pytest.raises(KeyReused):
        keys.reserve(replace(REQUEST, fingerprint="xyz"), SECOND, SECOND.at + 10_000)


def test_who_died_with_a_request_leaves_its_origin_to_the_next(keys: IdempotencyKeys) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)
    late = Origin(UNTIL, "late")

    assert keys.reserve(REQUEST, late, UNTIL + 10_000) == FIRST
    with pytest.raises(InFlight):
        keys.reserve(REQUEST, Origin(UNTIL + 1, "later"), UNTIL + 10_001)
    keys.complete(REQUEST, FIRST, ANSWER)
    assert keys.reserve(REQUEST, Origin(UNTIL + 1, "later"), UNTIL + 10_001) == ANSWER


def test_a_request_that_is_given_back_is_taken_on_at_once(keys: IdempotencyKeys) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)
    keys.release(REQUEST, FIRST)

    assert keys.reserve(REQUEST, SECOND, SECOND.at + 10_000) == FIRST


def test_a_key_whose_request_was_a_mistake_is_free_again(keys: IdempotencyKeys) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)
    keys.forget(REQUEST, FIRST)

    other = replace(REQUEST, fingerprint="xyz")
    assert keys.reserve(other, SECOND, SECOND.at + 10_000) == SECOND


@pytest.mark.parametrize("late", ["release", "forget", "complete"])
def test_who_comes_late_changes_no_answer(keys: IdempotencyKeys, late: str) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)
    keys.complete(REQUEST, FIRST, ANSWER)

    if late == "complete":
        keys.complete(REQUEST, FIRST, Answer(201, {}))
    else:
        getattr(keys, late)(REQUEST, FIRST)

    assert keys.reserve(REQUEST, SECOND, SECOND.at + 10_000) == ANSWER


@pytest.mark.parametrize("late", ["release", "forget", "complete"])
def test_who_comes_late_does_nothing_to_another_request_with_the_key(
    keys: IdempotencyKeys, late: str
) -> None:
    day_later = Origin(NOW + KEPT_SECONDS * 1000, "day later")
    keys.reserve(REQUEST, FIRST, UNTIL)
    keys.reserve(REQUEST, day_later, day_later.at + 10_000)

    if late == "complete":
        keys.complete(REQUEST, FIRST, ANSWER)
    else:
        getattr(keys, late)(REQUEST, FIRST)

    with pytest.raises(InFlight):
        keys.reserve(REQUEST, Origin(day_later.at + 1, "x"), day_later.at + 10_001)


def test_a_key_is_the_caller_s_own(keys: IdempotencyKeys) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)

    other = replace(REQUEST, caller="another", fingerprint="xyz")
    assert keys.reserve(other, SECOND, SECOND.at + 10_000) == SECOND


def test_a_key_is_forgotten_after_a_day(keys: IdempotencyKeys) -> None:
    keys.reserve(REQUEST, FIRST, UNTIL)
    keys.complete(REQUEST, FIRST, ANSWER)
    before = Origin(NOW + KEPT_SECONDS * 1000 - 1_000, "before")
    after = Origin(NOW + KEPT_SECONDS * 1000, "after")

    assert keys.reserve(REQUEST, before, before.at + 10_000) == ANSWER
    assert keys.reserve(REQUEST, after, after.at + 10_000) == after


def test_a_call_whose_answer_was_lost_can_be_made_again() -> None:
    """As the SDK does by itself."""
    with aws.table() as client:
        keys = DynamoIdempotencyKeys(client, aws.TABLE)
        keys.reserve(REQUEST, FIRST, UNTIL)

        assert keys.reserve(REQUEST, FIRST, UNTIL) == FIRST
