"""`make listen USER=4`: prints every frame that a user's browser would get."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from websockets.exceptions import ConnectionClosed

from local.client import InboxClient, Refused, mint_token
from local.endpoints import Endpoints
from local.errors import LocalError
from local.settings import Settings

FIRST_DELAY_SECONDS: Final = 0.5
MAX_DELAY_SECONDS: Final = 15.0


def listen(settings: Settings, user_id: str) -> None:
    """Print the user's frames, one a line, until interrupted; reconnect when cut off.

    Args:
        settings: whose run to listen to.
        user_id: the user.

    Raises:
        LocalError: nothing runs when it starts.

    """
    token = mint_token(Endpoints.read(settings.state), user_id)
    delays = waits()
    while True:
        try:
            endpoints = Endpoints.read(settings.state)
            with InboxClient(endpoints.websocket_url, token) as client:
                _say(f"listening to user {user_id}")
                delays = waits()
                while True:
                    _print(client.receive(timeout=None))
        except Refused:  # expired, or signed by an earlier run
            with suppress(LocalError):
                token = mint_token(endpoints, user_id)
        except (ConnectionClosed, OSError, LocalError):
            pass
        delay = next(delays)
        _say(f"disconnected; again in {delay:g} s")
        time.sleep(delay)


def waits() -> Iterator[float]:
    """Yield the waits between tries to connect: doubling, up to MAX_DELAY_SECONDS."""
    delay = FIRST_DELAY_SECONDS
    while True:
        yield delay
        delay = min(2 * delay, MAX_DELAY_SECONDS)


def _print(frame: dict[str, Any]) -> None:
    print(f"{_now()}  {json.dumps(frame, ensure_ascii=False)}", flush=True)


def _say(text: str) -> None:
    print(f"{_now()}  {text}", file=sys.stderr, flush=True)


def _now() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
