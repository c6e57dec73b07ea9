"""Writing to many sockets at once: none waits for another, and nobody waits for long."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from notificationd.domain.errors import ConnectionGone, Unavailable
from notificationd.runtime.aws import SOCKET_POOL_SIZE
from notificationd.services.broadcast import Broadcast, Delivery
from tests.fakes.delivery import RecordingJournal, RecordingSockets
from tests.fakes.storage import MemoryConnections

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

NOW = 1_800_000_000_000
DEVICES = [f"device-{number:02}" for number in range(50)]
HANGING = DEVICES[:10]
"""The first ones, so that they get the threads before any other does."""


class HangingSockets(RecordingSockets):
    """Holds up whoever writes to some of its sockets, until it is released."""

    def __init__(self, hanging: list[str]) -> None:
        super().__init__()
        self.released = threading.Event()
        self.started: list[str] = []
        self._hanging = set(hanging)

    def post(self, connection_id: str, frame: bytes) -> None:
        self.started.append(connection_id)
        if connection_id in self._hanging:
            self.released.wait()
        super().post(connection_id, frame)

    def reached(self) -> list[str]:
        return sorted(connection for connection, _ in self.frames)


@contextmanager
def broadcasting(sockets: RecordingSockets, patience: float) -> Iterator[Broadcast]:
    """Give a broadcast with as many threads as the functions have."""
    connections = MemoryConnections()
    for device in DEVICES:
        connections.add("4", device, NOW)
    pool = ThreadPoolExecutor(SOCKET_POOL_SIZE)
    try:
        yield Broadcast(
            connections=connections,
            sockets=sockets,
            journal=RecordingJournal(),
            pool=pool,
            patience=patience,
        )
    finally:
        if isinstance(sockets, HangingSockets):
            sockets.released.set()
        pool.shutdown()


def test_fifty_devices_are_all_reached() -> None:
    sockets = HangingSockets([])
    with broadcasting(sockets, patience=60) as broadcast:
        delivery = broadcast("4", b"frame", DEVICES)

    assert delivery == Delivery(taken=50, missed=())
    assert sorted(sockets.frames) == [(device, b"frame") for device in DEVICES]


def test_ten_sockets_that_hang_hold_up_no_other() -> None:
    sockets = HangingSockets(HANGING)
    with broadcasting(sockets, patience=2) as broadcast:
        delivery = broadcast("4", b"frame", DEVICES)
        reached = sockets.reached()

    assert reached == DEVICES[10:]
    assert delivery == Delivery(taken=40, missed=tuple(HANGING))


def test_nobody_waits_longer_than_is_agreed_even_if_all_hang() -> None:
    """What has not begun by then is not begun later: it is for the queue, or for the next sync."""
    sockets = HangingSockets(DEVICES)
    with broadcasting(sockets, patience=0.2) as broadcast:
        delivery = broadcast("4", b"frame", DEVICES)

    assert delivery == Delivery(taken=0, missed=tuple(DEVICES))
    assert len(sockets.started) == SOCKET_POOL_SIZE


def test_a_gone_socket_is_forgotten_and_a_busy_one_is_named() -> None:
    sockets = HangingSockets([])
    sockets.failing = {"device-03": ConnectionGone(), "device-07": Unavailable()}
    with broadcasting(sockets, patience=60) as broadcast:
        delivery = broadcast("4", b"frame", DEVICES)

        assert delivery == Delivery(taken=48, missed=("device-07",))
        assert "device-03" not in broadcast.connections.of("4")
        assert "device-07" in broadcast.connections.of("4")


def test_a_gone_socket_that_cannot_be_forgotten_now_fails_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sockets = HangingSockets([])
    sockets.failing = {"device-03": ConnectionGone()}

    def unavailable(*_: object) -> None:
        raise Unavailable

    with broadcasting(sockets, patience=60) as broadcast:
        monkeypatch.setattr(broadcast.connections, "remove", unavailable)

        assert broadcast("4", b"frame", DEVICES) == Delivery(taken=49, missed=())
        assert isinstance(broadcast.journal, RecordingJournal)
        assert broadcast.journal.events == ["connection_not_removed"]
