"""The in-app queue: pushes to try again, and those whose time has come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from notificationd.api.views import notification_frame
from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.record import Status, accepted
from notificationd.domain.transitions import Cancelled, apply
from notificationd.services.dispatch import Again, Disposition, Done
from notificationd.services.dispatch_push import DispatchPush
from notificationd.services.push import Push
from tests.fakes import make
from tests.fakes.delivery import Clock, RecordingJournal, RecordingSockets
from tests.fakes.storage import MemoryConnections, MemoryNotifications, MemoryQueue

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_800_000_000_000


class World:
    """The use case with everything around it in memory, and one device of the user's."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.clock = Clock(NOW)
        self.notifications = MemoryNotifications()
        self.connections = MemoryConnections()
        self.sockets = RecordingSockets()
        self.journal = RecordingJournal()
        self.connections.add("4", "phone", NOW)
        self._dispatch = DispatchPush(
            notifications=self.notifications,
            connections=self.connections,
            push=Push(
                connections=self.connections,
                sockets=self.sockets,
                queue=MemoryQueue(),
                journal=self.journal,
                pool=pool,
                frame=notification_frame,
            ),
            journal=self.journal,
            max_receives=5,
            retry_base_seconds=10,
            clock=self.clock,
            random=lambda: 0.0,
        )

    def scheduled(self, send_at: int) -> Notification:
        notification = make.notification(channel=Channel.IN_APP, send_at=send_at)
        self.notifications.create(accepted(notification))
        return notification

    def dispatch(self, notification: Notification, *named: str, receives: int = 1) -> Disposition:
        return self._dispatch(notification, named or None, receives)

    def status(self, notification: Notification) -> Status:
        record = self.notifications.get("4", notification.id)
        assert record is not None
        return record.status


@pytest.fixture
def world() -> Iterator[World]:
    with ThreadPoolExecutor(2) as pool:
        yield World(pool)


def test_what_is_due_is_marked_as_sent_and_pushed_to_all(world: World) -> None:
    notification = world.scheduled(NOW)

    assert world.dispatch(notification) == Done()

    assert world.status(notification) is Status.SENT
    assert [connection for connection, _ in world.sockets.frames] == ["phone"]


def test_what_comes_before_its_time_waits_for_it(world: World) -> None:
    notification = world.scheduled(NOW + 1_500)

    assert world.dispatch(notification) == Again(2)

    assert world.status(notification) is Status.SCHEDULED
    assert world.sockets.frames == []


def test_what_was_cancelled_is_not_pushed(world: World) -> None:
    notification = world.scheduled(NOW + 60_000)
    record = accepted(notification)
    world.notifications.cancel(record, apply(record, Cancelled(NOW)))
    world.clock.advance(60)

    assert world.dispatch(notification) == Done()

    assert world.status(notification) is Status.CANCELLED
    assert world.sockets.frames == []


def test_what_cannot_be_marked_is_not_pushed_but_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = world.scheduled(NOW)

    def fail(_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as down:
        down.setattr(world.notifications, "release", fail)
        with pytest.raises(Unavailable):
            world.dispatch(notification)
    assert world.sockets.frames == []

    assert world.dispatch(notification, receives=2) == Done()
    assert len(world.sockets.frames) == 1


def test_a_message_that_comes_twice_is_pushed_twice_and_shows_once(world: World) -> None:
    """Devices know a notification by its id; nobody asks the table whether one was told."""
    notification = world.scheduled(NOW)

    assert world.dispatch(notification) == Done()
    assert world.dispatch(notification, receives=2) == Done()

    assert world.status(notification) is Status.SENT


def test_a_second_try_for_named_sockets_marks_nothing(world: World) -> None:
    notification = make.notification(channel=Channel.IN_APP, send_at=NOW)

    assert world.dispatch(notification, "laptop") == Done()

    assert world.notifications.of("4") == []
    assert [connection for connection, _ in world.sockets.frames] == ["laptop"]


@pytest.mark.parametrize(("receives", "expected"), [(1, Again(10)), (4, Again(80)), (5, Done())])
def test_a_push_that_fails_is_tried_again_and_dropped_in_the_end(
    world: World, receives: int, expected: Disposition
) -> None:
    notification = world.scheduled(NOW)
    world.sockets.failing["phone"] = Unavailable()

    assert world.dispatch(notification, receives=receives) == expected

    assert world.journal.events == ([] if receives < 5 else ["push_dropped"])
