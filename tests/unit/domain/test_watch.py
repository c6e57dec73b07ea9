"""What stays open, and when nobody will be given it any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.record import Lease, Reason, Record, Status, accepted, lost_calls
from notificationd.domain.transitions import Abandoned, Missed
from notificationd.domain.watch import (
    SCHEDULER_MS,
    Change,
    Evidence,
    Key,
    Patience,
    judge,
    look_at,
    opened,
)
from tests.fakes import make

NOW = 1_800_000_000_000
HOUR = 3_600_000
PATIENCE = Patience(look=HOUR, queued=4 * HOUR, dead=18 * HOUR)
ONE, TWO = Key("4", "one"), Key("4", "two")


def change(key: Key, before: Status | None, after: Status | None, name: str = "change") -> Change:
    return Change(key=key, at=NOW, name=name, before=before, after=after)


ACCEPTED = change(ONE, None, Status.PENDING, "accepted")
CLAIMED = change(ONE, Status.PENDING, Status.PENDING, "claimed")
SENT = change(ONE, Status.PENDING, Status.SENT, "sent")
FAILED = change(ONE, Status.PENDING, Status.FAILED, "failed")
REOPENED = change(ONE, Status.FAILED, Status.PENDING, "reopened")
REMOVED = change(ONE, Status.PENDING, None, "removed")
PUSHED = change(ONE, None, Status.SENT, "pushed")
OTHER = change(TWO, None, Status.PENDING, "other")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        ([ACCEPTED], [ACCEPTED]),
        ([ACCEPTED, CLAIMED], [ACCEPTED]),
        ([ACCEPTED, CLAIMED, SENT], []),
        ([CLAIMED], []),  # on the list since its opening, in an earlier batch
        ([SENT], []),
        ([PUSHED], []),
        ([ACCEPTED, FAILED, REOPENED], [REOPENED]),
        ([REOPENED], [REOPENED]),
        ([ACCEPTED, REMOVED], []),
        ([ACCEPTED, OTHER, SENT], [OTHER]),
        ([OTHER, ACCEPTED], [OTHER, ACCEPTED]),
    ],
)
def test_what_a_batch_of_changes_leaves_open(changes: list[Change], expected: list[Change]) -> None:
    assert list(opened(changes)) == expected


def test_what_is_scheduled_is_open_from_the_start() -> None:
    scheduled = change(ONE, None, Status.SCHEDULED)
    claimed = change(ONE, Status.SCHEDULED, Status.PENDING)
    cancelled = change(ONE, Status.SCHEDULED, Status.CANCELLED)

    assert opened([scheduled, claimed]) == (scheduled,)
    assert opened([scheduled, cancelled]) == ()
    assert opened([claimed]) == ()


NOTIFICATION = make.notification(channel=Channel.EMAIL, created_at=NOW - HOUR)
PENDING = accepted(NOTIFICATION)
MISSED = replace(PENDING, missed_at=NOW - HOUR)
LEFT = Lease("other", NOW, claims=2)
EMPTY = Evidence(quiet=frozenset({Channel.EMAIL}), letters=frozenset(), has_all_letters=True)
DEAD = replace(EMPTY, letters=frozenset({NOTIFICATION.id}), has_all_letters=False)
BUSY = replace(EMPTY, quiet=frozenset({Channel.SMS}))
MANY_LETTERS = replace(EMPTY, has_all_letters=False)


def aged(record: Record, age: int) -> Record:
    return replace(record, updated_at=NOW - age)


@pytest.mark.parametrize(
    ("record", "evidence"),
    [
        (replace(PENDING, lease=Lease("other", NOW + 1)), EMPTY),
        (PENDING, BUSY),
        (aged(PENDING, 4 * HOUR), BUSY),
        (PENDING, MANY_LETTERS),
        (aged(PENDING, 18 * HOUR), MANY_LETTERS),
        (MISSED, BUSY),
        (replace(MISSED, missed_at=NOW - HOUR + 1), EMPTY),
    ],
)
def test_what_may_still_be_given_to_a_worker_is_left_to_the_next_look(
    record: Record, evidence: Evidence
) -> None:
    assert judge(record, evidence, NOW, PATIENCE) is None


@pytest.mark.parametrize(
    ("record", "evidence"),
    [
        (PENDING, EMPTY),
        (PENDING, DEAD),
        (replace(PENDING, lease=LEFT), EMPTY),
        (replace(PENDING, next_attempt_at=NOW + HOUR), EMPTY),  # it would lie on the queue, hidden
        (aged(PENDING, 4 * HOUR + 1), BUSY),
        (aged(PENDING, 18 * HOUR + 1), MANY_LETTERS),
        (aged(PENDING, 18 * HOUR + 1), replace(MANY_LETTERS, quiet=frozenset())),
    ],
)
def test_what_no_worker_will_be_given_is_missed_first(record: Record, evidence: Evidence) -> None:
    assert judge(record, evidence, NOW, PATIENCE) == Missed(NOW)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (None, NOW + HOUR),
        (-1, NOW + HOUR),
        (1, NOW + 2 * HOUR),  # the full hour after an hour has passed
        (HOUR, NOW + 3 * HOUR),
        (1000 * HOUR - 1, NOW + 1001 * HOUR),
    ],
)
def test_what_is_scheduled_is_left_alone_until_its_time(ahead: int | None, expected: int) -> None:
    """What is due within the same hour is looked at together: one write for all of them."""
    assert NOW % HOUR == 0
    send_at = None if ahead is None else NOW + ahead
    record = accepted(make.notification(send_at=send_at))

    assert look_at(record, NOW, PATIENCE) == expected
    if send_at is not None and send_at > NOW:
        assert judge(record, EMPTY, NOW, PATIENCE) is None


def test_the_message_of_what_was_scheduled_is_as_old_as_its_time() -> None:
    """It may lie on its queue for four days from then on, however early it was asked for."""
    late = make.notification(created_at=NOW - 9_000 * HOUR, send_at=NOW - HOUR)
    claimed = replace(accepted(late), status=Status.PENDING)

    assert judge(claimed, BUSY, NOW, PATIENCE) is None
    assert judge(claimed, EMPTY, NOW, PATIENCE) == Missed(NOW)


def test_the_scheduler_has_a_day_to_hand_over_what_was_scheduled() -> None:
    """An empty queue proves nothing until then, and what is given up is not sent any more."""
    scheduled = accepted(make.notification(send_at=NOW - SCHEDULER_MS))

    assert judge(scheduled, EMPTY, NOW - 1, PATIENCE) is None
    assert judge(scheduled, EMPTY, NOW, PATIENCE) == Missed(NOW)


@pytest.mark.parametrize(
    ("record", "evidence", "expected"),
    [
        (MISSED, EMPTY, Reason.LOST),
        (MISSED, DEAD, Reason.RETRIES_EXHAUSTED),
        (replace(MISSED, lease=LEFT), EMPTY, Reason.OUTCOME_UNKNOWN),
        (replace(MISSED, lease=LEFT), DEAD, Reason.OUTCOME_UNKNOWN),
    ],
)
def test_what_is_missed_for_the_second_time_is_abandoned_with_its_reason(
    record: Record, evidence: Evidence, expected: Reason
) -> None:
    lost = lost_calls(NOW, record.lease.claims if record.lease else 0)

    verdict = judge(record, evidence, NOW, PATIENCE)

    assert verdict == Abandoned(NOW, NOW - HOUR, lost, expected)


@pytest.mark.parametrize(
    ("delivery", "lease", "expected"),
    [
        (Delivery.AT_LEAST_ONCE, None, None),
        (Delivery.AT_LEAST_ONCE, LEFT, None),
        (Delivery.AT_MOST_ONCE, None, None),
        (Delivery.AT_MOST_ONCE, LEFT, Reason.OUTCOME_UNKNOWN),
    ],
)
def test_what_was_to_be_sent_by_now_has_expired_unless_it_may_have_been_sent(
    delivery: Delivery, lease: Lease | None, expected: Reason | None
) -> None:
    """As a worker would have it."""
    due = replace(NOTIFICATION, delivery=delivery, expires_at=NOW)

    verdict = judge(replace(MISSED, notification=due, lease=lease), EMPTY, NOW, PATIENCE)

    assert isinstance(verdict, Abandoned)
    assert verdict.reason is expected
