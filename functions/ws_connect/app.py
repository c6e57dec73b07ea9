"""The WebSocket API's routes: a socket opens, closes, or says something that is not of the inbox.

Answers are posted to the socket like everything else that it is told, not returned: for that each
route would need a route response, which the emulator does not know.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notificationd.api import actions, frames
from notificationd.domain.errors import ConnectionGone, Malformed, TooLarge, Unavailable
from notificationd.domain.ids import now_ms
from notificationd.runtime import config, services
from notificationd.runtime.logs import LogJournal, log_error, without_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

type Answer = dict[str, int]

_OK: Answer = {"statusCode": int(HTTPStatus.OK)}


@without_texts
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Answer one event of a socket's."""
    context = event["requestContext"]
    match context["routeKey"]:
        case "$connect":
            return _connect(context)
        case "$disconnect":
            return _disconnect(context)
        case "ping":
            return _reply(context, _pong(event.get("body") or ""))
        case _:
            return _reply(context, frames.not_understood(event.get("body") or ""))


def _connect(context: Mapping[str, Any]) -> Answer:
    user = context["authorizer"]["user"]
    try:
        services.connections().add(user, context["connectionId"], now_ms())
    except Unavailable as error:  # refuse: a socket that nobody knows of would stay silent
        log_error("connect_failed", error)
        return {"statusCode": int(HTTPStatus.SERVICE_UNAVAILABLE)}
    LogJournal().note("connected", {"user_id": user})
    return _OK


def _disconnect(context: Mapping[str, Any]) -> Answer:
    user = context["authorizer"]["user"]
    try:
        services.connections().remove(user, context["connectionId"])
    except Unavailable as error:  # the first push to it will find it gone
        log_error("disconnect_failed", error)
    LogJournal().note("disconnected", {"user_id": user})
    return _OK


def _pong(body: str) -> bytes:
    try:
        return frames.pong(actions.ref_of(actions.read_frame(body)))
    except (TooLarge, Malformed) as error:
        return frames.error_of(error, None)


def _reply(context: Mapping[str, Any], frame: bytes) -> Answer:
    endpoint = config.websocket_endpoint_of(context["apiId"], context["stage"])
    try:
        services.sockets(endpoint).post(context["connectionId"], frame)
    except ConnectionGone:
        return _disconnect(context)
    except Unavailable as error:  # the client asks again, or connects again
        log_error("reply_failed", error)
    return _OK
