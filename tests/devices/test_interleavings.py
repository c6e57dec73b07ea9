"""Two devices at once: each change is made between the look and the write of every other one."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.inboxes import DynamoInboxes
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.domain.marks import Change
from tests.devices.world import USER, Truth, World
from tests.fakes import aws
from tests.fakes.inboxes import MemoryInboxes
from tests.fakes.storage import MemoryNotifications

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READ_ALL = "read_all"
ACTS = [*Change, READ_ALL]
PLACES = ["below", "above"]
"""Of the notification that both change: the point up to which all is read."""


@pytest.fixture(params=["memory", "dynamodb"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with ExitStack() as opened:
        if request.param == "memory":
            notifications = MemoryNotifications()
            yield World(notifications, MemoryInboxes(notifications), devices=2)
            return
        client = opened.enter_context(aws.table())
        yield World(
            DynamoNotifications(client, aws.TABLE), DynamoInboxes(client, aws.TABLE), devices=2
        )


def stored(world: World, truth: Truth, number: int) -> list[str]:
    """Store notifications and return their ids, oldest first."""
    ids = []
    for _ in range(number):
        world.clock.advance(0.001)
        world.mint(looked_up_early=False)
        ids.append(world.store(0))
        truth.store(ids[-1])
    return ids


def acting(world: World, act: Change | str, notification_id: str) -> Callable[[], None]:
    def do() -> None:
        if isinstance(act, Change):
            world.change.mark(USER, [notification_id], act)
        else:
            world.change.read_all(USER, notification_id)

    return do


def book(truth: Truth, act: Change | str, notification_id: str) -> None:
    if isinstance(act, Change):
        truth.mark(act, [notification_id])
    else:
        truth.read_all(notification_id)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("first", "second"), [*itertools.product(ACTS, repeat=2)], ids=str)
def test_of_two_changes_at_once_the_one_that_is_stored_later_holds(
    world: World, place: str, first: Change | str, second: Change | str
) -> None:
    """And both devices show it, in whichever order they are told."""
    truth = Truth()
    for device in world.devices:
        world.connect(device)
    world.arrive()
    older, same, newer = stored(world, truth, 3)
    for each in (Change.SEEN, Change.ARCHIVED) if place == "above" else ():
        acting(world, each, same)()
        book(truth, each, same)
    point = newer if place == "below" else older
    acting(world, READ_ALL, point)()
    book(truth, READ_ALL, point)
    world.inboxes.before["replace"] = acting(world, second, same)

    acting(world, first, same)()

    book(truth, second, same)
    book(truth, first, same)
    assert world.standing() == {each: tuple(state) for each, state in truth.states.items()}
    assert world.unread() == truth.unread()
    one, other = world.devices
    other.arriving.reverse()
    world.arrive()
    for device in (one, other):
        assert device.replica.is_current
        assert device.replica.unread == truth.unread()
        assert [each.id for each in device.replica.notifications] == [
            each for each in (newer, same, older) if not truth.states[each][2]
        ]
