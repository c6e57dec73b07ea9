"""A live inbox over a WebSocket that is kept open: reconnected, resynced, and soon up to date.

```python
with Client(api_url, api_key) as client, LiveInbox(tickets(client, 4)) as inbox:
    inbox.wait_for(lambda seen: seen.unread > 0)
    inbox.act("read_all", up_to=inbox.notifications[0].id)
```

Elsewhere than in the backend there is no API key: give LiveInbox a function that asks the backend
for a Ticket.
"""

from __future__ import annotations

import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Self

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from notificationd_client.errors import NotificationdError
from notificationd_client.replica import Frame, Notification, Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.sync.client import ClientConnection

    from notificationd_client.client import Client


_REFUSED = {401, 403}
_CLOSE_SECONDS = 1.0
"""For the other end to agree to a close: a dead one never does."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a connection takes.

    Args:
        url: of the WebSocket API.
        token: a user token.
        expires_at: when it ends, in seconds since the epoch.
    """

    url: str
    token: str
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How patient it is, in seconds. docs/protocol.md says why.

    Args:
        settle: from connecting to a second sync, which finds what was just being stored.
        refresh: between syncs from then on: they keep the socket open, and find what was lost.
        gap: how long a change may come later than one that was made after it.
        answer: how long the answer to a sync may take before the connection is given up.
        renew: how long before its end a token is not used any more.
        first_delay: the longest wait after a first cut; it doubles with each that follows.
        longest_delay: the longest wait at all.
        opening: how long a connection may take to open.
        tick: how often it looks whether something is due.
    """

    settle: float = 30.0
    refresh: float = 300.0
    gap: float = 2.0
    answer: float = 10.0
    renew: float = 30.0
    first_delay: float = 1.0
    longest_delay: float = 30.0
    opening: float = 30.0
    tick: float = 0.5


def tickets(client: Client, user_id: int | str) -> Callable[[], Ticket]:
    """Return what mints a user's tickets with an API client, for a LiveInbox of the backend's."""

    def mint() -> Ticket:
        try:
            minted = client.create_token(user_id)
        except NotificationdError as error:
            if error.is_retryable:
                raise ConnectionError("no token could be minted now") from error
            raise
        return Ticket(minted.websocket_url, minted.token, minted.expires_at.timestamp())

    return mint


class Disconnected(Exception):
    """There is no connection right now: nothing was sent."""


class LiveInbox:
    """A user's inbox, kept up to date by a thread of its own.

    Args:
        mint: returns a ticket with a fresh token. An OSError from it is met by another try.
        on_frame: is told every frame that comes, in the inbox's own thread.
        on_state: is told `connecting`, `connected` and `waiting`, in the same.
        random: returns a number from 0 (included) to 1 (excluded).
    """

    def __init__(
        self,
        mint: Callable[[], Ticket],
        *,
        on_frame: Callable[[Frame], None] = lambda _: None,
        on_state: Callable[[str], None] = lambda _: None,
        timing: Timing | None = None,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._mint = mint
        self._on_frame = on_frame
        self._on_state = on_state
        self._timing = timing or Timing()
        self._random = random
        self._replica = Replica()
        self._changed = Condition()
        self._closed = Event()
        self._connection: ClientConnection | None = None
        self._ticket: Ticket | None = None
        self._thread = Thread(target=self.run, name="live-inbox", daemon=True)

    # --- what it shows

    @property
    def notifications(self) -> list[Notification]:
        """What is in the inbox and not archived, newest first."""
        with self._changed:
            return self._replica.notifications

    @property
    def unread(self) -> int:
        """How many are unread: at most 1,000."""
        with self._changed:
            return self._replica.unread

    @property
    def is_current(self) -> bool:
        """Whether it is connected, has synced, and knows of nothing that it was not told."""
        with self._changed:
            return self._connection is not None and self._replica.is_current

    def wait_for(self, good: Callable[[Self], bool], timeout: float | None = None) -> bool:
        """Wait until the inbox is as it should be; say whether it came to that.

        Args:
            timeout: seconds; None waits for ever.
        """
        with self._changed:
            return self._changed.wait_for(lambda: good(self), timeout)

    # --- what it does

    def act(self, action: str, **fields: object) -> None:
        """Send a frame, such as `act("read", ids=[…])`. All devices are told of what it changes.

        Raises:
            Disconnected: nothing was sent.
        """
        connection = self._connection
        if connection is None:
            raise Disconnected
        try:
            connection.send(json.dumps({"action": action, **fields}))
        except (WebSocketException, OSError) as error:
            raise Disconnected from error

    def cut(self) -> None:
        """Close the connection, if there is one. It connects again."""
        if connection := self._connection:
            connection.close()

    def start(self) -> None:
        """Connect, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Disconnect for good."""
        self._closed.set()
        self.cut()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self) -> None:
        """Stay connected until it is closed. `start` runs it in a thread."""
        failures = 0
        while not self._closed.is_set():
            self._on_state("connecting")
            try:
                answered = self._connect()
            except InvalidStatus as refused:
                answered = False
                if refused.response.status_code in _REFUSED:
                    self._ticket = None  # it has expired, or is none of this service's
            except (WebSocketException, OSError):
                answered = False
            failures = 0 if answered else failures + 1
            if not self._closed.is_set():
                self._on_state("waiting")
                self._closed.wait(reconnect_delay(failures, self._timing, self._random()))

    # --- how

    def _connect(self) -> bool:
        """Hold one connection until it ends, and tell whether it was good for anything."""
        ticket = self._valid_ticket()
        url = f"{ticket.url}?token={ticket.token}"
        with connect(
            url,
            open_timeout=self._timing.opening,
            close_timeout=_CLOSE_SECONDS,
            proxy=None,
        ) as connection:
            self._on_state("connected")
            with self._changed:
                frame = self._replica.connected()
                self._connection = connection
            conversation = _Conversation(self._timing)
            try:
                self._converse(connection, conversation, frame)
            except (WebSocketException, OSError):
                return conversation.answered
            finally:
                with self._changed:
                    self._connection = None
                    self._changed.notify_all()
        return conversation.answered

    def _converse(
        self, connection: ClientConnection, conversation: _Conversation, frame: Frame | None
    ) -> None:
        """Sync, take in what comes, and sync again when it is due; until the connection ends."""
        while not self._closed.is_set():
            if frame is not None:
                connection.send(json.dumps(frame))
                conversation.asked()
            with suppress(TimeoutError):
                received = _frame_in(connection.recv(self._timing.tick))
                with self._changed:
                    frame = self._replica.received(received)
                    self._changed.notify_all()
                conversation.answered = conversation.answered or received.get("type") == "sync"
                self._on_frame(received)
                if frame is not None:
                    continue
            with self._changed:
                frame = conversation.due(self._replica)

    def _valid_ticket(self) -> Ticket:
        ticket = self._ticket
        if ticket is None or ticket.expires_at - time.time() < self._timing.renew:
            ticket = self._ticket = self._mint()
        return ticket


def _frame_in(message: str | bytes) -> Frame:
    """Return a frame; an empty one for what is none, as when a gateway tells of its own faults."""
    try:
        frame = json.loads(message)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}


def reconnect_delay(failures: int, timing: Timing, random: float) -> float:
    """Return the seconds to wait, at random: not all that were cut at once come at once.

    Args:
        failures: connections in a row that came to nothing, the last one included.
        random: from 0 (included) to 1 (excluded).
    """
    ceiling = timing.first_delay * 2.0 ** min(max(failures - 1, 0), 20)
    return random * min(timing.longest_delay, ceiling)


class _Conversation:
    """When the next sync of a connection is due."""

    def __init__(self, timing: Timing) -> None:
        self.answered = False
        self._timing = timing
        self._next = time.monotonic() + timing.settle
        self._asked = 0.0
        self._gap: float | None = None

    def asked(self) -> None:
        """Take note that a sync was sent."""
        self._asked = time.monotonic()

    def due(self, replica: Replica) -> Frame | None:
        """Return what is to be sent by now.

        Raises:
            TimeoutError: an answer does not come.
        """
        now = time.monotonic()
        if replica.is_syncing:
            if now > self._asked + self._timing.answer:
                raise TimeoutError
            return None
        self._gap = (self._gap or now) if replica.has_gap else None
        missing = self._gap is not None and now >= self._gap + self._timing.gap
        if not missing and now < self._next:
            return None
        self._next = now + self._timing.refresh
        return replica.refresh()
