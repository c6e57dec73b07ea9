"""What every store of notifications does: the one in memory, and the table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.domain.errors import AlreadySettled, LeaseHeld, LeaseLost
from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.page import PageRequest
from notificationd.domain.record import Attempt, Lease, Outcome, Reason, Record, Status, accepted
from notificationd.domain.transitions import (
    Abandoned,
    Cancelled,
    Deferred,
    Failed,
    Missed,
    Redriven,
    Released,
    Sent,
    apply,
)
from tests.fakes import aws, make
from tests.fakes.storage import MemoryNotifications

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain.notification import Notification
    from notificationd.domain.ports import Notifications

NOW = 1_800_000_100_000
LEASE = Lease("lease-1", NOW + 30_000)
LATER = LEASE.until + 1
ATTEMPT = Attempt(at=NOW, provider="mailgun", outcome=Outcome.RETRYABLE, code="500", text="down")


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[Notifications]:
    if request.param == "memory":
        yield MemoryNotifications()
        return
    with aws.table() as client:
        yield DynamoNotifications(client, aws.TABLE)


def test_a_record_comes_back_as_it_was_stored(store: Notifications) -> None:
    notification = make.notification(
        user_id="Zoë 4",
        channel=Channel.IN_APP,
        content="😀 مرحبا",
        subject="Hi",
        data={"n": 1.5, "deep": [None, True]},
        delivery=Delivery.AT_MOST_ONCE,
        expires_at=NOW + 60_000,
    )
    store.create(accepted(notification, Status.SENT))

    assert store.get("Zoë 4", notification.id) == accepted(notification, Status.SENT)


@pytest.mark.parametrize("user_id", [4, "4", 10**40, "004"])
def test_a_user_id_comes_back_as_it_was_given(store: Notifications, user_id: int | str) -> None:
    notification = make.notification(user_id=user_id)
    store.create(accepted(notification))

    record = store.get(str(user_id), notification.id)

    assert record is not None
    assert record.notification.user_id == user_id
    assert type(record.notification.user_id) is type(user_id)


@pytest.mark.parametrize("first", ["create", "claim", "reopen"])
def test_a_record_has_an_email_s_text_and_not_its_html(store: Notifications, first: str) -> None:
    """However it comes to be; each kilobyte of it would be billed at each write."""
    notification = make.notification(html="<p>hello</p>")
    match first:
        case "create":
            store.create(accepted(notification))
        case "claim":
            store.claim(notification, LEASE, NOW)
        case "reopen":
            store.reopen(notification, NOW)

    record = store.get("4", notification.id)

    assert record is not None
    assert record.notification == replace(notification, html=None)


def test_nothing_is_found_where_nothing_was_stored(store: Notifications) -> None:
    notification = make.notification()
    store.create(accepted(notification))

    assert store.get("5", notification.id) is None
    assert store.get("4", make.notification().id) is None


def test_a_record_is_not_overwritten_by_its_first_form(store: Notifications) -> None:
    """The dispatcher may be quicker than the function that accepted the notification."""
    notification = make.notification()
    claimed = store.claim(notification, LEASE, NOW)
    store.save(apply(claimed, Sent(LEASE.id, NOW, (ATTEMPT,))), LEASE.id)

    store.create(accepted(notification))

    assert _stored(store, notification.id).status is Status.SENT


def test_a_claim_makes_the_record_that_is_missing(store: Notifications) -> None:
    notification = make.notification()

    claimed = store.claim(notification, LEASE, NOW)

    assert claimed.lease == LEASE
    assert claimed.notification == notification
    assert _stored(store, notification.id) == claimed


def test_a_claim_keeps_what_is_there(store: Notifications) -> None:
    notification = make.notification()
    store.create(accepted(notification))
    first = store.claim(notification, LEASE, NOW)
    store.save(apply(first, Deferred(LEASE.id, (ATTEMPT,), NOW + 5_000)), LEASE.id)

    second = store.claim(notification, Lease("lease-2", LATER), NOW + 5_000)

    assert second.attempts == (ATTEMPT,)
    assert second.attempt_count == 1
    assert second.next_attempt_at is None
    assert second.lease == Lease("lease-2", LATER, claims=1)


def test_a_held_lease_keeps_others_out(store: Notifications) -> None:
    notification = make.notification()
    store.claim(notification, LEASE, NOW)

    with pytest.raises(LeaseHeld) as held:
        store.claim(notification, Lease("lease-2", LATER), LEASE.until - 1)

    assert held.value.until == LEASE.until


def test_a_lease_that_has_run_out_can_be_taken_over_and_is_counted(store: Notifications) -> None:
    notification = make.notification()
    store.claim(notification, LEASE, NOW)
    store.claim(notification, Lease("lease-2", LATER), LEASE.until)

    claimed = store.claim(notification, Lease("lease-3", LATER + 9), LATER)

    assert claimed.lease == Lease("lease-3", LATER + 9, claims=3)
    assert _stored(store, notification.id) == claimed


def test_an_outcome_ends_an_interruption(store: Notifications) -> None:
    notification = make.notification()
    store.claim(notification, LEASE, NOW)
    second = store.claim(notification, Lease("lease-2", LATER), LEASE.until)
    store.save(apply(second, Deferred("lease-2", (ATTEMPT,), LATER)), "lease-2")

    third = store.claim(notification, Lease("lease-3", LATER + 9), LATER)

    assert third.lease == Lease("lease-3", LATER + 9, claims=1)


@pytest.mark.parametrize(
    "event",
    [
        Sent(LEASE.id, NOW, (ATTEMPT,)),
        Failed(LEASE.id, NOW, (ATTEMPT,), Reason.REFUSED),
    ],
)
def test_a_settled_record_cannot_be_claimed(store: Notifications, event: Sent | Failed) -> None:
    notification = make.notification()
    claimed = store.claim(notification, LEASE, NOW)
    settled = apply(claimed, event)
    store.save(settled, LEASE.id)

    with pytest.raises(AlreadySettled):
        store.claim(notification, Lease("lease-2", LATER + 1), LATER)
    assert _stored(store, notification.id) == settled


def test_only_the_holder_of_the_lease_can_save(store: Notifications) -> None:
    notification = make.notification()
    mine = store.claim(notification, LEASE, NOW)
    theirs = store.claim(notification, Lease("lease-2", LATER + 1), LEASE.until)

    with pytest.raises(LeaseLost):
        store.save(apply(mine, Sent(LEASE.id, NOW, (ATTEMPT,))), LEASE.id)

    assert _stored(store, notification.id) == theirs


def test_saving_the_same_again_is_no_error(store: Notifications) -> None:
    """The first answer may have been lost on the way."""
    notification = make.notification()
    claimed = store.claim(notification, LEASE, NOW)
    sent = apply(claimed, Sent(LEASE.id, NOW, (ATTEMPT,)))
    store.save(sent, LEASE.id)

    store.save(sent, LEASE.id)

    assert _stored(store, notification.id) == sent


@pytest.mark.parametrize("delivery", list(Delivery))
def test_a_failed_record_is_reopened_with_its_history(
    store: Notifications, delivery: Delivery
) -> None:
    notification = make.notification(delivery=delivery)
    failed = _failed(store, notification, Reason.RETRIES_EXHAUSTED)

    store.reopen(notification, LATER)

    assert _stored(store, notification.id) == apply(failed, Redriven(LATER))
    claimed = store.claim(notification, Lease("lease-2", LATER + 9), LATER)
    assert claimed.attempts == (ATTEMPT,)
    assert claimed.lease == Lease("lease-2", LATER + 9, claims=1)


def test_reopening_makes_the_record_that_is_missing(store: Notifications) -> None:
    notification = make.notification()

    store.reopen(notification, LATER)

    record = _stored(store, notification.id)
    assert record == replace(accepted(notification), updated_at=LATER)
    assert store.claim(notification, LEASE, NOW).notification == notification


def test_reopening_a_pending_record_begins_anew_and_keeps_its_lease(store: Notifications) -> None:
    """Its lease still tells the next worker that a call was interrupted."""
    notification = make.notification()
    claimed = store.claim(notification, LEASE, NOW)
    store.miss(claimed, LATER)

    store.reopen(notification, LATER)

    assert _stored(store, notification.id) == apply(claimed, Redriven(LATER))


def test_a_sent_record_is_not_reopened(store: Notifications) -> None:
    notification = make.notification()
    claimed = store.claim(notification, LEASE, NOW)
    sent = apply(claimed, Sent(LEASE.id, NOW, (ATTEMPT,)))
    store.save(sent, LEASE.id)

    with pytest.raises(AlreadySettled) as settled:
        store.reopen(notification, LATER)

    assert settled.value.args == (Status.SENT,)
    assert _stored(store, notification.id) == sent


def test_what_may_have_been_sent_is_reopened_only_where_it_may_arrive_twice(
    store: Notifications,
) -> None:
    twice = make.notification()
    once = make.notification(delivery=Delivery.AT_MOST_ONCE)
    for notification in (twice, once):
        _failed(store, notification, Reason.OUTCOME_UNKNOWN)

    store.reopen(twice, LATER)
    with pytest.raises(AlreadySettled) as settled:
        store.reopen(once, LATER)

    assert settled.value.args == (Status.FAILED,)
    assert _stored(store, twice.id).status is Status.PENDING
    assert _stored(store, once.id).status is Status.FAILED


def test_a_page_shows_the_newest_first_and_leads_to_the_next(store: Notifications) -> None:
    records = [accepted(make.notification()) for _ in range(5)]
    for record in records:
        store.create(record)
    newest = list(reversed(records))

    first = store.page("4", PageRequest(limit=2))
    second = store.page("4", PageRequest(limit=2, after=first.last_seen))
    third = store.page("4", PageRequest(limit=2, after=second.last_seen))

    assert [*first.records, *second.records, *third.records] == newest
    assert first.last_seen == newest[1].notification.id
    assert third.last_seen is None


def test_a_page_that_ends_with_the_last_record_has_no_next(store: Notifications) -> None:
    for _ in range(2):
        store.create(accepted(make.notification()))

    assert store.page("4", PageRequest(limit=2)).last_seen is None


def test_a_record_that_arrives_between_two_pages_shifts_nothing(store: Notifications) -> None:
    records = [accepted(make.notification()) for _ in range(4)]
    for record in records:
        store.create(record)
    first = store.page("4", PageRequest(limit=2))
    store.create(accepted(make.notification()))

    second = store.page("4", PageRequest(limit=2, after=first.last_seen))

    assert list(second.records) == [records[1], records[0]]


def test_filters_choose_by_channel_and_status(store: Notifications) -> None:
    in_app = accepted(make.notification(channel=Channel.IN_APP), Status.SENT)
    email = accepted(make.notification())
    for record in (in_app, email):
        store.create(record)

    by_channel = store.page("4", PageRequest(limit=9, channel=Channel.IN_APP))
    by_status = store.page("4", PageRequest(limit=9, status=Status.PENDING))
    by_both = store.page("4", PageRequest(limit=9, channel=Channel.EMAIL, status=Status.SENT))

    assert by_channel.records == (in_app,)
    assert by_status.records == (email,)
    assert by_both.records == ()
    assert by_both.user_is_known


def test_filtered_pages_leave_nothing_out(store: Notifications) -> None:
    wanted = []
    for number in range(12):
        channel = Channel.IN_APP if number % 3 == 0 else Channel.EMAIL
        record = accepted(make.notification(channel=channel))
        store.create(record)
        if channel is Channel.IN_APP:
            wanted.append(record)

    seen: list[Record] = []
    after = None
    while True:
        page = store.page("4", PageRequest(limit=1, after=after, channel=Channel.IN_APP))
        seen += page.records
        if page.last_seen is None:
            break
        after = page.last_seen

    assert seen == list(reversed(wanted))


def test_a_user_sees_no_other_users_records(store: Notifications) -> None:
    store.create(accepted(make.notification(user_id=4)))

    page = store.page("44", PageRequest(limit=9))

    assert page.records == ()
    assert not page.user_is_known


def _stored(store: Notifications, notification_id: str) -> Record:
    record = store.get("4", notification_id)
    assert record is not None
    return record


def _failed(store: Notifications, notification: Notification, reason: Reason) -> Record:
    claimed = store.claim(notification, LEASE, NOW)
    failed = apply(claimed, Failed(LEASE.id, NOW, (ATTEMPT,), reason))
    store.save(failed, LEASE.id)
    return failed


def test_a_record_whose_message_is_missed_says_since_when(store: Notifications) -> None:
    record = accepted(make.notification())
    store.create(record)

    store.miss(record, NOW)

    assert _stored(store, record.notification.id) == apply(record, Missed(NOW))


def test_a_record_that_is_in_hand_or_settled_is_not_missed(store: Notifications) -> None:
    held = store.claim(make.notification(), LEASE, NOW)
    sent = accepted(make.notification(), Status.SENT)
    store.create(sent)

    store.miss(held, NOW)
    store.miss(sent, NOW)

    assert _stored(store, held.notification.id) == held
    assert _stored(store, sent.notification.id) == sent


def test_a_claim_takes_the_mark_off(store: Notifications) -> None:
    record = accepted(make.notification())
    store.create(record)
    store.miss(record, NOW)

    claimed = store.claim(record.notification, LEASE, NOW)

    assert claimed.missed_at is None
    assert _stored(store, record.notification.id) == claimed


def test_an_abandoned_record_is_stored(store: Notifications) -> None:
    missed = _left_behind_and_missed(store)
    after = apply(missed, Abandoned(LATER + 1, LATER, (ATTEMPT,), Reason.LOST))

    store.abandon(after, LATER)
    store.abandon(after, LATER)  # as after a lost answer

    assert _stored(store, missed.notification.id) == after
    with pytest.raises(AlreadySettled):
        store.claim(missed.notification, Lease("lease-2", LATER * 2), LATER + 2)


@pytest.mark.parametrize("take_up", ["claim", "reopen", "miss"])
def test_a_record_that_was_taken_up_is_not_abandoned(store: Notifications, take_up: str) -> None:
    missed = _left_behind_and_missed(store)
    if take_up == "claim":
        store.claim(missed.notification, Lease("lease-2", LATER * 2), LATER)
    elif take_up == "reopen":
        store.reopen(missed.notification, LATER)
    else:
        store.miss(missed, LATER + 1)
    taken_up = _stored(store, missed.notification.id)

    with pytest.raises(LeaseLost):
        store.abandon(apply(missed, Abandoned(LATER, LATER, (), Reason.LOST)), LATER)

    assert _stored(store, missed.notification.id) == taken_up


def _left_behind_and_missed(store: Notifications) -> Record:
    claimed = store.claim(make.notification(), LEASE, NOW)
    store.miss(claimed, LATER)
    return _stored(store, claimed.notification.id)


def test_many_records_are_stored_at_once(store: Notifications) -> None:
    """More than one call of the table takes, and with all that a record can have."""
    records = [
        accepted(make.notification(user_id=f"user {number}", content=f"😀 '{number}'"))
        for number in range(60)
    ]
    records.append(
        accepted(make.notification(channel=Channel.IN_APP, data={"a": [1, None]}, subject="it's"))
    )

    assert store.create_all(records) == frozenset()

    for record in records:
        notification = record.notification
        assert store.get(str(notification.user_id), notification.id) == record


def test_of_many_records_none_is_overwritten_by_its_first_form(store: Notifications) -> None:
    notification, other = make.notification(), make.notification()
    claimed = store.claim(notification, LEASE, NOW)

    assert store.create_all([accepted(other), accepted(notification)]) == frozenset()

    assert _stored(store, notification.id) == claimed
    assert _stored(store, other.id) == accepted(other)


def test_a_scheduled_record_comes_back_and_can_be_claimed(store: Notifications) -> None:
    notification = make.notification(send_at=NOW)
    store.create(accepted(notification))
    assert _stored(store, notification.id).status is Status.SCHEDULED

    claimed = store.claim(notification, LEASE, NOW)

    assert (claimed.status, claimed.notification) == (Status.PENDING, notification)


@pytest.mark.parametrize("send_at", [None, NOW + 60_000])
def test_a_cancelled_record_cannot_be_claimed(store: Notifications, send_at: int | None) -> None:
    record = accepted(make.notification(send_at=send_at))
    store.create(record)
    cancelled = apply(record, Cancelled(NOW))

    store.cancel(record, cancelled)

    assert _stored(store, record.notification.id) == cancelled
    with pytest.raises(AlreadySettled):
        store.claim(record.notification, LEASE, NOW)


@pytest.mark.parametrize("how", ["claimed", "tried", "sent"])
def test_a_record_that_somebody_has_touched_is_not_cancelled(
    store: Notifications, how: str
) -> None:
    """One of the two conditional writes wins, whichever comes first."""
    record = accepted(make.notification())
    store.create(record)
    claimed = store.claim(record.notification, LEASE, NOW)
    if how == "tried":
        store.save(apply(claimed, Deferred(LEASE.id, (ATTEMPT,), NOW + 5_000)), LEASE.id)
    elif how == "sent":
        store.save(apply(claimed, Sent(LEASE.id, NOW, (ATTEMPT,))), LEASE.id)
    touched = _stored(store, record.notification.id)

    with pytest.raises(LeaseLost):
        store.cancel(record, apply(record, Cancelled(NOW)))

    assert _stored(store, record.notification.id) == touched


def test_a_scheduled_in_app_notification_is_released(store: Notifications) -> None:
    record = accepted(make.notification(channel=Channel.IN_APP, send_at=NOW))
    store.create(record)

    store.release(record.notification)
    store.release(record.notification)  # as for a message that comes twice

    assert _stored(store, record.notification.id) == apply(record, Released(NOW))


def test_releasing_makes_the_record_that_is_missing(store: Notifications) -> None:
    notification = make.notification(channel=Channel.IN_APP, send_at=NOW)

    store.release(notification)

    assert _stored(store, notification.id) == apply(accepted(notification), Released(NOW))


def test_a_cancelled_notification_is_not_released(store: Notifications) -> None:
    record = accepted(make.notification(channel=Channel.IN_APP, send_at=NOW + 60_000))
    store.create(record)
    store.cancel(record, apply(record, Cancelled(NOW)))

    with pytest.raises(AlreadySettled):
        store.release(record.notification)

    assert _stored(store, record.notification.id).status is Status.CANCELLED
