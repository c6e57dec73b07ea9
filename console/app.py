"""What is public: the console, a static page that talks to the API itself, and `GET /health`."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from notificationd.api.http import problem_answer
from notificationd.domain.errors import NotFound
from notificationd.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS = {
    "Cache-Control": "no-cache",  # kept, and asked after by its tag
    # The page holds an API key while it is open: nothing but its own files may run in it.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
HEALTH_SECONDS = 5
"""For as long may a cache answer for us: anybody can ask, as often as they like."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer with a file of the page, or that the service is up."""
    if event.get("routeKey") == "GET /health":
        return _health()
    name = (event.get("pathParameters") or {}).get("file", "index.html")
    file = _files().get(name)
    if file is None:
        return problem_answer(NotFound("There is no such file."))
    if event["headers"].get("if-none-match") == file.tag:
        return {"statusCode": int(HTTPStatus.NOT_MODIFIED), "headers": {"ETag": file.tag}}
    headers = {**_HEADERS, "Content-Type": _TYPES[Path(name).suffix], "ETag": file.tag}
    return {"statusCode": int(HTTPStatus.OK), "headers": headers, "body": file.content}


def _health() -> dict[str, Any]:
    """Say that API Gateway reaches our functions, and which version of them.

    It asks nobody: a table or a provider in trouble raises an alarm, and a load balancer that took
    the service for dead because of one would only make it worse.
    """
    headers = {
        "Content-Type": "application/json",
        "Cache-Control": f"public, max-age={HEALTH_SECONDS}",
        "X-Content-Type-Options": "nosniff",
    }
    body = json.dumps({"status": "ok", "version": VERSION}, separators=(",", ":"))
    return {"statusCode": int(HTTPStatus.OK), "headers": headers, "body": body}


class _File(NamedTuple):
    content: str
    tag: str


@cache
def _files() -> dict[str, _File]:
    """Return the page's files by name: what is not among them cannot be asked for."""
    files = {}
    for path in _STATIC.iterdir():
        if path.suffix in _TYPES:
            content = path.read_text("utf-8")
            files[path.name] = _File(content, f'"{sha256(content.encode()).hexdigest()[:32]}"')
    return files
