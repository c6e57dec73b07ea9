"""Changing an inbox while others do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notificationd.domain import inbox
from notificationd.domain.errors import InboxChanged, Unavailable
from notificationd.domain.inbox import InboxRequest
from notificationd.domain.marks import Change
from tests.devices.world import USER, World
from tests.fakes.inboxes import MemoryInboxes
from tests.fakes.storage import MemoryNotifications

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notificationd.domain.marks import Marks, Progress


class Contested(MemoryInboxes):
    """An inbox in which somebody else is quicker a number of times."""

    def __init__(self, notifications: MemoryNotifications) -> None:
        super().__init__(notifications)
        self.notifications = notifications
        self.times = 0

    def replace(
        self, user: str, before: Progress, after: Progress, marks: Mapping[str, Marks]
    ) -> None:
        if self.times > 0:
            self.times -= 1
            raise InboxChanged
        super().replace(user, before, after, marks)


@pytest.fixture
def inboxes() -> Contested:
    return Contested(MemoryNotifications())


@pytest.fixture
def world(inboxes: Contested) -> World:
    return World(inboxes.notifications, inboxes, devices=0)


def stored(world: World) -> str:
    world.clock.advance(0.001)
    world.mint(looked_up_early=False)
    return world.store(0)


def test_a_change_is_made_however_often_others_are_quicker_up_to_nine_times(
    world: World, inboxes: Contested
) -> None:
    each = stored(world)
    inboxes.times = 9

    assert world.change.mark(USER, [each], Change.READ).progress.revision == 1


def test_a_change_that_others_are_always_quicker_with_is_not_made(
    world: World, inboxes: Contested
) -> None:
    each = stored(world)
    inboxes.times = 10

    with pytest.raises(Unavailable):
        world.change.mark(USER, [each], Change.READ)

    assert world.standing()[each] == (False, False, False)


def test_a_long_look_makes_the_next_one_short(
    world: World, inboxes: Contested, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who reads one by one for years does not pay for it at every count."""
    monkeypatch.setattr(inbox, "LONG", 20)
    left = stored(world)
    for _ in range(30):
        world.change.mark(USER, [stored(world)], Change.READ)
    world.clock.advance(3_600)

    assert world.unread() == 1

    progress, _ = inboxes.look(USER)
    assert progress.unread == {left}
    assert inboxes.unmarked(USER, progress.read_up_to, 9, world.clock()).examined == 0
    assert progress.revision == 30
    assert world.unread() == 1
    page = inboxes.page(USER, InboxRequest(limit=99, unread=True), progress, world.clock())
    assert [record.notification.id for record in page.records] == [left]


def test_a_count_that_cannot_be_made_cheaper_now_is_a_count_all_the_same(
    world: World, inboxes: Contested, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LONG", 1)
    stored(world)
    world.clock.advance(3_600)
    inboxes.times = 1

    assert world.unread() == 1
    assert inboxes.look(USER)[0].read_up_to == ""
