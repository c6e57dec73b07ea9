"""Pages in a real browser, on the running service."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Page

    from tests.e2e.service import Service, Someone

AXE = resources.files("axe_playwright_python") / "axe.min.js"
PATIENCE_MS = 60_000


def open_console(page: Page, service: Service, user: Someone) -> Locator:
    """Open the console signed in, as the link that `make run` prints does; return its inbox."""
    endpoints = service.endpoints
    given = {"key": endpoints.api_key, "user": user.id, "sandbox": endpoints.sandbox_url}
    page.goto(f"{endpoints.api_url}/#{urlencode(given)}")
    inbox = page.locator("notification-inbox")
    wait_until_live(inbox)
    return inbox


def wait_until_live(inbox: Locator) -> None:
    live_within(inbox, PATIENCE_MS)


def live_within(inbox: Locator, milliseconds: float) -> None:
    status = inbox.locator(".status")
    expect(status).to_have_attribute("data-state", "live", timeout=milliseconds)


def shown(inbox: Locator) -> list[tuple[str, bool]]:
    """Return the ids of what an inbox shows, newest first, and which are read."""
    return [
        (each["id"], each["read"])
        for each in inbox.evaluate("(inbox) => inbox.notifications.map((each) => ({ ...each }))")
    ]


def violations(page: Page) -> list[str]:
    """Return what axe-core finds against a page: WCAG 2.2 A and AA, and its best practices."""
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@contextmanager
def site(pages: Mapping[str, str]) -> Iterator[str]:
    """Serve somebody's own pages, and yield where: another origin than the service's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = pages.get(self.path.partition("?")[0])
            body = (text or "").encode()
            self.send_response(200 if text is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
