"""Dispatching: claim, call, record; and what each outcome leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.http import TIMEOUT_SECONDS
from notificationd.domain.errors import (
    LeaseLost,
    Misconfiguration,
    Misconfigured,
    NotificationError,
    OutcomeUnknown,
    Permanent,
    Retryable,
    Unavailable,
)
from notificationd.domain.notification import Channel, Delivery, Notification
from notificationd.domain.record import Lease, Outcome, Reason, Record, Status, accepted
from notificationd.domain.transitions import Cancelled, apply
from notificationd.services.dispatch import (
    CALL_SECONDS,
    SAVE_TRIES,
    Again,
    Dispatch,
    Disposition,
    Done,
)
from tests.fakes import make
from tests.fakes.delivery import Clock, RecordingJournal, ScriptedProvider
from tests.fakes.storage import MemoryDeadLetterSink, MemoryNotifications

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEASE_SECONDS = 30
MAX_RECEIVES = 5

DOWN = Retryable("Internal Server Error", code="500")
BUSY = Retryable("Too Many Requests", code="429", retry_after=100)
BAD_ADDRESS = Permanent("not an address", code="21211")
BAD_CONTENT = Permanent("spam", code="30007", address_at_fault=False)
DENIED = Misconfigured("Forbidden", code="401")
LOST = OutcomeUnknown("ReadTimeout")


@dataclass
class World:
    """The use case with everything around it in memory. The jitter is at its longest."""

    providers: Sequence[ScriptedProvider]
    notifications: MemoryNotifications = field(default_factory=MemoryNotifications)
    dead_letters: MemoryDeadLetterSink = field(default_factory=MemoryDeadLetterSink)
    journal: RecordingJournal = field(default_factory=RecordingJournal)
    clock: Clock = field(default_factory=Clock)

    def dispatch(
        self, notification: Notification, receives: int = 1, time_left: float = 30
    ) -> Disposition:
        use_case = Dispatch(
            notifications=self.notifications,
            dead_letters=self.dead_letters,
            providers={Channel.EMAIL: self.providers},
            journal=self.journal,
            lease_seconds=LEASE_SECONDS,
            max_receives=MAX_RECEIVES,
            retry_base_seconds=10,
            clock=self.clock,
            random=lambda: 0.0,
        )
        return use_case(notification, receives, self.clock() + time_left * 1000)

    def record(self, notification: Notification) -> Record:
        record = self.notifications.get("4", notification.id)
        assert record is not None
        return record

    @property
    def calls(self) -> list[int]:
        return [len(provider.calls) for provider in self.providers]


def world_of(*scripts: Sequence[NotificationError | str]) -> World:
    """Make a world whose providers act by these scripts."""
    names = ("first", "second")
    providers = [
        ScriptedProvider(name, *script) for name, script in zip(names, scripts, strict=False)
    ]
    return World(providers)


def test_an_accepted_one_is_sent_and_done() -> None:
    world = world_of(["id-1"])
    notification = make.notification()

    assert world.dispatch(notification) == Done()

    record = world.record(notification)
    assert record.status is Status.SENT
    assert [(a.provider, a.outcome, a.message_id) for a in record.attempts] == [
        ("first", Outcome.ACCEPTED, "id-1")
    ]
    assert world.journal.events == ["sent"]


def test_a_second_delivery_of_the_same_message_is_not_sent_again() -> None:
    """SQS delivers at least once; the claim makes the second delivery a no-op."""
    world = world_of([])
    notification = make.notification()
    world.dispatch(notification)

    assert world.dispatch(notification, receives=2) == Done()

    assert world.calls == [1]


def test_a_message_whose_lease_is_held_waits_until_the_lease_ends() -> None:
    world = world_of([])
    notification = make.notification()
    world.notifications.claim(notification, Lease("other", world.clock() + 12_500), world.clock())

    assert world.dispatch(notification) == Again(13)

    assert world.calls == [0]


@pytest.mark.parametrize(("receives", "delay"), [(1, 10), (2, 20), (3, 40), (4, 80)])
def test_a_passing_failure_goes_back_with_a_growing_delay(receives: int, delay: int) -> None:
    world = world_of([DOWN])
    notification = make.notification()

    assert world.dispatch(notification, receives) == Again(delay)

    record = world.record(notification)
    assert record.status is Status.PENDING
    assert record.next_attempt_at == world.clock() + delay * 1000
    assert record.attempts[0].code == "500"
    assert world.journal.events == ["retried"]


def test_a_retry_that_works_keeps_the_history() -> None:
    world = world_of([DOWN, DOWN])
    notification = make.notification()
    for receives in (1, 2, 3):
        world.dispatch(notification, receives)

    record = world.record(notification)
    assert record.status is Status.SENT
    assert record.attempt_count == 3
    assert [attempt.outcome for attempt in record.attempts] == [
        Outcome.RETRYABLE,
        Outcome.RETRYABLE,
        Outcome.ACCEPTED,
    ]


def test_the_providers_own_delay_is_honoured() -> None:
    assert world_of([BUSY]).dispatch(make.notification()) == Again(100)


def test_the_last_try_marks_the_record_before_it_lets_the_message_go() -> None:
    world = world_of([DOWN])
    notification = make.notification()

    assert world.dispatch(notification, MAX_RECEIVES) == Again(0)

    record = world.record(notification)
    assert record.status is Status.FAILED
    assert record.reason is Reason.RETRIES_EXHAUSTED
    assert world.journal.events == ["failed", "dead_lettered"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DOWN, Reason.RETRIES_EXHAUSTED),
        (LOST, Reason.OUTCOME_UNKNOWN),
    ],
)
def test_a_dead_letter_says_why(error: NotificationError, reason: Reason) -> None:
    world = world_of([error])
    notification = make.notification()

    world.dispatch(notification, MAX_RECEIVES)

    assert world.record(notification).reason is reason


def test_what_only_a_fix_can_mend_waits_among_the_dead_letters() -> None:
    """At once: no try is burned on credentials that are wrong."""
    world = world_of([DENIED], [DENIED])
    notification = make.notification()

    assert world.dispatch(notification) == Done()

    record = world.record(notification)
    assert record.status is Status.FAILED
    assert record.reason is Reason.MISCONFIGURED
    assert world.dead_letters.notifications == [notification]
    assert world.journal.events.count("provider_misconfigured") == 2


def test_an_email_s_html_is_sent_and_set_aside_though_its_record_has_none() -> None:
    """Whoever redrives the letter sends what was accepted."""
    world = world_of([DENIED])
    notification = make.notification(html="<p>hello</p>")

    assert world.dispatch(notification) == Done()

    assert world.providers[0].calls == [notification]
    assert world.dead_letters.notifications == [notification]
    assert world.record(notification).notification.html is None


def test_a_misconfigured_provider_is_reported_even_if_another_has_sent() -> None:
    world = world_of([DENIED], ["id-2"])

    world.dispatch(make.notification())

    assert world.journal.events == ["provider_misconfigured", "sent"]
    assert world.dead_letters.notifications == []


def test_a_provider_that_was_only_down_is_waited_for() -> None:
    world = world_of([DENIED], [DOWN])

    assert isinstance(world.dispatch(make.notification()), Again)

    assert world.dead_letters.notifications == []


@pytest.mark.parametrize(
    ("receives", "expected", "status"),
    [(1, Again(10), Status.PENDING), (MAX_RECEIVES, Again(0), Status.FAILED)],
)
def test_without_the_dead_letter_queue_it_is_tried_again_until_the_last(
    monkeypatch: pytest.MonkeyPatch, receives: int, expected: Disposition, status: Status
) -> None:
    world = world_of([DENIED])
    notification = make.notification()
    monkeypatch.setattr(world.dead_letters, "put", _raise(Unavailable()))

    assert world.dispatch(notification, receives) == expected

    assert world.record(notification).status is status


def test_a_bad_address_fails_at_once_and_asks_no_other_provider() -> None:
    world = world_of([BAD_ADDRESS], [])
    notification = make.notification()

    assert world.dispatch(notification) == Done()

    assert world.record(notification).status is Status.FAILED
    assert world.record(notification).reason is Reason.REFUSED
    assert world.calls == [1, 0]


@pytest.mark.parametrize("error", [DOWN, BUSY, DENIED, BAD_CONTENT])
def test_the_next_provider_is_asked_where_the_first_has_certainly_not_sent(
    error: NotificationError,
) -> None:
    world = world_of([error], ["id-2"])
    notification = make.notification()

    assert world.dispatch(notification) == Done()

    record = world.record(notification)
    assert record.status is Status.SENT
    assert [attempt.provider for attempt in record.attempts] == ["first", "second"]


@pytest.mark.parametrize("delivery", list(Delivery))
def test_no_other_provider_is_asked_where_the_first_may_have_sent(delivery: Delivery) -> None:
    world = world_of([LOST], [])

    world.dispatch(make.notification(delivery=delivery))

    assert world.calls == [1, 0]


def test_an_unknown_outcome_is_tried_again_at_least_once() -> None:
    world = world_of([LOST])
    notification = make.notification()

    assert isinstance(world.dispatch(notification), Again)
    assert world.dispatch(notification, 2) == Done()

    assert world.record(notification).status is Status.SENT
    assert world.calls == [2]


def test_an_unknown_outcome_is_final_at_most_once() -> None:
    world = world_of([LOST])
    notification = make.notification(delivery=Delivery.AT_MOST_ONCE)

    assert world.dispatch(notification) == Done()
    assert world.dispatch(notification, 2) == Done()

    assert world.record(notification).reason is Reason.OUTCOME_UNKNOWN
    assert world.calls == [1]


def test_a_bad_address_is_final_even_after_another_provider_was_down() -> None:
    world = world_of([DOWN], [BAD_ADDRESS])
    notification = make.notification()

    assert world.dispatch(notification) == Done()

    assert world.record(notification).reason is Reason.REFUSED


def test_a_refused_content_waits_for_the_provider_that_was_down() -> None:
    world = world_of([DOWN], [BAD_CONTENT])

    assert isinstance(world.dispatch(make.notification()), Again)


def test_a_content_that_all_refuse_fails_at_once() -> None:
    world = world_of([BAD_CONTENT], [BAD_CONTENT])
    notification = make.notification()

    assert world.dispatch(notification) == Done()

    assert world.record(notification).reason is Reason.REFUSED


@pytest.mark.parametrize(
    ("delivery", "status", "calls"),
    [(Delivery.AT_LEAST_ONCE, Status.SENT, [1]), (Delivery.AT_MOST_ONCE, Status.FAILED, [0])],
)
def test_a_worker_that_died_with_the_claim_may_have_sent(
    delivery: Delivery, status: Status, calls: list[int]
) -> None:
    world = world_of([])
    notification = make.notification(delivery=delivery)
    world.notifications.claim(notification, Lease("dead", world.clock() + 1_000), world.clock())
    world.clock.advance(2)

    assert world.dispatch(notification, 2) == Done()

    record = world.record(notification)
    assert record.status is status
    assert record.attempts[0].outcome is Outcome.UNKNOWN
    assert record.attempts[0].provider is None
    assert world.calls == calls


def test_every_worker_that_died_with_a_claim_is_in_the_timeline() -> None:
    world = world_of([])
    notification = make.notification()
    for number in range(3):
        lease = Lease(f"dead-{number}", world.clock() + 1_000)
        world.notifications.claim(notification, lease, world.clock())
        world.clock.advance(2)

    world.dispatch(notification, 4)

    record = world.record(notification)
    assert [attempt.provider for attempt in record.attempts] == [None, None, None, "first"]
    assert record.attempt_count == 4


def test_what_is_not_sent_in_time_is_not_sent_late() -> None:
    world = world_of([])
    notification = make.notification(expires_at=world.clock() + 60_000)
    world.clock.advance(60)

    assert world.dispatch(notification) == Done()
    assert world.dispatch(notification, 2) == Done()

    assert world.record(notification).status is Status.EXPIRED
    assert world.calls == [0]
    assert world.journal.events == ["expired"]


def test_what_is_still_in_time_is_sent() -> None:
    world = world_of([])
    notification = make.notification(expires_at=world.clock() + 60_000)
    world.clock.advance(59)

    world.dispatch(notification)

    assert world.record(notification).status is Status.SENT


def test_a_retry_that_would_come_too_late_is_not_waited_for() -> None:
    world = world_of([DOWN])
    notification = make.notification(expires_at=world.clock() + 9_000)

    assert world.dispatch(notification) == Done()

    record = world.record(notification)
    assert record.status is Status.EXPIRED
    assert record.attempt_count == 1


def test_a_retry_that_comes_in_time_is_made() -> None:
    world = world_of([DOWN])
    notification = make.notification(expires_at=world.clock() + 11_000)

    assert world.dispatch(notification) == Again(10)


def test_a_worker_without_the_time_for_a_call_hands_the_message_back_untouched() -> None:
    world = world_of([])
    notification = make.notification()

    assert world.dispatch(notification, time_left=CALL_SECONDS - 1) == Again(0)

    assert world.calls == [0]
    assert world.notifications.get("4", notification.id) is None


def test_the_last_receipt_is_used_even_so() -> None:
    """SQS would take the message away, and its record would say nothing."""
    world = world_of([])
    notification = make.notification()

    world.dispatch(notification, MAX_RECEIVES, time_left=CALL_SECONDS - 1)

    assert world.record(notification).status is Status.SENT


def test_no_second_provider_is_asked_without_the_time_for_it() -> None:
    world = world_of([DOWN], [])

    world.providers[0].meanwhile = lambda: world.clock.advance(10)

    assert isinstance(world.dispatch(make.notification(), time_left=20), Again)

    assert world.calls == [1, 0]


def test_no_second_provider_is_asked_after_the_expiry() -> None:
    world = world_of([DOWN], [])
    notification = make.notification(expires_at=world.clock() + 5_000)

    world.providers[0].meanwhile = lambda: world.clock.advance(6)

    assert world.dispatch(notification) == Done()

    assert world.record(notification).status is Status.EXPIRED
    assert world.calls == [1, 0]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Misconfiguration("no such parameter"), Outcome.MISCONFIGURED),
        (Unavailable("the secret"), Outcome.RETRYABLE),
    ],
)
def test_a_provider_that_cannot_be_called_for_want_of_its_secret_is_passed_over(
    fault: NotificationError, outcome: Outcome
) -> None:
    world = world_of([fault], ["id-2"])
    notification = make.notification()

    assert world.dispatch(notification) == Done()

    record = world.record(notification)
    assert [attempt.outcome for attempt in record.attempts] == [outcome, Outcome.ACCEPTED]


def test_the_time_for_a_call_is_what_the_adapters_allow() -> None:
    assert sum(TIMEOUT_SECONDS) == CALL_SECONDS


@pytest.mark.parametrize("delivery", list(Delivery))
def test_a_claim_without_the_table_calls_nobody(
    monkeypatch: pytest.MonkeyPatch, delivery: Delivery
) -> None:
    world = world_of([])
    monkeypatch.setattr(world.notifications, "claim", _raise(Unavailable()))

    with pytest.raises(Unavailable):
        world.dispatch(make.notification(delivery=delivery))

    assert world.calls == [0]


def test_an_outcome_that_cannot_be_stored_at_first_is_stored_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise what a provider has accepted would be sent again."""
    world = world_of([])
    notification = make.notification()
    save, failures = world.notifications.save, iter([Unavailable()] * (SAVE_TRIES - 1))

    def flaky(record: Record, lease_id: str) -> None:
        if error := next(failures, None):
            raise error
        save(record, lease_id)

    monkeypatch.setattr(world.notifications, "save", flaky)

    assert world.dispatch(notification) == Done()

    assert world.record(notification).status is Status.SENT


def test_an_outcome_that_cannot_be_stored_at_all_keeps_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = world_of([])
    monkeypatch.setattr(world.notifications, "save", _raise(Unavailable()))

    with pytest.raises(Unavailable):
        world.dispatch(make.notification())


def test_a_worker_that_lost_its_lease_leaves_record_and_message_to_the_new_holder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were the message deleted, and the new holder's try deferred, nobody would try again."""
    world = world_of([])
    monkeypatch.setattr(world.notifications, "save", _raise(LeaseLost()))

    assert world.dispatch(make.notification()) == Again(LEASE_SECONDS)

    assert world.journal.events == ["lease_lost"]


def test_nothing_private_is_taken_down() -> None:
    world = world_of([DOWN, BAD_ADDRESS])
    notification = make.notification(content="my secret", to="private@example.com")
    world.dispatch(notification)
    world.dispatch(notification, 2)

    written = str(world.journal.details)
    assert notification.id in written
    assert "secret" not in written
    assert "private" not in written
    assert BAD_ADDRESS.text not in written


@pytest.mark.parametrize("ahead", [0.5, 60])
def test_what_comes_before_its_time_waits_for_it(ahead: float) -> None:
    """Clocks differ: the queue's may be ahead of the worker's."""
    world = world_of([])
    send_at = world.clock() + int(ahead * 1000)
    notification = make.notification(send_at=send_at)
    world.notifications.create(accepted(notification))

    assert world.dispatch(notification) == Again(ceil(ahead))
    assert world.record(notification).status is Status.SCHEDULED

    world.clock.now = send_at
    assert world.dispatch(notification, receives=2) == Done()
    assert world.record(notification).status is Status.SENT


def test_what_was_cancelled_is_not_sent() -> None:
    world = world_of([])
    notification = make.notification(send_at=world.clock() - 1)
    record = accepted(notification)
    world.notifications.create(record)
    world.notifications.cancel(record, apply(record, Cancelled(world.clock())))

    assert world.dispatch(notification) == Done()

    assert world.calls == [0]
    assert world.record(notification).status is Status.CANCELLED


def _raise(error: Exception) -> Callable[..., None]:
    def call(*_: object) -> None:
        raise error

    return call
