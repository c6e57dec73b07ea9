"""The balance of a chaos run finds everything that it is there for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.record import Attempt, Outcome, Reason, Record, Status, accepted
from tests.chaos.balance import LOST, TWICE, UNEXPLAINED, balance
from tests.chaos.callers import Told
from tests.chaos.facts import Facts
from tests.chaos.orders import Order
from tests.fakes import make

TOKEN = "order 1, call 0."
ACCEPTED = Attempt(at=0, provider="mailgun", outcome=Outcome.ACCEPTED)
DOWN = Attempt(at=0, provider="mailgun", outcome=Outcome.RETRYABLE, code="500")
SILENT = Attempt(at=0, provider="mailgun", outcome=Outcome.UNKNOWN)
DEAD_WORKER = replace(SILENT, provider=None)
CALM = 1_000


def record(
    status: Status,
    *attempts: Attempt,
    reason: Reason | None = None,
    channel: Channel = Channel.EMAIL,
    delivery: Delivery = Delivery.AT_LEAST_ONCE,
) -> Record:
    notification = make.notification(content=TOKEN, channel=channel, delivery=delivery)
    made = accepted(notification, status)
    return replace(made, reason=reason, attempts=attempts, attempt_count=len(attempts))


def told(of: Record | None, status: int | None = 201) -> Told:
    channel = of.notification.channel if of else Channel.EMAIL
    order = Order(1, "chaos-1", channel, Delivery.AT_LEAST_ONCE)
    is_accepted = status == 201
    return Told(order, TOKEN, status, (of.notification.id if of else "id") if is_accepted else None)


def faults(  # noqa: PLR0913 - one keyword for each fact
    of: Record | None,
    *,
    received: int = 0,
    calls: int = 0,
    calm_calls: int = 0,
    is_dead: bool = False,
    status: int | None = 201,
) -> list[str]:
    """Return which faults are found, each with its own sentence."""
    ids = [of.notification.id] if of else []
    facts = Facts(
        records={TOKEN: of} if of else {},
        dead=frozenset(ids if is_dead else []),
        received=Counter({TOKEN: received} if received else {}),
        calls=Counter(dict.fromkeys(ids, calls)),
        calm_since=CALM,
        calm_calls=Counter(dict.fromkeys(ids, calm_calls)),
    )
    made = balance([told(of, status)], facts)
    counted = sum(made.rows.values(), Counter[str]())
    found = [finding.partition(":")[0] for finding in made.findings]
    assert Counter(found) == Counter({name: counted[name] for name in set(found)})
    return found


@pytest.mark.parametrize(
    ("of", "received", "is_dead"),
    [
        (record(Status.SENT, ACCEPTED), 1, False),
        (record(Status.SENT, DOWN, ACCEPTED), 1, False),
        (record(Status.SENT, SILENT, ACCEPTED), 2, False),
        (record(Status.SENT, DEAD_WORKER, ACCEPTED), 2, False),
        (record(Status.SENT, channel=Channel.IN_APP), 0, False),
        (record(Status.FAILED, DOWN, reason=Reason.RETRIES_EXHAUSTED), 0, True),
        (record(Status.FAILED, SILENT, reason=Reason.OUTCOME_UNKNOWN), 1, True),
    ],
)
def test_what_is_as_it_should_be_is_no_finding(of: Record, received: int, *, is_dead: bool) -> None:
    assert faults(of, received=received, is_dead=is_dead, calls=len(of.attempts)) == []


@pytest.mark.parametrize("status", [None, 503])
def test_what_got_no_201_may_be_there_or_not(status: int | None) -> None:
    assert faults(None, status=status) == []
    assert faults(record(Status.SENT, ACCEPTED), received=1, status=status) == []


def test_what_was_accepted_and_is_nowhere_is_lost() -> None:
    assert faults(None) == [LOST]


def test_what_is_pending_for_ever_is_lost() -> None:
    assert faults(record(Status.PENDING, DOWN)) == [LOST]


def test_an_in_app_one_that_is_not_in_the_inbox_is_lost() -> None:
    failed = record(Status.FAILED, reason=Reason.REFUSED, channel=Channel.IN_APP)

    assert faults(failed) == [LOST]


def test_twice_without_an_unknown_outcome_is_twice() -> None:
    assert faults(record(Status.SENT, DOWN, ACCEPTED), received=2) == [TWICE]


def test_twice_where_once_was_asked_for_is_twice_whatever_the_timeline_says() -> None:
    once = record(Status.SENT, SILENT, ACCEPTED, delivery=Delivery.AT_MOST_ONCE)

    assert faults(once, received=2) == [TWICE]


@pytest.mark.parametrize(
    ("of", "received"),
    [
        (record(Status.SENT, ACCEPTED), 0),
        (record(Status.FAILED, DOWN, reason=Reason.REFUSED), 1),
        (record(Status.FAILED, DOWN), 0),
        (record(Status.FAILED, DOWN, reason=Reason.LOST), 0),
        (record(Status.FAILED, DOWN, reason=Reason.RETRIES_EXHAUSTED), 0),  # and no dead letter
        (None, 1),
    ],
)
def test_what_does_not_fit_together_is_unexplained(of: Record | None, received: int) -> None:
    assert UNEXPLAINED in faults(of, received=received)


@pytest.mark.parametrize("calls", [1, 3])
def test_a_timeline_without_all_calls_or_with_more_is_unexplained(calls: int) -> None:
    assert faults(record(Status.SENT, DOWN, ACCEPTED), received=1, calls=calls) == [UNEXPLAINED]


def test_a_call_of_a_dead_worker_may_have_been_made_or_not() -> None:
    of = record(Status.SENT, DEAD_WORKER, ACCEPTED)

    assert faults(of, received=1, calls=1) == []
    assert faults(of, received=1, calls=2) == []


def test_a_call_that_nobody_took_down_is_unexplained_once_the_storm_is_over() -> None:
    """As where a dead letter is let go before its record is marked."""
    after = replace(DOWN, at=CALM)
    gave_up = record(Status.FAILED, after, after, DEAD_WORKER, reason=Reason.OUTCOME_UNKNOWN)

    assert faults(gave_up, calls=3, calm_calls=2) == []
    assert faults(gave_up, calls=3, calm_calls=3) == [UNEXPLAINED]


@pytest.mark.parametrize("status", [400, 422, 500])
def test_an_answer_that_no_storm_explains_is_unexplained(status: int) -> None:
    assert faults(None, status=status) == [UNEXPLAINED]


def test_what_nobody_asked_for_is_unexplained() -> None:
    facts = Facts({}, frozenset(), Counter({"somebody else's": 1}), Counter(), CALM, Counter())

    assert [finding.partition(":")[0] for finding in balance([], facts).findings] == [UNEXPLAINED]


def test_the_table_has_a_line_for_each_channel_and_one_for_all() -> None:
    sent = record(Status.SENT, ACCEPTED)
    facts = Facts({TOKEN: sent}, frozenset(), Counter({TOKEN: 1}), Counter(), CALM, Counter())

    lines = balance([told(sent)], facts).table().splitlines()

    assert [line.split()[0] for line in lines] == ["accepted", "in-app", "sms", "email", "all"]
    total = dict(zip(lines[0].split()[:6], lines[-1].split()[1:], strict=False))
    assert (total["accepted"], total["pending"], total["sent"]) == ("1", "0", "1")
