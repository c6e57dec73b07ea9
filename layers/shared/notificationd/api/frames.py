"""What the WebSocket API says to its clients, other than notifications."""

from __future__ import annotations

import json

FRAME_BYTES = 32 * 1024
"""The largest frame that API Gateway takes from a client; the emulator has no limit."""
_SHOWN_CHARACTERS = 50


def pong() -> bytes:
    """Answer a ping."""
    return json.dumps({"type": "pong"}).encode()


def error(code: str, detail: str) -> bytes:
    """Answer a frame that cannot be taken. The connection stays."""
    return json.dumps({"type": "error", "code": code, "detail": detail}).encode()


def not_understood(body: str) -> bytes:
    """Say what is wrong with a frame that no route took."""
    if len(body.encode("utf-8", "surrogatepass")) > FRAME_BYTES:
        return error("too_large", f"A frame may have at most {FRAME_BYTES} bytes.")
    try:
        frame = json.loads(body)
    except (ValueError, RecursionError):
        return error("not_json", "Send a JSON object with an `action`.")
    action = frame.get("action") if isinstance(frame, dict) else None
    if not isinstance(action, str):
        return error("no_action", "Send a JSON object with an `action`.")
    return error("unknown_action", f"There is no action {action[:_SHOWN_CHARACTERS]!r}.")
