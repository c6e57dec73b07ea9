"""Settling what no message stands for any more, and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.domain.errors import LeaseLost, Unavailable
from notificationd.domain.notification import Channel, user_key
from notificationd.domain.record import Lease, Reason, Record, Status, accepted
from notificationd.domain.transitions import Failed, Sent, apply
from notificationd.domain.watch import Key, Patience, WatchEntry
from notificationd.services.reconcile import Reconcile, Report
from tests.fakes import make
from tests.fakes.dead_letters import MemoryDeadLetters
from tests.fakes.delivery import Clock, RecordingJournal
from tests.fakes.storage import MemoryNotifications, MemoryWatchList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from notificationd.domain.notification import Notification

HOUR = 3_600
PATIENCE = Patience(look=HOUR * 1000, queued=96 * HOUR * 1000, dead=432 * HOUR * 1000)


class Queues:
    """Fulfils `domain.ports.Queues`."""

    def __init__(self) -> None:
        self.busy: set[Channel] = set()
        self.asked = 0

    def are_quiet(self, channels: Iterable[Channel]) -> Mapping[Channel, bool]:
        self.asked += 1
        return {channel: channel not in self.busy for channel in channels}


class World:
    """Everything around a run: time passes an hour with each."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.clock = Clock()
        self.watch_list = MemoryWatchList()
        self.notifications = MemoryNotifications()
        self.queues = Queues()
        self.letters = MemoryDeadLetters()
        self.journal = RecordingJournal()
        self._reconcile = Reconcile(
            watch_list=self.watch_list,
            notifications=self.notifications,
            queues=self.queues,
            letters=self.letters,
            journal=self.journal,
            pool=pool,
            clock=self.clock,
            patience=PATIENCE,
            seconds=15,
            examined=100,
        )

    def leave_open(self, **fields: Any) -> Notification:  # noqa: ANN401 - a notification's fields
        """Leave a record pending that no message stands for, and on the watch list."""
        notification = make.notification(**fields)
        self.notifications.create(accepted(notification))
        self.watch(notification)
        return notification

    def watch(self, *notifications: Notification) -> None:
        keys = tuple(Key(user_key(each.user_id), each.id) for each in notifications)
        self.watch_list.put(WatchEntry(due=self.clock(), name=keys[0].id, keys=keys))

    def run(self) -> Report:
        self.clock.advance(HOUR + 1)
        return self._reconcile()

    def record(self, notification: Notification) -> Record:
        record = self.notifications.get(user_key(notification.user_id), notification.id)
        assert record is not None
        return record


@pytest.fixture
def world() -> Iterator[World]:
    with ThreadPoolExecutor(2) as pool:
        yield World(pool)


def test_what_no_message_stands_for_is_settled_at_the_second_look(world: World) -> None:
    notification = world.leave_open()

    assert world.run() == Report(pending=1, settled=0)
    assert world.record(notification).status is Status.PENDING
    assert world.run() == Report(pending=1, settled=1)

    record = world.record(notification)
    assert (record.status, record.reason) == (Status.FAILED, Reason.LOST)
    assert record.updated_at == world.clock()
    assert world.watch_list.entries == {}
    assert world.journal.details == [
        {
            "notification_id": notification.id,
            "user_id": 4,
            "channel": "email",
            "status": "failed",
            "reason": "lost",
        }
    ]


def test_a_dead_letter_that_nobody_could_mark_gets_its_reason_and_stays(world: World) -> None:
    notification = world.leave_open()
    world.letters.bury(notification)

    world.run()
    world.run()

    record = world.record(notification)
    assert (record.status, record.reason) == (Status.FAILED, Reason.RETRIES_EXHAUSTED)
    assert len(world.letters.letters) == 1
    assert not world.letters.hidden


def test_what_a_worker_left_without_a_word_may_have_been_sent(world: World) -> None:
    notification = world.leave_open()
    world.notifications.claim(notification, Lease("dead", world.clock() + 30_000), world.clock())

    world.run()
    world.run()

    record = world.record(notification)
    assert (record.status, record.reason) == (Status.FAILED, Reason.OUTCOME_UNKNOWN)
    (attempt,) = record.attempts
    assert attempt.provider is None


def test_what_was_to_be_sent_by_now_has_expired(world: World) -> None:
    notification = world.leave_open(expires_at=world.clock() + 1_000)

    world.run()
    world.run()

    assert world.record(notification).status is Status.EXPIRED


def test_what_may_be_on_its_queue_is_left_alone_and_looked_at_again(world: World) -> None:
    world.queues.busy = {Channel.EMAIL}
    email, sms = world.leave_open(), world.leave_open(channel=Channel.SMS, to="+14155550100")

    for _ in range(3):
        world.run()

    assert world.record(email) == accepted(email)
    assert world.record(sms).status is Status.FAILED  # its own queue is quiet


@pytest.mark.parametrize("taken_up_by", ["claim", "reopen"])
def test_whoever_takes_it_up_between_two_looks_has_it(world: World, taken_up_by: str) -> None:
    """A worker that had its message in hand, or an operator who redrives its letter."""
    notification = world.leave_open()
    world.run()
    if taken_up_by == "claim":
        lease = Lease("late", world.clock() + 30_000)
        record = world.notifications.claim(notification, lease, world.clock())
        world.notifications.save(apply(record, Sent(lease.id, world.clock(), ())), lease.id)
    else:
        world.notifications.reopen(notification, world.clock())

    world.run()

    expected = Status.SENT if taken_up_by == "claim" else Status.PENDING
    assert world.record(notification).status is expected


def test_a_redriven_one_is_looked_for_from_then_on(world: World) -> None:
    """It counts as young again, since its message is: it may be on its queue for four days."""
    notification = world.leave_open()
    world.queues.busy = {Channel.EMAIL}
    world.clock.advance(100 * HOUR)
    world.notifications.reopen(notification, world.clock())

    world.run()
    world.run()

    assert world.record(notification).status is Status.PENDING


@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED, Status.EXPIRED, None])
def test_what_is_settled_or_gone_is_taken_off_the_list(world: World, status: Status | None) -> None:
    notification = make.notification()
    if status is not None:
        world.notifications.create(replace(accepted(notification), status=status))
    world.watch(notification)

    assert world.run() == Report(pending=0, settled=0)

    assert world.watch_list.entries == {}


def test_an_idle_run_reads_the_watch_list_and_nothing_else(world: World) -> None:
    settled = make.notification()
    world.notifications.create(accepted(settled, Status.SENT))
    world.watch(settled)

    world.run()
    world.run()

    assert world.queues.asked == 0


def test_of_an_entry_only_what_is_still_open_is_kept(world: World) -> None:
    still_open, settled = make.notification(), make.notification()
    world.notifications.create(accepted(still_open))
    world.notifications.create(accepted(settled, Status.SENT))
    world.watch(settled, still_open)

    world.run()

    (entry,) = world.watch_list.entries.values()
    assert entry.keys == (Key("4", still_open.id),)
    assert entry.due == world.clock() + HOUR * 1000


def test_entries_of_one_name_do_not_push_each_other_off_the_list(world: World) -> None:
    """As where the first answer to the stream's function was lost, and more was there meanwhile."""
    world.queues.busy = {Channel.EMAIL}
    one, two = make.notification(), make.notification()
    keys = tuple(Key("4", each.id) for each in (one, two))
    for each in (one, two):
        world.notifications.create(accepted(each))
    world.watch_list.put(WatchEntry(due=world.clock(), name="a", keys=keys))
    world.watch_list.put(WatchEntry(due=world.clock() + 1, name="a", keys=keys[:1]))

    for _ in range(3):
        world.run()

    watched = [key for entry in world.watch_list.entries.values() for key in entry.keys]
    assert sorted(watched, key=lambda key: key.id) == [keys[0], *keys]


def test_letters_that_are_too_many_to_look_through_prove_nothing(world: World) -> None:
    for _ in range(200):
        world.letters.bury(make.notification())
    notification = world.leave_open()

    world.run()
    world.run()

    assert world.record(notification).status is Status.PENDING


def test_all_that_is_due_is_looked_at_however_many_entries_it_fills(world: World) -> None:
    notifications = [world.leave_open() for _ in range(35)]

    assert world.run() == Report(pending=35, settled=0)
    assert world.run() == Report(pending=35, settled=35)

    assert {world.record(each).status for each in notifications} == {Status.FAILED}


@pytest.mark.parametrize("call", ["get", "miss", "abandon"])
def test_a_record_that_cannot_be_reached_is_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    notification = world.leave_open()
    with monkeypatch.context() as broken:
        broken.setattr(world.notifications, call, _fail(Unavailable("the table")))
        for _ in range(3):
            world.run()

    for _ in range(2):
        world.run()

    assert world.record(notification).status is Status.FAILED


@pytest.mark.parametrize("part", ["queues", "letters"])
def test_queues_that_cannot_be_looked_at_prove_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    notification = world.leave_open()
    call = {"queues": "are_quiet", "letters": "receive"}[part]
    monkeypatch.setattr(getattr(world, part), call, _fail(Unavailable("the queue")))

    for _ in range(3):
        world.run()

    assert world.record(notification).status is Status.PENDING


def test_a_run_that_dies_half_way_loses_no_entry(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = world.leave_open()
    with monkeypatch.context() as broken:
        broken.setattr(world.watch_list, "remove", _fail(Unavailable("the table")))
        with pytest.raises(Unavailable):
            world.run()

    world.run()

    assert world.record(notification).status is Status.FAILED
    assert world.watch_list.entries == {}


def test_what_another_run_has_settled_is_finished_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs at once, as where one takes longer than the schedule allows."""
    notification = world.leave_open()
    world.run()
    abandon = world.notifications.abandon

    def late(record: Record, missed_at: int) -> None:
        abandon(record, missed_at)
        raise LeaseLost

    monkeypatch.setattr(world.notifications, "abandon", late)
    world.run()
    world.run()

    assert world.record(notification).status is Status.FAILED
    assert world.watch_list.entries == {}


def test_a_failed_one_that_is_redriven_and_lost_again_is_settled_again(world: World) -> None:
    notification = make.notification()
    lease = Lease("mine", world.clock() + 30_000)
    record = world.notifications.claim(notification, lease, world.clock())
    failed = Failed(lease.id, world.clock(), (), Reason.REFUSED)
    world.notifications.save(apply(record, failed), lease.id)
    world.notifications.reopen(notification, world.clock())
    world.watch(notification)

    world.run()
    world.run()

    record = world.record(notification)
    assert (record.status, record.reason) == (Status.FAILED, Reason.LOST)


def _fail(error: Exception) -> Any:  # noqa: ANN401 - stands in for any method
    def fail(*_: object) -> None:
        raise error

    return fail


DAY = 24 * HOUR


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.IN_APP])
def test_what_is_scheduled_is_not_looked_at_again_before_its_time(
    world: World, channel: Channel
) -> None:
    send_at = world.clock() + 30 * DAY * 1000
    notification = world.leave_open(channel=channel, send_at=send_at)

    assert world.run() == Report(pending=1, settled=0)

    assert [key[0] > send_at for key in world.watch_list.entries] == [True]
    assert world.run() == Report(pending=0, settled=0)
    assert world.record(notification).status is Status.SCHEDULED


def test_what_the_scheduler_never_handed_over_is_settled(world: World) -> None:
    notification = world.leave_open(send_at=world.clock() + 60_000)

    for _ in range(24):
        world.run()
        assert world.record(notification).status is Status.SCHEDULED
    world.run()
    assert world.run().settled == 1

    record = world.record(notification)
    assert (record.status, record.reason) == (Status.FAILED, Reason.LOST)


def test_a_scheduled_in_app_one_is_marked_as_sent_whose_push_never_came(world: World) -> None:
    """It is in the inbox by the clock alone; its record is brought in line."""
    send_at = world.clock() + 60_000
    notification = world.leave_open(channel=Channel.IN_APP, send_at=send_at)

    assert world.run() == Report(pending=1, settled=1)

    record = world.record(notification)
    assert (record.status, record.updated_at) == (Status.SENT, send_at)
    assert world.watch_list.entries == {}
    assert world.queues.asked == 0


def test_a_scheduled_in_app_one_that_cannot_be_marked_now_is_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.leave_open(channel=Channel.IN_APP, send_at=world.clock() + 60_000)

    def fail(_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as down:
        down.setattr(world.notifications, "release", fail)
        assert world.run() == Report(pending=1, settled=0)

    assert world.run() == Report(pending=1, settled=1)
