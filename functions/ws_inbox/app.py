"""The WebSocket API's routes for the inbox: a device syncs, or marks notifications.

Answers are posted to the socket, as those of `ws_connect` are. A change needs none: the device that
asks for it is told of it together with all others.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notificationd.api import actions, frames
from notificationd.api.problems import problem_of
from notificationd.api.views import FRAME_BYTES
from notificationd.domain.errors import ConnectionGone, Unavailable
from notificationd.domain.ids import now_ms
from notificationd.domain.marks import Change
from notificationd.runtime import config, services
from notificationd.runtime.logs import log_error, without_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

type Answer = dict[str, int]

_OK: Answer = {"statusCode": int(HTTPStatus.OK)}
_CHANGES = {
    "read": Change.READ,
    "unread": Change.UNREAD,
    "seen": Change.SEEN,
    "archive": Change.ARCHIVED,
}
ACTIONS = frozenset({"sync", "read_all", *_CHANGES})
"""The routes that it answers, as the template has them."""


@without_texts
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Answer one frame of a socket's."""
    context = event["requestContext"]
    endpoint = config.websocket_endpoint_of(context["apiId"], context["stage"])
    ref = None
    try:
        frame = actions.read_frame(event.get("body") or "")
        ref = actions.ref_of(frame)
        answer = _act(context["authorizer"]["user"], context["routeKey"], frame, endpoint)
    except Exception as error:  # noqa: BLE001 - the edge: everything becomes an answer here
        if problem_of(error).status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log_error("frame_failed", error)
        answer = frames.error_of(error, ref)
    if answer is not None:
        _reply(context, endpoint, answer)
    return _OK


def _act(user: str, action: str, frame: Mapping[str, Any], endpoint: str) -> bytes | None:
    """Do what a frame asks for, and return what its own socket alone is answered."""
    if action == "sync":
        asked = actions.sync_of(user, frame, now_ms())
        snapshot = services.read_inbox()(user, asked.to_request(FRAME_BYTES))
        return frames.sync(user, asked, snapshot)
    change_inbox = services.change_inbox(endpoint)
    if action == "read_all":
        change_inbox.read_all(user, actions.up_to_of(frame), ref=actions.ref_of(frame))
    else:
        ids = actions.ids_of(frame)
        change_inbox.mark(user, ids, _CHANGES[action], ref=actions.ref_of(frame))
    return None


def _reply(context: Mapping[str, Any], endpoint: str, frame: bytes) -> None:
    try:
        services.sockets(endpoint).post(context["connectionId"], frame)
    except ConnectionGone:
        _forget(context)
    except Unavailable as error:  # the client asks again, or connects again
        log_error("reply_failed", error)


def _forget(context: Mapping[str, Any]) -> None:
    try:
        services.connections().remove(context["authorizer"]["user"], context["connectionId"])
    except Unavailable as error:  # the first push to it will find it gone
        log_error("disconnect_failed", error)
