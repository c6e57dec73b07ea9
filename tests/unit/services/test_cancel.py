"""Taking back what has not been sent; never both sent and cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from notificationd.domain.errors import NotFound, TooLate
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.record import Attempt, Lease, Outcome, Reason, Record, Status, accepted
from notificationd.domain.transitions import Deferred, Event, Failed, Sent, apply
from notificationd.services.cancel import Cancel
from tests.fakes import make
from tests.fakes.delivery import Clock, RecordingJournal
from tests.fakes.storage import MemoryNotifications, MemorySchedule

NOW = 1_800_000_100_000
HOUR = 3_600_000
LEASE = Lease("lease-1", NOW + 30_000)
BUSY = Attempt(at=NOW, provider="mailgun", outcome=Outcome.RETRYABLE, code="500", text="busy")
UNKNOWN = Attempt(at=NOW, provider="mailgun", outcome=Outcome.UNKNOWN, text="ReadTimeout")


class Racing(MemoryNotifications):
    """Somebody else writes the record between the look at it and the cancellation of it."""

    def __init__(self) -> None:
        super().__init__()
        self.rivals: list[Lease] = []

    def cancel(self, before: Record, after: Record) -> None:
        if self.rivals:
            lease = self.rivals.pop()
            claimed = self.claim(before.notification, lease, NOW)
            self.save(apply(claimed, Deferred(lease.id, (BUSY,), NOW)), lease.id)
        super().cancel(before, after)


@dataclass
class World:
    """The use case with everything around it in memory."""

    notifications: Racing = field(default_factory=Racing)
    schedule: MemorySchedule = field(default_factory=MemorySchedule)
    journal: RecordingJournal = field(default_factory=RecordingJournal)

    def scheduled(self, **fields: Any) -> Notification:  # noqa: ANN401 - any field of one
        notification = make.notification(**{"send_at": NOW + HOUR, **fields})
        self.notifications.create(accepted(notification))
        self.schedule.put(notification)
        return notification

    def cancel(self, notification_id: str) -> Record:
        use_case = Cancel(
            notifications=self.notifications,
            schedule=self.schedule,
            journal=self.journal,
            clock=Clock(NOW),
        )
        return use_case("4", notification_id)

    def stored(self, notification: Notification) -> Record:
        record = self.notifications.get("4", notification.id)
        assert record is not None
        return record


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("channel", list(Channel))
def test_what_is_scheduled_is_cancelled_and_its_schedule_goes(
    world: World, channel: Channel
) -> None:
    notification = world.scheduled(channel=channel)

    record = world.cancel(notification.id)

    assert (record.status, record.updated_at) == (Status.CANCELLED, NOW)
    assert world.stored(notification) == record
    assert world.schedule.notifications == {}
    assert world.journal.events == ["cancelled"]


def test_twice_is_once(world: World) -> None:
    notification = world.scheduled()

    assert world.cancel(notification.id) == world.cancel(notification.id)
    assert world.journal.events == ["cancelled"]


def test_what_waits_for_its_first_or_for_another_try_is_cancelled(world: World) -> None:
    fresh, tried = world.scheduled(send_at=None), world.scheduled(send_at=None)
    claimed = world.notifications.claim(tried, LEASE, NOW)
    world.notifications.save(apply(claimed, Deferred(LEASE.id, (BUSY,), NOW + 5_000)), LEASE.id)

    assert world.cancel(fresh.id).status is Status.CANCELLED
    cancelled = world.cancel(tried.id)

    assert cancelled.status is Status.CANCELLED
    assert (cancelled.attempts, cancelled.next_attempt_at) == ((BUSY,), None)


def test_another_try_meanwhile_that_did_not_send_leaves_it_to_be_cancelled(world: World) -> None:
    notification = world.scheduled(send_at=None)
    world.notifications.rivals = [LEASE]

    assert world.cancel(notification.id).status is Status.CANCELLED
    assert world.stored(notification).attempts == (BUSY,)


def test_where_others_are_always_quicker_it_is_too_late(world: World) -> None:
    notification = world.scheduled(send_at=None)
    world.notifications.rivals = [LEASE] * 3

    with pytest.raises(TooLate):
        world.cancel(notification.id)

    assert world.stored(notification).status is Status.PENDING


@pytest.mark.parametrize("how", ["claimed", "left", "unknown", "sent", "failed"])
def test_what_is_or_may_be_sent_is_not_cancelled(world: World, how: str) -> None:
    notification = world.scheduled(send_at=None)
    lease = Lease("lease-1", NOW - 1) if how == "left" else LEASE
    claimed = world.notifications.claim(notification, lease, NOW)
    events: dict[str, Event] = {
        "unknown": Deferred(lease.id, (UNKNOWN,), NOW + 5_000),
        "sent": Sent(lease.id, NOW, (BUSY,)),
        "failed": Failed(lease.id, NOW, (BUSY,), Reason.RETRIES_EXHAUSTED),
    }
    if event := events.get(how):
        world.notifications.save(apply(claimed, event), lease.id)
    before = world.stored(notification)

    with pytest.raises(TooLate):
        world.cancel(notification.id)

    assert world.stored(notification) == before
    assert world.journal.events == []


@pytest.mark.parametrize(("ahead", "is_cancelled"), [(10_001, True), (10_000, False), (0, False)])
def test_what_is_about_to_appear_in_an_inbox_is_not_cancelled(
    world: World, ahead: int, *, is_cancelled: bool
) -> None:
    """The inbox shows it from its time on by the clock alone; no clock is quite another's."""
    notification = world.scheduled(channel=Channel.IN_APP, send_at=NOW + ahead)

    if is_cancelled:
        assert world.cancel(notification.id).status is Status.CANCELLED
    else:
        with pytest.raises(TooLate):
            world.cancel(notification.id)


def test_nobody_cancels_what_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        world.cancel(make.notification().id)
