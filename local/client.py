"""A bare connection to the WebSocket API, for tests, and the tokens that it takes.

The client that follows the protocol is `notificationd_client.inbox.LiveInbox`.
"""

import json
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from local.endpoints import Endpoints
from local.errors import LocalError
from notificationd_client.inbox import Ticket

_SECONDS = 30.0  # a function's first call here unpacks its layers


class Refused(Exception):
    """The service did not let the client connect; `status` is the HTTP status of its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class InboxClient:
    """A live connection of one user.

    Args:
        websocket_url: from `endpoints.json`.
        token: a user token; None connects without one.

    Raises:
        Refused: the service said no.
        OSError: it can't be reached.

    """

    def __init__(self, websocket_url: str, token: str | None) -> None:
        url = websocket_url if token is None else f"{websocket_url}?token={token}"
        self._open = ExitStack()
        try:
            self._connection: ClientConnection = self._open.enter_context(
                connect(url, open_timeout=_SECONDS, proxy=None)
            )
        except InvalidStatus as error:
            raise Refused(error.response.status_code) from error

    def send(self, action: str, **fields: object) -> None:
        """Send a frame: `{"action": action, …}`."""
        self.send_text(json.dumps({"action": action, **fields}))

    def send_text(self, text: str) -> None:
        """Send any text as a frame."""
        self._connection.send(text)

    def receive(self, timeout: float | None = _SECONDS) -> dict[str, Any]:
        """Wait for a frame and return it.

        Args:
            timeout: seconds; None waits for ever.

        Raises:
            TimeoutError: none came.
            websockets.exceptions.ConnectionClosed: none will come.

        """
        frame: dict[str, Any] = json.loads(self._connection.recv(timeout))
        return frame

    def close(self) -> None:
        """Close the connection."""
        self._open.close()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()


def mint_token(endpoints: Endpoints, user_id: str) -> str:
    """Return a token for a user, minted over the API.

    Raises:
        LocalError: the API refuses, or can't be reached.

    """
    return mint_ticket(endpoints, user_id).token


def mint_ticket(endpoints: Endpoints, user_id: str) -> Ticket:
    """Return what a user's device connects with, minted over the API.

    Raises:
        LocalError: the API refuses, or can't be reached.

    """
    with requests.Session() as session:
        session.trust_env = False  # a proxy can't reach loopback
        try:
            answer = session.post(
                f"{endpoints.api_url}/users/{quote(user_id, safe='')}/tokens",
                headers={"Authorization": f"Bearer {endpoints.api_key}"},
                timeout=_SECONDS,
            )
        except requests.RequestException:
            raise LocalError(
                f"Nothing answers at {endpoints.api_url}: start the service with 'make run'."
            ) from None
    if not answer.ok:
        raise LocalError(
            f"No token for user {user_id}: the service answered {answer.status_code}, "
            f"{answer.text.strip()[:300]}"
        )
    minted = answer.json()
    expires_at = datetime.fromisoformat(minted["expires_at"]).timestamp()
    return Ticket(endpoints.websocket_url, minted["token"], expires_at)
