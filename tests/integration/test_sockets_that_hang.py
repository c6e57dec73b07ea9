"""API Gateway's management API behind the real client: some of its answers never come."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, override
from urllib.parse import unquote

import pytest

from notificationd.adapters.websocket import ApiGatewaySockets
from notificationd.runtime import aws
from notificationd.services.broadcast import Broadcast, Delivery
from tests.fakes.delivery import RecordingJournal
from tests.fakes.storage import MemoryConnections

if TYPE_CHECKING:
    from collections.abc import Iterator

DEVICES = [f"device-{number:02}" for number in range(50)]
HANGING = DEVICES[:10]
GONE = "device-20"


class ManagementApi(ThreadingHTTPServer):
    """Takes frames, but for those to the devices that hang."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.released = threading.Event()
        self.taken: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ManagementApi

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        device = unquote(self.path.rpartition("/")[2])
        if device in HANGING:
            self.server.released.wait()
        self.server.taken.append(device)
        self.send_response(410 if device == GONE else 200)
        if device == GONE:
            self.send_header("x-amzn-errortype", "GoneException")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[ManagementApi]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ManagementApi()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _forget_clients()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()
    _forget_clients()


def _forget_clients() -> None:
    """Let clients be made anew: their credentials are those of the moment they are made."""
    for made in vars(aws).values():
        if clear := getattr(made, "cache_clear", None):
            clear()


def test_forty_devices_get_a_frame_while_ten_hang_and_nobody_waits_for_those(
    api: ManagementApi,
) -> None:
    """With the time-outs, connections and threads that the functions have."""
    connections = MemoryConnections()
    for device in DEVICES:
        connections.add("4", device, 0)
    with ThreadPoolExecutor(aws.SOCKET_POOL_SIZE) as pool:
        broadcast = Broadcast(
            connections=connections,
            sockets=ApiGatewaySockets(aws.sockets(f"http://127.0.0.1:{api.server_port}/live")),
            journal=RecordingJournal(),
            pool=pool,
        )

        delivery = broadcast("4", b'{"type":"pong"}', DEVICES)

        assert sorted(api.taken) == DEVICES[10:]
        assert delivery == Delivery(taken=39, missed=tuple(HANGING))
        assert GONE not in connections.of("4")
