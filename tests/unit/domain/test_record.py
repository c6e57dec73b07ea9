"""The one function that changes states, as a table of every state against every event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notificationd.domain.errors import (
    AlreadySettled,
    LeaseHeld,
    LeaseLost,
    NotificationError,
    TooLate,
)
from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.record import (
    ATTEMPTS_KEPT,
    Attempt,
    Lease,
    Outcome,
    Reason,
    Record,
    Status,
    accepted,
    as_of,
)
from notificationd.domain.transitions import (
    CANCEL_MS,
    Abandoned,
    Cancelled,
    Claimed,
    Deferred,
    Event,
    Expired,
    Failed,
    Missed,
    Redriven,
    Released,
    Sent,
    apply,
)
from tests.fakes import make

NOW = 1_800_000_000_000
MINE = Lease("mine", NOW + 30_000)
ATTEMPT = Attempt(at=NOW, provider="mailgun", outcome=Outcome.ACCEPTED, message_id="1")

PENDING = accepted(make.notification())
CLAIMED = replace(PENDING, lease=MINE)
CLAIMED_BY_OTHER = replace(PENDING, lease=Lease("other", NOW + 30_000))
LEFT_BEHIND = replace(PENDING, lease=Lease("other", NOW))
MISSED = replace(LEFT_BEHIND, missed_at=NOW - 60_000)
SCHEDULED = accepted(make.notification(send_at=NOW + 60_000))
SCHEDULED_IN_APP = accepted(make.notification(channel=Channel.IN_APP, send_at=NOW + 60_000))
IN_THE_INBOX = accepted(make.notification(channel=Channel.IN_APP, send_at=NOW))
UNCERTAIN = replace(PENDING, attempts=(Attempt(at=NOW, provider=None, outcome=Outcome.UNKNOWN),))
SENT = replace(PENDING, status=Status.SENT)
FAILED = replace(PENDING, status=Status.FAILED, reason=Reason.REFUSED)
EXPIRED = replace(PENDING, status=Status.EXPIRED)
CANCELLED = replace(PENDING, status=Status.CANCELLED)
MAY_BE_SENT = replace(
    accepted(make.notification(delivery=Delivery.AT_MOST_ONCE)),
    status=Status.FAILED,
    reason=Reason.OUTCOME_UNKNOWN,
)

CLAIM = Claimed(MINE, NOW)
SEND = Sent("mine", NOW, (ATTEMPT,))
FAIL = Failed("mine", NOW, (ATTEMPT,), Reason.RETRIES_EXHAUSTED)
EXPIRE = Expired("mine", NOW, (ATTEMPT,))
DEFER = Deferred("mine", (ATTEMPT,), NOW + 5_000)
REDRIVE = Redriven(NOW)
MISS = Missed(NOW)
ABANDON = Abandoned(NOW, NOW - 60_000, (ATTEMPT,), Reason.LOST)
ABANDON_EXPIRED = Abandoned(NOW, NOW - 60_000, (), None)
CANCEL = Cancelled(NOW)
RELEASE = Released(NOW)
OUTCOMES = (SEND, FAIL, EXPIRE, DEFER)
LOOKS = (MISS, ABANDON, ABANDON_EXPIRED)


@pytest.mark.parametrize(
    ("record", "event", "expected"),
    [
        (PENDING, CLAIM, Status.PENDING),
        (PENDING, SEND, LeaseLost),
        (PENDING, FAIL, LeaseLost),
        (PENDING, EXPIRE, LeaseLost),
        (PENDING, DEFER, LeaseLost),
        (PENDING, REDRIVE, Status.PENDING),
        (PENDING, MISS, Status.PENDING),
        (PENDING, ABANDON, LeaseLost),
        (PENDING, ABANDON_EXPIRED, LeaseLost),
        (CLAIMED, CLAIM, LeaseHeld),
        (CLAIMED, SEND, Status.SENT),
        (CLAIMED, FAIL, Status.FAILED),
        (CLAIMED, EXPIRE, Status.EXPIRED),
        (CLAIMED, DEFER, Status.PENDING),
        (CLAIMED, REDRIVE, Status.PENDING),
        (CLAIMED, MISS, LeaseHeld),
        (CLAIMED, ABANDON, LeaseLost),
        (CLAIMED, ABANDON_EXPIRED, LeaseLost),
        (CLAIMED_BY_OTHER, CLAIM, LeaseHeld),
        (CLAIMED_BY_OTHER, SEND, LeaseLost),
        (CLAIMED_BY_OTHER, FAIL, LeaseLost),
        (CLAIMED_BY_OTHER, EXPIRE, LeaseLost),
        (CLAIMED_BY_OTHER, DEFER, LeaseLost),
        (CLAIMED_BY_OTHER, REDRIVE, Status.PENDING),
        (CLAIMED_BY_OTHER, MISS, LeaseHeld),
        (CLAIMED_BY_OTHER, ABANDON, LeaseLost),
        (CLAIMED_BY_OTHER, ABANDON_EXPIRED, LeaseLost),
        (LEFT_BEHIND, CLAIM, Status.PENDING),
        (LEFT_BEHIND, SEND, LeaseLost),
        (LEFT_BEHIND, FAIL, LeaseLost),
        (LEFT_BEHIND, EXPIRE, LeaseLost),
        (LEFT_BEHIND, DEFER, LeaseLost),
        (LEFT_BEHIND, REDRIVE, Status.PENDING),
        (LEFT_BEHIND, MISS, Status.PENDING),
        (LEFT_BEHIND, ABANDON, LeaseLost),
        (LEFT_BEHIND, ABANDON_EXPIRED, LeaseLost),
        (MISSED, CLAIM, Status.PENDING),
        *[(MISSED, event, LeaseLost) for event in OUTCOMES],
        (MISSED, REDRIVE, Status.PENDING),
        (MISSED, MISS, Status.PENDING),
        (MISSED, ABANDON, Status.FAILED),
        (MISSED, ABANDON_EXPIRED, Status.EXPIRED),
        (PENDING, CANCEL, Status.CANCELLED),
        (CLAIMED, CANCEL, TooLate),
        (LEFT_BEHIND, CANCEL, TooLate),
        (UNCERTAIN, CANCEL, TooLate),
        (SCHEDULED, CANCEL, Status.CANCELLED),
        (SCHEDULED_IN_APP, CANCEL, Status.CANCELLED),
        (IN_THE_INBOX, CANCEL, TooLate),
        *[(settled, CANCEL, TooLate) for settled in (SENT, FAILED, EXPIRED, CANCELLED)],
        (SCHEDULED, CLAIM, Status.PENDING),
        (SCHEDULED, MISS, Status.SCHEDULED),
        (SCHEDULED, REDRIVE, Status.PENDING),
        *[(SCHEDULED, event, LeaseLost) for event in OUTCOMES],
        (SCHEDULED_IN_APP, RELEASE, Status.SENT),
        *[(CANCELLED, event, AlreadySettled) for event in (*OUTCOMES, *LOOKS, CLAIM, REDRIVE)],
        *[(settled, RELEASE, AlreadySettled) for settled in (SENT, FAILED, EXPIRED, CANCELLED)],
        *[(SENT, event, AlreadySettled) for event in (*OUTCOMES, *LOOKS, CLAIM, REDRIVE)],
        *[(FAILED, event, AlreadySettled) for event in (*OUTCOMES, *LOOKS, CLAIM)],
        (FAILED, REDRIVE, Status.PENDING),
        *[(EXPIRED, event, AlreadySettled) for event in (*OUTCOMES, *LOOKS, CLAIM, REDRIVE)],
        *[(MAY_BE_SENT, event, AlreadySettled) for event in (*OUTCOMES, *LOOKS, CLAIM, REDRIVE)],
    ],
)
def test_every_state_meets_every_event(
    record: Record, event: Event, expected: Status | type[NotificationError]
) -> None:
    if isinstance(expected, Status):
        assert apply(record, event).status is expected
    else:
        with pytest.raises(expected):
            apply(record, event)


def test_a_scheduled_in_app_one_can_be_cancelled_until_it_may_be_in_the_inbox() -> None:
    """Whoever cancels takes up to 10 s for it, and must not be late."""
    record = accepted(make.notification(channel=Channel.IN_APP, send_at=NOW + CANCEL_MS + 1))

    assert apply(record, Cancelled(NOW)).status is Status.CANCELLED
    with pytest.raises(TooLate):
        apply(record, Cancelled(NOW + 1))


@pytest.mark.parametrize(
    ("channel", "send_at", "expected"),
    [
        (Channel.EMAIL, None, Status.PENDING),
        (Channel.SMS, NOW, Status.SCHEDULED),
        (Channel.IN_APP, None, Status.SENT),
        (Channel.IN_APP, NOW, Status.SCHEDULED),
    ],
)
def test_a_first_record_follows_from_its_notification(
    channel: Channel, send_at: int | None, expected: Status
) -> None:
    assert accepted(make.notification(channel=channel, send_at=send_at)).status is expected


def test_the_clock_alone_puts_a_scheduled_in_app_one_into_the_inbox() -> None:
    assert as_of(SCHEDULED_IN_APP, NOW + 59_999) == SCHEDULED_IN_APP
    shown = as_of(SCHEDULED_IN_APP, NOW + 60_000)
    assert (shown.status, shown.updated_at) == (Status.SENT, NOW + 60_000)
    assert as_of(SCHEDULED, NOW + 60_000) == SCHEDULED  # a provider has to take it first


@pytest.mark.parametrize("event", OUTCOMES)
def test_an_outcome_ends_the_lease_and_keeps_its_attempts(event: Event) -> None:
    after = apply(CLAIMED, event)

    assert after.lease is None
    assert after.attempts == (ATTEMPT,)
    assert after.attempt_count == 1


def test_a_change_of_status_has_its_time_and_a_deferral_has_none() -> None:
    assert apply(CLAIMED, SEND).updated_at == NOW
    assert apply(CLAIMED, FAIL).updated_at == NOW
    assert apply(CLAIMED, EXPIRE).updated_at == NOW
    assert apply(CLAIMED, DEFER).updated_at == PENDING.updated_at


def test_a_failure_says_why() -> None:
    assert apply(CLAIMED, FAIL).reason is Reason.RETRIES_EXHAUSTED


def test_the_next_try_is_announced_until_it_begins() -> None:
    waiting = apply(CLAIMED, DEFER)
    assert waiting.next_attempt_at == NOW + 5_000

    assert apply(waiting, CLAIM).next_attempt_at is None


def test_the_newest_attempts_are_kept_and_all_are_counted() -> None:
    record = CLAIMED
    for number in range(ATTEMPTS_KEPT + 3):
        attempt = replace(ATTEMPT, at=NOW + number)
        record = replace(apply(record, Deferred("mine", (attempt,), NOW)), lease=MINE)

    assert record.attempt_count == ATTEMPTS_KEPT + 3
    assert [attempt.at - NOW for attempt in record.attempts] == list(range(3, ATTEMPTS_KEPT + 3))


def test_a_redriven_one_starts_afresh_and_keeps_its_history() -> None:
    failed = apply(CLAIMED, FAIL)

    again = apply(failed, Redriven(NOW + 60_000))

    assert again.reason is None
    assert again.updated_at == NOW + 60_000
    assert (again.attempts, again.attempt_count) == (failed.attempts, failed.attempt_count)


@pytest.mark.parametrize("record", [PENDING, CLAIMED, LEFT_BEHIND])
def test_redriving_a_pending_one_leaves_its_lease(record: Record) -> None:
    """That is how the next worker learns of an interrupted call."""
    again = apply(record, Redriven(NOW + 60_000))

    assert again == replace(record, updated_at=NOW + 60_000)


@pytest.mark.parametrize("event", [CLAIM, REDRIVE])
def test_whoever_takes_up_a_missed_one_takes_the_mark_off(event: Event) -> None:
    """So that who looked for its message in vain does not give it up any more."""
    taken_up = apply(MISSED, event)

    with pytest.raises(LeaseLost):
        apply(taken_up, ABANDON)


def test_an_abandoned_one_says_why_and_is_finished_with() -> None:
    abandoned = apply(MISSED, ABANDON)

    assert (abandoned.reason, abandoned.updated_at) == (Reason.LOST, NOW)
    assert (abandoned.attempts, abandoned.attempt_count) == ((ATTEMPT,), 1)
    assert (abandoned.lease, abandoned.missed_at, abandoned.next_attempt_at) == (None, None, None)


def test_an_unknown_outcome_may_be_redriven_where_it_may_arrive_twice() -> None:
    unknown = replace(FAILED, reason=Reason.OUTCOME_UNKNOWN)

    assert apply(unknown, REDRIVE).status is Status.PENDING
