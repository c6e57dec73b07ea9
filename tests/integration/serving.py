"""Servers in this process, on free ports of loopback."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from aiohttp import web

from local.sandbox.app import make_runner
from local.sandbox.client import SandboxClient

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

    from local.sandbox.provider_calls import Sandbox

HOST = "127.0.0.1"


@contextmanager
def served_sandbox(sandbox: Sandbox) -> Iterator[SandboxClient]:
    """Serve a provider sandbox and yield a client of it."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    runner = make_runner(sandbox)

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        port: int = runner.addresses[0][1]
        return port

    port = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        with SandboxClient(f"http://{HOST}:{port}") as client:
            yield client
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer, given whatever the request is.

    Args:
        instead: takes the place of the answer: it is given the request's handler.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    instead: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class ScriptedServer:
    """An HTTP server with one answer for all, for what the sandbox cannot play.

    Attributes:
        first: answers that are given once each, before that one.
        requests: those that came, oldest first.
        connections: how many TCP connections were made to it.
    """

    url: str
    answer: Canned = field(default_factory=Canned)
    first: list[Canned] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    connections: int = 0
    lock: Lock = field(default_factory=Lock)


@contextmanager
def scripted_server(tls: ssl.SSLContext | None = None) -> Iterator[ScriptedServer]:
    """Serve canned answers, over TLS where its context is given."""
    script = ScriptedServer("")

    class Server(ThreadingHTTPServer):
        def get_request(self) -> tuple[Any, Any]:
            connection, address = super().get_request()
            with script.lock:
                script.connections += 1
            # The handshake is the connection's own thread's: a refused one must not end the server.
            if tls is not None:
                connection = tls.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
            return connection, address

        def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
            """Stay quiet: callers that hang up or refuse the certificate are what is tested."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            with script.lock:
                script.requests.append(Seen(self.command, self.path, body, dict(self.headers)))
                answer = script.first.pop(0) if script.first else script.answer
            if answer.instead is not None:
                self.close_connection = True
                answer.instead(self)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        # The names that the base class looks for.
        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    with Server((HOST, 0), Handler) as server:
        scheme = "http" if tls is None else "https"
        script.url = f"{scheme}://{HOST}:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
