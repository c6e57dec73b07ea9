"""What the WebSocket API says to its clients, other than pushes. docs/protocol.md has them all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notificationd.api.actions import read_frame, ref_of
from notificationd.api.problems import problem_of
from notificationd.api.views import FRAME_BYTES, count_view, notification_view, truncated
from notificationd.domain.errors import Malformed, TooLarge
from notificationd.domain.page import encode_cursor

if TYPE_CHECKING:
    from notificationd.api.actions import Sync
    from notificationd.services.change_inbox import Changed
    from notificationd.services.read_inbox import Snapshot

_CURSOR_BYTES = 100
"""More than a cursor takes."""
_SHOWN_CHARACTERS = 50
"""Of an action that is not known."""


def pong(ref: str | None = None) -> bytes:
    """Answer a ping."""
    return _frame({"type": "pong"}, ref)


def error_of(fault: Exception, ref: str | None) -> bytes:
    """Answer a frame that came to nothing, in the words in which a request's error is answered."""
    problem = problem_of(fault).body
    shown = ("code", "detail", "errors")
    return _error({name: problem[name] for name in problem if name in shown}, ref)


def not_understood(body: str) -> bytes:
    """Say what is wrong with a frame that no route took. The connection stays."""
    try:
        frame = read_frame(body)
    except (TooLarge, Malformed) as fault:
        return error_of(fault, None)
    action = frame.get("action")
    if not isinstance(action, str):
        detail = "Send a JSON object with an `action`."
        return _error({"code": "no_action", "detail": detail}, ref_of(frame))
    detail = f"There is no action {action[:_SHOWN_CHARACTERS]!r}."
    return _error({"code": "unknown_action", "detail": detail}, ref_of(frame))


def state(changed: Changed) -> bytes:
    """Tell a device what has changed in the inbox."""
    which = {"ids": list(changed.ids)} if changed.up_to is None else {"up_to": changed.up_to}
    counted = count_view(changed.progress, changed.count)
    return _frame({"type": "state", **which, "state": changed.state, **counted}, changed.ref)


def sync(user: str, asked: Sync, snapshot: Snapshot) -> bytes:
    """Answer a sync with as many of a page's notifications as fit into a frame.

    One that does not fit into a frame of its own comes without its content and says so.
    """
    progress, page = snapshot.progress, snapshot.page
    body: dict[str, Any] = {
        "type": "sync",
        "notifications": [],
        **count_view(progress, snapshot.count),
        "since": asked.next_since,
        "next": None,
    }
    room = FRAME_BYTES - len(_frame(body, asked.ref)) - _CURSOR_BYTES
    shown: list[dict[str, Any]] = body["notifications"]
    last_seen = page.last_seen
    for record in page.records:
        view = notification_view(record, progress.standing(record.notification.id, record.marks))
        if not shown and _size(view) > room:
            view = truncated(view)
        room -= _size(view) + 1
        if room < 0:
            last_seen = shown[-1]["id"]
            break
        shown.append(view)
    if last_seen is not None:
        body["next"] = encode_cursor(user, *asked.cursor_ids(last_seen))
    return _frame(body, asked.ref)


def _size(view: dict[str, Any]) -> int:
    return len(_json(view))


def _error(fault: dict[str, Any], ref: str | None) -> bytes:
    """Return an error's frame. What it quotes may have no UTF-8 form (a lone surrogate)."""
    return json.dumps(_with_ref({"type": "error", **fault}, ref)).encode()


def _frame(body: dict[str, Any], ref: str | None) -> bytes:
    return _json(_with_ref(body, ref))


def _with_ref(body: dict[str, Any], ref: str | None) -> dict[str, Any]:
    return body if ref is None else {**body, "ref": ref}


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
