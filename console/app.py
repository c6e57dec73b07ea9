"""`GET /` and `GET /console/{file}`: the console, a static page that talks to the API itself.

And the documentation, which is as public, and as independent of anything else.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from notificationd.api.documentation import Documentation
from notificationd.api.http import problem_answer
from notificationd.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOCUMENTATION = Documentation(Path(__file__).parent / "documentation")
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


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer with a file of the page or of the documentation, or say that there is no such route."""
    answer = _DOCUMENTATION.answer(event)
    if answer is not None:
        return answer
    name = (event.get("pathParameters") or {}).get("file", "index.html")
    file = _files().get(name)
    if file is None:
        return problem_answer(NotFound("There is no such file."))
    if event["headers"].get("if-none-match") == file.tag:
        return {"statusCode": int(HTTPStatus.NOT_MODIFIED), "headers": {"ETag": file.tag}}
    headers = {**_HEADERS, "Content-Type": _TYPES[Path(name).suffix], "ETag": file.tag}
    return {"statusCode": int(HTTPStatus.OK), "headers": headers, "body": file.content}


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
