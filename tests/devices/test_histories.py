"""Histories that an earlier form of the protocol did not stand up to, each as it was found."""

from __future__ import annotations

import pytest

from notificationd.domain.ids import last_id
from notificationd.domain.marks import Change
from tests.devices.world import USER, Device, World
from tests.fakes.inboxes import MemoryInboxes
from tests.fakes.storage import MemoryNotifications


@pytest.fixture
def world() -> World:
    notifications = MemoryNotifications()
    return World(notifications, MemoryInboxes(notifications), devices=1)


@pytest.fixture
def device(world: World) -> Device:
    return world.devices[0]


def stored(world: World) -> str:
    world.clock.advance(0.001)
    world.mint(looked_up_early=False)
    return world.store(0)


def read(device: Device) -> list[bool]:
    return [each.read for each in device.replica.notifications]


def test_what_was_on_its_way_when_all_was_read_is_read_when_it_comes(
    world: World, device: Device
) -> None:
    """Its push says that it is new; that all was read is known from the sync alone."""
    world.mint(looked_up_early=False)
    world.change.read_all(USER, last_id(world.clock()))
    world.connect(device)
    world.arrive()

    world.store(0)
    world.arrive()

    assert read(device) == [True]
    assert device.replica.unread == world.unread() == 0


def test_a_push_that_comes_before_the_word_that_all_was_read_gives_way_to_it(
    world: World, device: Device
) -> None:
    world.connect(device)
    world.arrive()
    other = stored(world)
    world.arrive()
    world.mint(looked_up_early=False)
    world.change.read_all(USER, last_id(world.clock()))
    device.arriving.clear()  # lost
    late = world.store(0)
    world.change.mark(USER, [other], Change.SEEN)

    world.arrive()

    assert [each.id for each in device.replica.notifications] == sorted([late, other], reverse=True)
    assert device.replica.notifications[0].read
    assert device.replica.unread == world.unread() == 0
    assert device.replica.has_gap  # that the other one is read as well is what it has to ask for


def test_a_notification_that_comes_back_from_the_archive_is_asked_for(
    world: World, device: Device
) -> None:
    """It was left out of the page since it was archived, and was not when it was counted."""
    each = stored(world)
    world.change.mark(USER, [each], Change.ARCHIVED)
    world.clock.advance(60)
    world.connect(device)

    def bring_back() -> None:
        world.change.mark(USER, [each], Change.UNARCHIVED)

    world.inboxes.before["unmarked"] = bring_back
    world.arrive()
    assert device.replica.notifications == []
    assert device.replica.has_gap

    asked = device.replica.refresh()
    assert asked is not None
    device.unsent.append(asked)
    world.arrive()

    assert [shown.id for shown in device.replica.notifications] == [each]
    assert device.replica.is_current


def test_a_change_that_changes_nothing_does_not_hide_one_that_was_lost(
    world: World, device: Device
) -> None:
    first, second = stored(world), stored(world)
    world.connect(device)
    world.arrive()
    world.change.read_all(USER, second)
    device.arriving.clear()  # lost

    world.change.mark(USER, [first], Change.READ)  # it is read already
    world.arrive()

    assert device.replica.has_gap


def test_a_notification_that_is_stored_while_a_device_connects_is_found_by_its_second_sync(
    world: World, device: Device
) -> None:
    """Its sockets were looked up before this one was there, and its record came after the sync."""
    world.mint(looked_up_early=True)
    world.connect(device)
    world.arrive()
    late = world.store(0)
    world.arrive()
    assert device.replica.notifications == []

    world.clock.advance(30)
    asked = device.replica.refresh()
    assert asked is not None
    device.unsent.append(asked)
    world.arrive()

    assert [each.id for each in device.replica.notifications] == [late]
