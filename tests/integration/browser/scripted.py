"""A service inside the browser's own network: it says and answers what a test tells it to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route, WebSocketRoute

ORIGIN = "http://inbox.test"
SOCKETS = "ws://inbox.test/live"
PATIENCE_MS = 30_000
SINCE = "0199a2b3-0000-7000-8000-000000000000"
EMPTY: dict[str, Any] = {
    "unread": 0,
    "unread_capped": False,
    "revision": 0,
    "read_up_to": None,
    "settled": "",
    "recent": [],
}

type Answer = Callable[[WebSocketRoute, dict[str, Any]], None]
type HttpAnswer = tuple[int, dict[str, Any]]

CONNECT = """
async (options) => {
  const { connect } = await import("/client/client.js");
  window.told = [];
  window.arrived = [];
  const token = options.token ?? (async () => {
    window.asked = (window.asked ?? 0) + 1;
    const tokens = options.tokens ?? ["a"];
    return tokens[Math.min(window.asked, tokens.length) - 1];
  });
  window.inbox = connect({ api: "http://inbox.test/", user: 4, websocket: "ws://inbox.test/live",
    ...options, token });
  window.inbox.subscribe((snapshot) => {
    window.snapshot = snapshot;
    window.told.push(snapshot.state);
    window.arrived.push(...snapshot.arrived.map(({ id }) => id));
  });
}
"""


def id_of(number: int) -> str:
    return f"0199a2b3-0000-7000-8000-{number:012d}"


def notification(number: int, **fields: object) -> dict[str, Any]:
    state = {"read": False, "seen": False, "archived": False}
    created = {"created_at": "2026-03-05T10:00:00.000Z"}
    return {"id": id_of(number), "content": f"number {number}", **created, **state, **fields}


def synced(socket: WebSocketRoute, frame: dict[str, Any], **fields: object) -> None:
    """Answer a sync with an empty inbox, but for what is given."""
    answer = {"type": "sync", "notifications": [], **EMPTY, "since": SINCE, "next": None}
    socket.send(json.dumps({**answer, "ref": frame.get("ref"), **fields}))


def told(frame: dict[str, Any], unread: int, revision: int = 1) -> dict[str, Any]:
    """Return what devices are told of what a frame has changed."""
    states = {"archive": "archived", "read_all": "read"}
    state = states.get(frame["action"], frame["action"])
    which: dict[str, Any] = {name: frame[name] for name in ("ids", "up_to") if name in frame}
    counted = {**EMPTY, "unread": unread, "revision": revision, "settled": id_of(999)}
    return {"type": "state", "state": state, **which, **counted, "ref": frame["ref"]}


class ScriptedService:
    """Takes what clients say.

    Attributes:
        answer: is given every frame, and answers it or not.
        answer_http: is given method and path of every request, and answers it.
        refuses: sockets are closed before they are good for anything.
        sockets: those that are open, the newest last.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tokens: list[str] = []
        self.heard: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str, str]] = []
        self.sockets: list[WebSocketRoute] = []
        self.answer: Answer = synced
        self.answer_http: Callable[[str, str], HttpAnswer] = lambda *_: (200, {**_page()})
        self.refuses = False
        page.add_init_script("Math.random = () => 0.999;")  # waits are as long as they may be
        page.route_web_socket(f"{SOCKETS}**", self._connect)
        page.route("**/users/**", self._request)

    # --- the page's end

    def connect(self, **options: object) -> None:
        """Let the page connect its client."""
        self.page.evaluate(CONNECT, options)

    def wait_for(self, expression: str) -> None:
        """Wait until something holds in the page, such as `inbox.unread === 1`."""
        self.page.wait_for_function(expression, timeout=PATIENCE_MS)

    def until(self, good: Callable[[], bool]) -> None:
        """Wait until something holds at the service's end."""
        for _ in range(PATIENCE_MS // 20):
            if good():
                return
            self.page.wait_for_timeout(20)  # the page's messages are taken in meanwhile
        message = f"heard {self.heard}, asked with {self.tokens}"
        raise AssertionError(message)

    def pass_time(self, seconds: float) -> None:
        """Let time pass in the page, and all that is due by then happen."""
        self.page.clock.fast_forward(int(seconds * 1000))

    def look(self) -> None:
        """Give what must not happen the time to happen: it cannot be waited for."""
        self.page.wait_for_timeout(50)

    # --- the service's

    def push(self, frame: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps(frame))

    def drop(self) -> None:
        """Close the newest connection."""
        self.sockets[-1].close()

    def said(self, action: str) -> list[dict[str, Any]]:
        """Return the frames of an action that were heard."""
        return [frame for frame in self.heard if frame["action"] == action]

    def _connect(self, socket: WebSocketRoute) -> None:
        self.tokens += parse_qs(urlsplit(socket.url).query)["token"]
        if self.refuses:
            socket.close()
            return
        self.sockets.append(socket)

        def hear(message: str | bytes) -> None:
            frame = json.loads(message)
            self.heard.append(frame)
            self.answer(socket, frame)

        socket.on_message(hear)
        socket.on_close(lambda *_: self.sockets.remove(socket))

    def _request(self, route: Route) -> None:
        request = route.request
        url = urlsplit(request.url)
        path = url.path + (f"?{url.query}" if url.query else "")
        self.requests.append((request.method, path, request.headers.get("authorization", "")))
        status, body = self.answer_http(request.method, path)
        route.fulfill(status=status, json=body, content_type="application/json")


def _page() -> dict[str, Any]:
    return {"data": [], "next": None, **EMPTY}
