"""The Python client against a server that does whatever a test says."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.sync.server import ServerConnection, serve

from notificationd_client.inbox import Disconnected, LiveInbox, Ticket, Timing, reconnect_delay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from websockets.http11 import Request, Response

PATIENCE = 30.0
QUICK = Timing(
    settle=0.2, refresh=0.2, gap=0.1, answer=0.3, first_delay=0.01, longest_delay=0.05, tick=0.02
)
SLOW = Timing(first_delay=0.01, longest_delay=0.05, tick=0.02)
EMPTY: dict[str, Any] = {
    "unread": 0,
    "unread_capped": False,
    "revision": 0,
    "read_up_to": None,
    "settled": "",
    "recent": [],
}
SINCE = "0199a2b3-0000-7000-8000-000000000000"

type Answer = Callable[[ServerConnection, dict[str, Any]], None]


def synced(connection: ServerConnection, frame: dict[str, Any], **fields: object) -> None:
    """Answer a sync with an empty inbox."""
    answer = {"type": "sync", "notifications": [], **EMPTY, "since": SINCE, "next": None}
    connection.send(json.dumps({**answer, "ref": frame["ref"], **fields}))


class Server:
    """Takes what clients say, and answers as it is told to.

    Args:
        good: tokens that are let in.
    """

    def __init__(self, *good: str) -> None:
        self.tokens: list[str] = []
        self.heard: list[dict[str, Any]] = []
        self.answer: Answer = synced
        self.changed = threading.Condition()
        self.url = ""
        self._good = good
        self._open: list[ServerConnection] = []

    def drop(self) -> None:
        """Close all connections."""
        with self.changed:
            open_, self._open = self._open, []
        for connection in open_:
            connection.close()

    def push(self, frame: object) -> None:
        self.say(json.dumps(frame))

    def say(self, text: str | bytes) -> None:
        for connection in self._open:
            connection.send(text)

    def wait_for(self, good: Callable[[], bool]) -> bool:
        with self.changed:
            return self.changed.wait_for(good, PATIENCE)

    def check(self, connection: ServerConnection, request: Request) -> Response | None:
        (token,) = parse_qs(urlsplit(request.path).query)["token"]
        with self.changed:
            self.tokens.append(token)
            self.changed.notify_all()
        if token in self._good:
            return None
        return connection.respond(HTTPStatus.FORBIDDEN, "")

    def handle(self, connection: ServerConnection) -> None:
        with self.changed:
            self._open.append(connection)
        for message in connection:
            frame = json.loads(message)
            with self.changed:
                self.heard.append(frame)
                self.changed.notify_all()
            self.answer(connection, frame)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    with ExitStack() as opened:
        listener = opened.enter_context(
            serve(server.handle, "127.0.0.1", 0, process_request=server.check)
        )
        server.url = f"ws://127.0.0.1:{listener.socket.getsockname()[1]}"
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        opened.callback(thread.join)
        opened.callback(listener.shutdown)
        yield server
        server.drop()


def minting(server: Server, *tokens: str, seconds: float = 3_600) -> Callable[[], Ticket]:
    """Return what mints these tokens in turn, and the last one from then on."""
    left = list(tokens)

    def mint() -> Ticket:
        token = left.pop(0) if len(left) > 1 else left[0]
        return Ticket(server.url, token, time.time() + seconds)

    return mint


def current(inbox: LiveInbox) -> bool:
    return inbox.is_current


def test_it_syncs_when_it_connects_and_again_after_every_cut() -> None:
    with running(Server("a")) as server, LiveInbox(minting(server, "a"), timing=SLOW) as inbox:
        assert inbox.wait_for(current, PATIENCE)
        server.drop()
        assert server.wait_for(lambda: len(server.heard) == 2)
        assert inbox.wait_for(current, PATIENCE)

    assert [frame["action"] for frame in server.heard] == ["sync", "sync"]
    assert "since" not in server.heard[0]
    assert server.heard[1]["since"] == SINCE


def test_a_refused_token_is_replaced() -> None:
    with (
        running(Server("new")) as server,
        LiveInbox(minting(server, "old", "new"), timing=SLOW) as inbox,
    ):
        assert inbox.wait_for(current, PATIENCE)

    assert server.tokens == ["old", "new"]


def test_a_token_that_is_about_to_end_is_renewed_before_it_is_used_again() -> None:
    with (
        running(Server("one", "two")) as server,
        LiveInbox(minting(server, "one", "two", seconds=29), timing=SLOW) as inbox,
    ):
        assert inbox.wait_for(current, PATIENCE)
        server.drop()
        assert server.wait_for(lambda: len(server.tokens) == 2)

    assert server.tokens == ["one", "two"]


def test_a_good_token_is_used_again() -> None:
    with (
        running(Server("one", "two")) as server,
        LiveInbox(minting(server, "one", "two"), timing=SLOW) as inbox,
    ):
        assert inbox.wait_for(current, PATIENCE)
        server.drop()
        assert server.wait_for(lambda: len(server.tokens) == 2)

    assert server.tokens == ["one", "one"]


def test_a_backend_that_does_not_mint_now_is_asked_again() -> None:
    failures = [ConnectionError("down"), TimeoutError()]
    with running(Server("a")) as server:

        def mint() -> Ticket:
            if failures:
                raise failures.pop()
            return minting(server, "a")()

        with LiveInbox(mint, timing=SLOW) as inbox:
            assert inbox.wait_for(current, PATIENCE)


def test_a_connection_on_which_a_sync_is_not_answered_is_given_up() -> None:
    with running(Server("a")) as server:
        server.answer = lambda *_: None
        with LiveInbox(minting(server, "a"), timing=QUICK):
            assert server.wait_for(lambda: len(server.tokens) == 3)


def test_it_syncs_from_time_to_time_so_that_nothing_stays_lost() -> None:
    with running(Server("a")) as server, LiveInbox(minting(server, "a"), timing=QUICK):
        assert server.wait_for(lambda: len(server.heard) == 4)

    assert len(server.tokens) == 1


def test_a_change_that_it_was_not_told_of_is_fetched() -> None:
    """The change after it has the revision after the next."""
    state = {"type": "state", "state": "read", "ids": [], **EMPTY, "revision": 2}
    with (
        running(Server("a")) as server,
        LiveInbox(
            minting(server, "a"), timing=Timing(gap=0.05, tick=0.02, first_delay=0.01)
        ) as inbox,
    ):
        assert inbox.wait_for(current, PATIENCE)
        server.answer = lambda connection, frame: synced(connection, frame, revision=2)
        server.push(state)
        assert server.wait_for(lambda: len(server.heard) == 2)
        assert inbox.wait_for(current, PATIENCE)

    assert server.heard[1]["since"] == "00000000-0000-7000-8000-000000000000"


def test_what_is_no_frame_of_the_protocol_does_no_harm() -> None:
    """API Gateway tells of a fault of a function in words of its own."""
    seen: list[dict[str, Any]] = []
    with (
        running(Server("a")) as server,
        LiveInbox(minting(server, "a"), timing=SLOW, on_frame=seen.append) as inbox,
    ):
        assert inbox.wait_for(current, PATIENCE)
        server.say("Worker process died")
        server.say(b"\xff\xfe")
        server.push({"message": "Internal server error", "connectionId": "c", "requestId": "r"})
        server.push(["sync"])
        server.push({"type": "state", "state": "read", "ids": [], **EMPTY, "revision": 1})
        assert inbox.wait_for(lambda _: any(frame.get("revision") == 1 for frame in seen), PATIENCE)

    assert len(server.tokens) == 1


def test_what_it_is_told_to_say_is_said_while_it_is_connected_and_not_else() -> None:
    inbox = LiveInbox(lambda: Ticket("ws://127.0.0.1:1", "a", 0))
    with pytest.raises(Disconnected):
        inbox.act("ping")

    with running(Server("a")) as server, LiveInbox(minting(server, "a"), timing=SLOW) as inbox:
        assert inbox.wait_for(current, PATIENCE)
        inbox.act("read_all", up_to=SINCE)
        assert server.wait_for(lambda: len(server.heard) == 2)

    assert server.heard[1] == {"action": "read_all", "up_to": SINCE}


def test_its_waits_double_and_are_random_over_the_whole() -> None:
    """Many that were cut at once do not all come at once."""
    ceilings = [reconnect_delay(failures, Timing(), 1.0) for failures in (0, 1, 2, 3, 4, 5, 6, 99)]

    assert ceilings == [1, 1, 2, 4, 8, 16, 30, 30]
    assert reconnect_delay(3, Timing(), 0.0) == 0
    assert reconnect_delay(3, Timing(), 0.25) == 1
