"""Several devices of one user: whatever happens in whatever order, all come to show the same.

The state machine interleaves what several workers and devices do: a change may be made between any
two steps of another, a notification may be stored long after its id was made, frames arrive in any
order or not at all, and connections are cut. The truth that everything is held to makes the same
changes one by one.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, ClassVar, override
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from notificationd.adapters.dynamodb.inboxes import DynamoInboxes
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.domain import inbox
from notificationd.domain.errors import NotFound
from notificationd.domain.ids import last_id
from notificationd.domain.marks import Change
from tests.devices.world import USER, Device, Truth, World
from tests.fakes import aws
from tests.fakes.inboxes import MemoryInboxes
from tests.fakes.storage import MemoryNotifications

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICES = 3
STORING_SECONDS = 10
"""How long an id may be older than its record: the sender's time."""
STEPS = st.sampled_from(["replace", "unmarked", "page"])
DEVICE = st.integers(0, DEVICES - 1)
CHANGE = st.sampled_from(Change)
IDS = st.lists(st.integers(0, 30), min_size=1, max_size=3)


class Inboxes(RuleBasedStateMachine):
    """Rules are what the world does. One change may be put inside the next step of another."""

    kind: ClassVar[str] = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        if self.kind == "memory":
            notifications = MemoryNotifications()
            self.world = World(notifications, MemoryInboxes(notifications), DEVICES)
        else:
            client = self.open.enter_context(aws.table())
            self.world = World(
                DynamoNotifications(client, aws.TABLE), DynamoInboxes(client, aws.TABLE), DEVICES
            )
        self.world.inboxes.committed = self._committed
        self.open.enter_context(mock.patch.object(inbox, "LONG", 4))
        self.open.enter_context(mock.patch.object(inbox, "CARRIED", 3))
        self.truth = Truth()
        self.asked: list[Callable[[], None]] = []

    # --- the service

    @rule(early=st.booleans(), number=st.integers(1, 3))
    def mint(self, *, early: bool, number: int) -> None:
        for _ in range(number):
            self.world.clock.advance(0.001)
            self.world.mint(looked_up_early=early)

    @precondition(lambda self: self.world.sending)
    @rule(data=st.data())
    def store(self, data: st.DataObject) -> None:
        self._store(data.draw(st.integers(0, len(self.world.sending) - 1)))

    @rule(seconds=st.sampled_from([0.001, 1, 40, 3_600]))
    def wait(self, seconds: float) -> None:
        """Let time pass. Whoever accepts a notification has stored it by then, or is dead."""
        if seconds > STORING_SECONDS:
            while self.world.sending:
                self._store(0)
        self.world.clock.advance(seconds)

    @rule(change=CHANGE, places=IDS)
    def mark(self, change: Change, places: list[int]) -> None:
        self._mark(change, self._known(places))

    @rule(places=IDS)
    def read_all(self, places: list[int]) -> None:
        self._read_all(self._known(places)[-1])

    @rule()
    def read_all_there_is(self) -> None:
        self._read_all(last_id(self.world.clock()))

    @rule(step=STEPS, change=CHANGE, places=IDS)
    def mark_within(self, step: str, change: Change, places: list[int]) -> None:
        """Put a change before the next such step, whoever comes to it."""
        ids = self._known(places)
        self.world.inboxes.before[step] = lambda: self._mark(change, ids)

    @rule(step=STEPS, places=IDS)
    def read_all_within(self, step: str, places: list[int]) -> None:
        up_to = self._known(places)[-1]
        self.world.inboxes.before[step] = lambda: self._read_all(up_to)

    @rule(step=STEPS)
    def store_within(self, step: str) -> None:
        def hook() -> None:
            if self.world.sending:
                self._store(0)

        self.world.inboxes.before[step] = hook

    # --- the devices

    @rule(number=DEVICE)
    def connect(self, number: int) -> None:
        if (device := self.world.devices[number]).connection is None:
            self.world.connect(device)

    @rule(number=DEVICE, noticed=st.booleans())
    def cut(self, number: int, *, noticed: bool) -> None:
        if (device := self.world.devices[number]).connection is not None:
            self.world.cut(device, noticed=noticed)

    @rule(number=DEVICE, place=st.integers(0, 9), times=st.integers(1, 5))
    def deliver(self, number: int, place: int, times: int) -> None:
        device = self.world.devices[number]
        for _ in range(times):
            if device.arriving:
                self.world.deliver(device, place % len(device.arriving))

    @rule(number=DEVICE)
    def hear(self, number: int) -> None:
        if (device := self.world.devices[number]).unsent:
            self.world.hear(device)

    @rule(number=DEVICE)
    def lose(self, number: int) -> None:
        """Let a frame be lost although the connection holds. Answers are not: see `answer`."""
        device = self.world.devices[number]
        lost = [each for each in device.arriving if each["type"] != "sync"]
        if lost:
            device.arriving.remove(lost[0])
            device.missed = True

    @rule(number=DEVICE)
    def refresh(self, number: int) -> None:
        device = self.world.devices[number]
        if device.connection is not None:
            self._refresh(device)

    @rule(number=DEVICE)
    def load_older(self, number: int) -> None:
        device = self.world.devices[number]
        if device.connection is not None and (frame := device.replica.older()):
            device.unsent.append(frame)

    @rule()
    def pass_a_quiet_minute(self) -> None:
        """Let devices sync: from then on a sync tells nothing more of what was there before."""
        self.wait(60)
        for device in self.world.devices:
            if device.connection is not None:
                self._refresh(device)

    @rule()
    def arrive(self) -> None:
        self.world.arrive()

    # --- what holds

    @invariant()
    def a_device_that_was_told_everything_shows_it_all(self) -> None:
        """Without another sync, whichever way the counts and the pushes have crossed."""
        for device in self.world.devices:
            quiet = not device.arriving and not device.unsent and device.connection is not None
            if quiet and not device.missed and device.replica.is_current:
                assert device.replica.unread == self.truth.unread()

    @override
    def teardown(self) -> None:
        """Let everything come to rest: all devices come back, and sync half a minute later."""
        self.world.inboxes.before.clear()
        while self.world.sending:
            self._store(0)
        for device in self.world.devices:
            if device.connection is None:
                self.world.connect(device)
        self.world.arrive()
        self.world.clock.advance(30)
        for device in self.world.devices:
            self._refresh(device)
            while not device.replica.is_current:  # a gap that the sync has shown
                self._refresh(device)
        self._judge()
        for device in self.world.devices:
            while (frame := device.replica.older()) is not None:
                device.unsent.append(frame)
                self.world.arrive()
            assert not device.replica.oldest
        self._judge()
        self.open.close()

    def _judge(self) -> None:
        standing = self.world.standing()
        assert standing == {each: tuple(state) for each, state in self.truth.states.items()}
        assert self.world.unread() == self.truth.unread()
        for device in self.world.devices:
            shown = device.replica.notifications
            newest = sorted(standing, reverse=True)
            expected = [
                (each, standing[each][0], standing[each][1])
                for each in newest
                if not standing[each][2] and each >= device.replica.oldest
            ]
            assert [(each.id, each.read, each.seen) for each in shown] == expected
            assert device.replica.unread == self.truth.unread()

    # --- how

    def _refresh(self, device: Device) -> None:
        if frame := device.replica.refresh():
            device.unsent.append(frame)
        self.world.arrive()

    def _known(self, places: list[int]) -> list[str]:
        known = sorted(self.truth.states) or [last_id(self.world.clock())]
        return [known[place % len(known)] for place in places]

    def _store(self, number: int) -> None:
        self.truth.store(self.world.store(number))

    def _mark(self, change: Change, ids: list[str]) -> None:
        self.asked.append(lambda: self.truth.mark(change, ids))
        with suppress(NotFound):
            self.world.change.mark(USER, ids, change)
        self.asked.pop()

    def _read_all(self, up_to: str) -> None:
        self.asked.append(lambda: self.truth.read_all(up_to))
        self.world.change.read_all(USER, up_to)
        self.asked.pop()

    def _committed(self) -> None:
        """Make the change that was just stored in the truth, too: the innermost one under way."""
        self.asked[-1]()


class InboxesInTheTable(Inboxes):
    kind = "dynamodb"


TestInMemory = Inboxes.TestCase
TestInMemory.settings = settings(max_examples=300, stateful_step_count=60)

TestInTheTable = InboxesInTheTable.TestCase
TestInTheTable.settings = settings(max_examples=25, stateful_step_count=30)
