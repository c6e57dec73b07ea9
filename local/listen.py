"""`make listen USER=4`: prints every frame that a user's browser would get."""

import json
import sys
from datetime import datetime
from typing import Any

from local.client import mint_ticket
from local.endpoints import Endpoints
from local.errors import LocalError
from local.settings import Settings
from notificationd_client.inbox import LiveInbox, Ticket


def listen(settings: Settings, user_id: str) -> None:
    """Print the user's frames, one a line, until interrupted; reconnect when cut off.

    Args:
        settings: whose run to listen to.
        user_id: the user.

    Raises:
        LocalError: nothing runs when it starts.

    """
    minted = [mint_ticket(Endpoints.read(settings.state), user_id)]

    def mint() -> Ticket:
        """Return a ticket of the run of this moment: it may be another than before."""
        try:
            return minted.pop() if minted else mint_ticket(Endpoints.read(settings.state), user_id)
        except LocalError as error:  # it is tried again
            raise ConnectionError(str(error)) from error

    def tell(state: str) -> None:
        match state:
            case "connected":
                _say(f"listening to user {user_id}")
            case "waiting":
                _say("disconnected; again in a moment")

    LiveInbox(mint, on_frame=_print, on_state=tell).run()


def _print(frame: dict[str, Any]) -> None:
    print(f"{_now()}  {json.dumps(frame, ensure_ascii=False)}", flush=True)


def _say(text: str) -> None:
    print(f"{_now()}  {text}", file=sys.stderr, flush=True)


def _now() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
