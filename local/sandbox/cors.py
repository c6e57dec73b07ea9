"""Lets pages that this machine serves, such as the console, see what was captured.

Only those: any page in the world that a developer opens can reach loopback, and the messages hold
codes and addresses. https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_OPEN: Final = "/messages"


@web.middleware
async def for_pages_of_this_machine(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Add to an answer that its page may read it."""
    answer = await handler(request)
    if request.path == _OPEN:
        answer.headers["Vary"] = "Origin"
        origin = request.headers.get("Origin", "")
        if _is_loopback(origin):
            answer.headers["Access-Control-Allow-Origin"] = origin
    return answer


async def preflight(request: web.Request) -> web.Response:
    """`OPTIONS /messages`: a browser's question before it deletes."""
    headers = {}
    if _is_loopback(request.headers.get("Origin", "")):
        headers = {"Access-Control-Allow-Methods": "GET, DELETE", "Access-Control-Max-Age": "600"}
    return web.Response(status=HTTPStatus.NO_CONTENT, headers=headers)


def _is_loopback(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:  # a bracket that is not closed
        return False
    return parts.scheme in {"http", "https"} and parts.hostname in _LOOPBACK
