"""The inbox's use cases, and devices that talk to them over links on which anything can happen."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from notificationd.api import actions, frames
from notificationd.api.views import FRAME_BYTES, notification_frame
from notificationd.domain.errors import ConnectionGone
from notificationd.domain.ids import uuid7
from notificationd.domain.inbox import InboxRequest
from notificationd.domain.marks import Change
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status, accepted
from notificationd.services.broadcast import Broadcast
from notificationd.services.change_inbox import ChangeInbox
from notificationd.services.read_inbox import CountUnread, ReadInbox
from notificationd_client.replica import Replica
from tests.fakes import make
from tests.fakes.delivery import Clock, RecordingJournal
from tests.fakes.storage import MemoryConnections
from tests.proof.world import InlinePool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from notificationd.domain import ports
    from notificationd.domain.inbox import InboxPage, Unmarked
    from notificationd.domain.marks import Marks, Progress
    from notificationd.domain.notification import Notification

USER = "4"

type Hook = Callable[[], None]


class Interrupted:
    """Fulfils `domain.ports.Inboxes`: lets something else happen between two steps.

    `before` has what happens before a step, by its name, each once; `committed` is called for every
    change that was stored.
    """

    def __init__(self, inboxes: ports.Inboxes) -> None:
        self.before: dict[str, Hook] = {}
        self.committed: Hook = lambda: None
        self._inboxes = inboxes

    def look(self, user: str, ids: Collection[str] = ()) -> tuple[Progress, dict[str, Marks]]:
        return self._inboxes.look(user, ids)

    def replace(
        self, user: str, before: Progress, after: Progress, marks: Mapping[str, Marks]
    ) -> None:
        self._happen("replace")
        self._inboxes.replace(user, before, after, marks)
        if after.revision != before.revision:
            self.committed()

    def page(self, user: str, request: InboxRequest, progress: Progress, at: int) -> InboxPage:
        self._happen("page")
        return self._inboxes.page(user, request, progress, at)

    def unmarked(self, user: str, above: str, limit: int, at: int) -> Unmarked:
        self._happen("unmarked")
        return self._inboxes.unmarked(user, above, limit, at)

    def _happen(self, step: str) -> None:
        self.before.pop(step, lambda: None)()


@dataclass(slots=True)
class Device:
    """A device and what is on its way to it.

    Args:
        connection: the id of its open socket, None where it is cut.
        arriving: frames that were written to the socket, in no order.
        unsent: what it has not said yet.
        missed: frames were lost, or never sent, since it last synced.
    """

    replica: Replica = field(default_factory=lambda: Replica(limit=3))
    connection: str | None = None
    arriving: list[dict[str, Any]] = field(default_factory=list)
    unsent: list[dict[str, Any]] = field(default_factory=list)
    missed: bool = False


@dataclass(slots=True)
class Sending:
    """A notification on its way into the inbox: it has its id, and its record is not stored yet."""

    notification: Notification
    connections: Sequence[str] | None


class World:
    """A service with one user who has several devices."""

    def __init__(
        self, notifications: ports.Notifications, inboxes: ports.Inboxes, devices: int
    ) -> None:
        self.clock = Clock()
        self.notifications = notifications
        self.inboxes = Interrupted(inboxes)
        self.connections = MemoryConnections()
        self.devices = [Device() for _ in range(devices)]
        self.sending: list[Sending] = []
        self._connected = 0
        count = CountUnread(inboxes=self.inboxes, clock=self.clock)
        journal = RecordingJournal()
        pool = InlinePool()
        self._broadcast = Broadcast(
            connections=self.connections, sockets=self, journal=journal, pool=pool
        )
        self._read = ReadInbox(inboxes=self.inboxes, count=count, pool=pool, clock=self.clock)
        self.change = ChangeInbox(
            inboxes=self.inboxes,
            connections=self.connections,
            count=count,
            broadcast=self._broadcast,
            journal=journal,
            pool=pool,
            clock=self.clock,
            frame=frames.state,
        )

    # --- the service

    def post(self, connection_id: str, frame: bytes) -> None:
        """Write a frame to a socket: `domain.ports.Sockets`."""
        assert len(frame) <= FRAME_BYTES
        for device in self.devices:
            if device.connection == connection_id:
                device.arriving.append(json.loads(frame))
                return
        raise ConnectionGone

    def mint(self, *, looked_up_early: bool) -> None:
        """Accept a notification; connections are looked up beside the write, before or after."""
        notification = make.notification(
            channel=Channel.IN_APP, created_at=self.clock(), id=uuid7(self.clock())
        )
        live = self.connections.of(USER) if looked_up_early else None
        self.sending.append(Sending(notification, live))

    def store(self, number: int) -> str:
        """Store a notification that was accepted, push it, and return its id."""
        sending = self.sending.pop(number)
        self.notifications.create(accepted(sending.notification, Status.SENT))
        live = sending.connections
        if live is None:
            live = self.connections.of(USER)
        self._broadcast(USER, notification_frame(sending.notification), live)
        for device in self.devices:
            if device.connection not in live:
                device.missed = True
        return sending.notification.id

    def standing(self) -> dict[str, tuple[bool, bool, bool]]:
        """Return what the service says of every notification: read, seen, archived."""
        progress, _ = self.inboxes.look(USER)
        request = InboxRequest(limit=1_000, archived=True)
        found = self.inboxes.page(USER, request, progress, self.clock()).records
        standings = {
            r.notification.id: progress.standing(r.notification.id, r.marks) for r in found
        }
        return {each: (s.read, s.seen, s.archived) for each, s in standings.items()}

    def unread(self) -> int:
        """Return the service's count."""
        return self._read(USER, InboxRequest(limit=1)).count.unread

    # --- the devices

    def connect(self, device: Device) -> None:
        self._connected += 1
        device.connection = f"connection-{self._connected}"
        self.connections.add(USER, device.connection, self.clock())
        device.unsent = [device.replica.connected()]

    def cut(self, device: Device, *, noticed: bool) -> None:
        """Cut a device's connection; whether its socket is forgotten at once depends."""
        if noticed and device.connection is not None:
            self.connections.remove(USER, device.connection)
        device.connection = None
        device.arriving.clear()
        device.unsent.clear()
        device.missed = True

    def deliver(self, device: Device, number: int) -> None:
        """Let a frame arrive."""
        answer = device.replica.received(device.arriving.pop(number))
        if answer is not None:
            device.unsent.append(answer)

    def hear(self, device: Device) -> None:
        """Let the service act on what a device has said: only ever a sync, here."""
        frame = device.unsent.pop(0)
        asked = actions.sync_of(USER, frame, self.clock())
        if "cursor" not in frame:
            device.missed = False
        snapshot = self._read(USER, asked.to_request(FRAME_BYTES))
        assert device.connection is not None
        self.post(device.connection, frames.sync(USER, asked, snapshot))

    def arrive(self) -> None:
        """Let everything arrive that is on its way, in both directions."""
        for device in self.devices:
            while device.arriving or device.unsent:
                if device.unsent:
                    self.hear(device)
                else:
                    self.deliver(device, 0)


class Truth:
    """What the changes come to if each is made alone, one after the other: the plainest way."""

    def __init__(self) -> None:
        self.states: dict[str, list[bool]] = {}
        self._read_up_to = ""

    def store(self, notification_id: str) -> None:
        self.states[notification_id] = [notification_id <= self._read_up_to, False, False]

    def read_all(self, up_to: str) -> None:
        self._read_up_to = max(self._read_up_to, up_to)
        for each, state in self.states.items():
            state[0] = state[0] or each <= up_to

    def mark(self, change: Change, ids: Sequence[str]) -> None:
        place, value = {
            Change.READ: (0, True),
            Change.UNREAD: (0, False),
            Change.SEEN: (1, True),
            Change.UNSEEN: (1, False),
            Change.ARCHIVED: (2, True),
            Change.UNARCHIVED: (2, False),
        }[change]
        for each in ids:
            if each in self.states:
                self.states[each][place] = value

    def unread(self) -> int:
        return sum(not read and not archived for read, _, archived in self.states.values())
