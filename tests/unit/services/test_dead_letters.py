"""Dead letters: which are found, what a redrive does, and what is left if it dies half-way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from notificationd.domain.dead_letter import Wanted
from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.record import Reason, Status, accepted
from notificationd.services.dead_letters import DeadLetterOffice
from notificationd.services.dispatch import Dispatch, Done
from notificationd.services.letter_reports import Skipped
from tests.fakes import make
from tests.fakes.dead_letters import MemoryDeadLetters
from tests.fakes.delivery import Clock, RecordingJournal, ScriptedProvider
from tests.fakes.storage import MemoryDeadLetterSink, MemoryNotifications, MemoryQueue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain.notification import Notification

ALL = Wanted()


class Killed(BaseException):
    """The process ends here."""


class World:
    """An office, what is around it, and a dispatcher on the queue it fills."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.clock = Clock()
        self.letters = MemoryDeadLetters()
        self.notifications = MemoryNotifications()
        self.queue = MemoryQueue()
        self.journal = RecordingJournal()
        self.provider = ScriptedProvider("mailgun")
        self.office = DeadLetterOffice(
            letters=self.letters,
            notifications=self.notifications,
            queue=self.queue,
            journal=self.journal,
            pool=pool,
            clock=self.clock,
            seconds=15,
            examined=100,
        )

    def bury(
        self,
        status: Status | None = Status.FAILED,
        reason: Reason = Reason.RETRIES_EXHAUSTED,
        **fields: Any,  # noqa: ANN401 - any field of a notification
    ) -> Notification:
        """Leave a letter, with a record unless `status` is None."""
        notification = make.notification(**fields)
        if status is not None:
            record = accepted(notification, status)
            if status is Status.FAILED:
                record = replace(record, reason=reason, updated_at=self.clock())
            self.notifications.create(record)
        self.letters.bury(notification)
        return notification

    def status(self, notification: Notification) -> Status:
        record = self.notifications.get("4", notification.id)
        assert record is not None
        return record.status

    def dispatch(self) -> None:
        """Let the dispatcher work on all that is on the queue."""
        dispatch = Dispatch(
            notifications=self.notifications,
            dead_letters=MemoryDeadLetterSink(),
            providers={Channel.EMAIL: [self.provider]},
            journal=self.journal,
            lease_seconds=30,
            max_receives=5,
            retry_base_seconds=1,
            clock=self.clock,
            random=lambda: 0.0,
        )
        while self.queue.notifications:
            assert dispatch(self.queue.notifications.pop(0), 1, inf) == Done()


@pytest.fixture
def world() -> Iterator[World]:
    with ThreadPoolExecutor(2) as pool:
        yield World(pool)


def ids(*notifications: Notification) -> frozenset[str]:
    return frozenset(notification.id for notification in notifications)


def found(world: World, wanted: Wanted = ALL, limit: int = 100) -> list[str]:
    return [finding.letter.id for finding in world.office.find(wanted, limit).findings]


# --- looking


def test_looking_changes_nothing_and_hides_nothing(world: World) -> None:
    buried = [world.bury().id for _ in range(25)]

    assert sorted(found(world)) == sorted(found(world)) == sorted(buried)
    assert not world.letters.hidden


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.FAILED, "retries_exhausted"),
        (Status.PENDING, "unmarked"),
        (Status.SENT, "already_sent"),
        (None, "unmarked"),
    ],
)
def test_a_letter_says_why_it_is_there(world: World, status: Status | None, reason: str) -> None:
    world.bury(status)

    (finding,) = world.office.find(ALL, 1).findings

    assert finding.reason == reason
    assert (finding.failed_at is not None) == (status is Status.FAILED)


def test_a_malformed_letter_is_listed_by_its_message(world: World) -> None:
    message_id = world.letters.bury(None)

    (finding,) = world.office.find(ALL, 1).findings

    assert (finding.letter.id, finding.reason) == (message_id, "malformed")


def test_a_letter_of_a_later_release_is_listed_by_its_notification_and_waits_for_it(
    world: World,
) -> None:
    """After a return to an earlier release: redriven by that one, it would be read wrong."""
    notification = make.notification()
    world.letters.bury(None, newer_id=notification.id)

    (finding,) = world.office.find(ALL, 1).findings
    report = world.office.redrive(ALL)

    assert (finding.letter.id, finding.reason) == (notification.id, "newer")
    assert (report.done, report.skipped) == (0, (Skipped(notification.id, "newer"),))
    assert found(world, Wanted(reason="newer")) == [notification.id]
    assert not world.queue.notifications


def test_no_more_are_shown_than_asked_for_and_the_rest_is_announced(world: World) -> None:
    for _ in range(12):
        world.bury()

    few = world.office.find(ALL, 5)
    enough = world.office.find(ALL, 12)

    assert (len(few.findings), few.more) == (5, True)
    assert (len(enough.findings), enough.more) == (12, False)
    assert not world.letters.hidden


def test_the_latest_failure_comes_first(world: World) -> None:
    buried = []
    for _ in range(3):
        buried.append(world.bury().id)
        world.clock.advance(1)

    assert found(world) == buried[::-1]


def test_each_filter_lets_through_what_fits(world: World) -> None:
    start = world.clock()
    early = world.bury(reason=Reason.MISCONFIGURED)
    world.clock.advance(10)
    late = world.bury(channel=Channel.SMS, to="+14155550104")
    unmarked = world.bury(Status.PENDING)
    malformed = world.letters.bury(None)
    middle = start + 5_000

    expected = {
        Wanted(channel=Channel.SMS): {late.id},
        Wanted(channel=Channel.EMAIL): {early.id, unmarked.id},
        Wanted(reason="misconfigured"): {early.id},
        Wanted(reason="unmarked"): {unmarked.id},
        Wanted(reason="malformed"): {malformed},
        Wanted(since=middle): {late.id},
        Wanted(until=middle): {early.id},
        Wanted(since=start, until=start + 10_000): {early.id},
        Wanted(since=start + 10_000): {late.id},
        Wanted(ids=ids(early, unmarked)): {early.id, unmarked.id},
        Wanted(ids=ids(early), channel=Channel.SMS): set(),
    }

    assert {wanted: set(found(world, wanted)) for wanted in expected} == expected


def test_a_long_queue_is_looked_at_in_part_and_that_is_said(world: World) -> None:
    for _ in range(150):
        world.bury()

    listing = world.office.find(Wanted(reason="misconfigured"), 10)

    assert (listing.findings, listing.more) == ((), True)
    assert not world.letters.hidden


def test_nothing_can_be_said_while_the_queue_cannot_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.letters, "receive", _unavailable)

    with pytest.raises(Unavailable):
        world.office.find(ALL, 1)
    with pytest.raises(Unavailable):
        world.office.redrive(ALL)


# --- redriving


def test_a_redriven_letter_is_on_its_queue_with_a_pending_record_and_gone(world: World) -> None:
    notification = world.bury()

    report = world.office.redrive(Wanted(ids=ids(notification)))

    assert (report.done, report.skipped, report.more) == (1, (), False)
    assert world.queue.notifications == [notification]
    assert world.status(notification) is Status.PENDING
    assert not world.letters.letters
    assert world.journal.events == ["redriven"]


def test_only_what_is_still_there_is_shown_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bury()
    malformed = world.letters.bury(None)
    shown: list[str] = []
    monkeypatch.setattr(
        world.letters, "show", lambda letters: shown.extend(each.id for each in letters)
    )

    world.office.redrive(ALL)

    assert shown == [malformed]


@pytest.mark.parametrize("status", [Status.PENDING, None])
def test_a_letter_whose_mark_was_lost_is_redriven_too(world: World, status: Status | None) -> None:
    notification = world.bury(status)

    assert world.office.redrive(ALL).done == 1
    world.dispatch()

    assert world.provider.calls == [notification]


def test_all_are_redriven_over_many_pages(world: World) -> None:
    buried = [world.bury() for _ in range(35)]

    report = world.office.redrive(ALL)

    assert (report.done, report.more) == (35, False)
    assert ids(*world.queue.notifications) == ids(*buried)


def test_only_what_fits_is_redriven(world: World) -> None:
    fits, other = world.bury(reason=Reason.MISCONFIGURED), world.bury()

    report = world.office.redrive(Wanted(reason="misconfigured"))

    assert (report.done, report.skipped) == (1, ())
    assert world.queue.notifications == [fits]
    assert found(world) == [other.id]
    assert not world.letters.hidden


def test_what_has_been_sent_is_not_sent_again_and_its_letter_goes(world: World) -> None:
    notification = world.bury(Status.SENT)

    report = world.office.redrive(ALL)

    assert report.skipped == (Skipped(notification.id, "already_sent"),)
    assert not world.queue.notifications
    assert not world.letters.letters


def test_an_in_app_one_is_in_the_inbox_and_needs_no_other_round(world: World) -> None:
    notification = world.bury(None, channel=Channel.IN_APP)

    report = world.office.redrive(ALL)

    assert report.skipped == (Skipped(notification.id, "already_sent"),)
    assert not world.queue.notifications
    assert not world.letters.letters


def test_what_may_have_been_sent_is_not_sent_again_where_that_was_asked_for(world: World) -> None:
    once = world.bury(reason=Reason.OUTCOME_UNKNOWN, delivery=Delivery.AT_MOST_ONCE)

    report = world.office.redrive(ALL)

    assert report.skipped == (Skipped(once.id, "outcome_unknown"),)
    assert not world.queue.notifications
    assert found(world) == [once.id]


def test_a_malformed_one_stays_where_it_is(world: World) -> None:
    message_id = world.letters.bury(None)

    report = world.office.redrive(ALL)

    assert (report.done, report.skipped) == (0, (Skipped(message_id, "malformed"),))
    assert found(world) == [message_id]


def test_an_id_without_a_letter_is_named(world: World) -> None:
    report = world.office.redrive(Wanted(ids=frozenset({"nobody"})))

    assert (report.done, report.skipped) == (0, (Skipped("nobody", "not_found"),))
    assert not report.more


def test_a_redrive_ends_in_time_and_says_that_there_may_be_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(30):
        world.bury()
    receive = world.letters.receive

    def slowly() -> Any:  # noqa: ANN401 - as the fake has it
        world.clock.advance(10)
        return receive()

    monkeypatch.setattr(world.letters, "receive", slowly)

    report = world.office.redrive(ALL)

    assert (report.done, report.more) == (20, True)


def test_an_id_that_was_not_come_to_is_not_called_missing(world: World) -> None:
    for _ in range(130):
        world.bury()
    report = world.office.redrive(Wanted(ids=frozenset({"far behind"})))

    assert (report.done, report.skipped, report.more) == (0, (), True)


def test_what_comes_back_at_once_is_left_for_the_next_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that is still misconfigured must not keep a redrive busy until its end."""
    notification = world.bury()
    put = world.queue.put

    def straight_back(notification: Notification) -> None:
        put(notification)
        world.letters.bury(notification)

    monkeypatch.setattr(world.queue, "put", straight_back)

    assert world.office.redrive(ALL).done == 1
    assert found(world) == [notification.id]


def test_two_letters_of_one_notification_send_it_once(world: World) -> None:
    notification = world.bury()
    world.letters.bury(notification)

    world.office.redrive(ALL)
    world.dispatch()
    world.office.redrive(ALL)
    world.dispatch()

    assert len(world.provider.calls) == 1
    assert not world.letters.letters


def test_one_letter_that_cannot_be_redriven_now_stays_and_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = world.bury(), world.bury()
    put = world.queue.put

    def refuse(notification: Notification) -> None:
        if notification == stuck:
            raise Unavailable
        put(notification)

    monkeypatch.setattr(world.queue, "put", refuse)

    report = world.office.redrive(ALL)

    assert (report.done, report.skipped) == (1, (Skipped(stuck.id, "unavailable"),))
    assert world.queue.notifications == [other]
    assert found(world) == [stuck.id]


def test_what_was_done_before_the_table_went_away_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        world.bury()
    get, reads = world.notifications.get, iter(range(100))

    def give_up(user: str, notification_id: str) -> Any:  # noqa: ANN401 - as the fake has it
        if next(reads) >= 10:
            raise Unavailable
        return get(user, notification_id)

    monkeypatch.setattr(world.notifications, "get", give_up)

    report = world.office.redrive(Wanted(reason="retries_exhausted"))

    assert (report.done, report.more) == (10, True)
    assert not world.letters.hidden


# --- dying half-way


@pytest.mark.parametrize("step", ["reopen", "put", "discard"])
@pytest.mark.parametrize("after", [False, True])
def test_a_redrive_that_dies_at_any_step_loses_nothing_and_sends_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool
) -> None:
    notification = world.bury()
    owner = {"reopen": world.notifications, "put": world.queue, "discard": world.letters}[step]
    works = getattr(owner, step)

    def die(*arguments: object) -> None:
        if after:
            works(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, die)
        with pytest.raises(Killed):
            world.office.redrive(ALL)
    assert world.letters.letters or world.queue.notifications
    world.dispatch()
    world.letters.hidden.clear()

    world.office.redrive(ALL)
    world.dispatch()

    assert world.provider.calls == [notification]
    assert world.status(notification) is Status.SENT
    assert not world.letters.letters


def test_a_dispatcher_that_is_there_at_once_finds_the_record_reopened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = world.bury()
    put = world.queue.put

    def put_and_dispatch(notification: Notification) -> None:
        put(notification)
        world.dispatch()

    monkeypatch.setattr(world.queue, "put", put_and_dispatch)

    assert world.office.redrive(ALL).done == 1
    assert world.provider.calls == [notification]
    assert world.status(notification) is Status.SENT
    assert not world.letters.letters


def test_a_letter_that_cannot_be_deleted_is_redriven_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = world.bury()
    with monkeypatch.context() as patch:
        patch.setattr(world.letters, "discard", _unavailable)
        assert world.office.redrive(ALL).done == 1
    world.dispatch()

    report = world.office.redrive(ALL)

    assert report.skipped == (Skipped(notification.id, "already_sent"),)
    assert len(world.provider.calls) == 1


# --- discarding


def test_what_is_discarded_is_gone_and_its_record_stays(world: World) -> None:
    notification, spared = world.bury(), world.bury()
    malformed = world.letters.bury(None)

    report = world.office.discard(frozenset({notification.id, malformed, "nobody"}))

    assert (report.done, report.skipped) == (2, (Skipped("nobody", "not_found"),))
    assert found(world) == [spared.id]
    assert world.status(notification) is Status.FAILED


def _unavailable(*_: object) -> NoReturn:
    raise Unavailable
