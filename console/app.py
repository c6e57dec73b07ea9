"""`GET /` and `GET /console/{file}`: the console, a static page that talks to the API itself."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notificationd.api.http import problem_answer
from notificationd.domain.errors import NotFound

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
    "Cache-Control": "no-cache",
    # The page holds an API key while it is open: nothing but its own files may run in it.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer with a file of the page."""
    name = (event.get("pathParameters") or {}).get("file", "index.html")
    content = _files().get(name)
    if content is None:
        return problem_answer(NotFound("There is no such file."))
    headers = {**_HEADERS, "Content-Type": _TYPES[Path(name).suffix]}
    return {"statusCode": int(HTTPStatus.OK), "headers": headers, "body": content}


@cache
def _files() -> dict[str, str]:
    """Return the page's files by name: what is not among them cannot be asked for."""
    files = sorted(_STATIC.iterdir())
    return {file.name: file.read_text("utf-8") for file in files if file.suffix in _TYPES}
