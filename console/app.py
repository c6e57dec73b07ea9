"""What is public: the console, the inbox's modules, the documentation, and `GET /health`.

And what no other route takes: it is told so, like any other problem.
"""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notificationd.api.documentation import Documentation
from notificationd.api.files import File
from notificationd.api.http import problem_answer
from notificationd.api.joining import joined, without_documentation
from notificationd.domain.errors import NotFound
from notificationd.runtime import config
from notificationd.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = Path(__file__).parent
_DOCUMENTATION = Documentation(_HERE / "documentation")
_PAGE = "GET /"
_HEALTH = "GET /health"
_PAGE_FILE = "GET /console/{file}"
_INBOX = "GET /inbox.js"
_MODULES = {
    _INBOX: _HERE / "element/notification_inbox.js",
    "GET /client.js": _HERE / "client/client.js",
}
PAGE_FILES = ("console.js", "console.css", "icon.svg")
_UNSET = 'WEBSOCKET_URL = ""'
_LOOPBACK = ("http://127.0.0.1:*", "http://localhost:*")
"""Where the sandbox may listen, in the local run."""


HEALTH_SECONDS = 5
"""For as long may a cache answer for us: anybody can ask, as often as they like."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer with a file, or that the service is up. What has no name here cannot be asked for."""
    key = event["routeKey"]
    if key == _HEALTH:
        return _health()
    if answer := _DOCUMENTATION.answer(event):
        return answer
    if key == _PAGE_FILE:
        key = key.replace("{file}", event["pathParameters"]["file"])
    file = files().get(key)
    if file is None:
        return problem_answer(NotFound("There is no such file."))
    return file.answer(event["headers"])


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


@cache
def files() -> dict[str, File]:
    """Return the files by the routes that they are asked for with."""
    page = _HERE / "page"
    page_headers = {"Cache-Control": "no-cache", **_security()}  # kept, and asked after by its tag
    parts = {_PAGE_FILE.replace("{file}", name): page / name for name in PAGE_FILES}
    files = {
        key: File(joined(path), path.suffix, page_headers)
        for key, path in {_PAGE: page / "index.html", **parts}.items()
    }
    # Other people's pages load these on every visit: a mend of ours reaches them in five minutes.
    # (Who may is in the API's CORS settings: API Gateway takes no such header from a function.)
    module_headers = {"Cache-Control": "public, max-age=300"}
    for key, path in _MODULES.items():
        content = joined(path).replace(_UNSET, f"WEBSOCKET_URL = {json.dumps(_websocket_url())}")
        if key == _INBOX:
            content = without_documentation(content)
        files[key] = File(content, path.suffix, module_headers)
    return files


def _security() -> dict[str, str]:
    """Let nothing but its own files run in a page that holds an API key while it is open."""
    socket = urlsplit(_websocket_url())
    reachable = ["'self'", f"{socket.scheme}://{socket.netloc}"]
    if config.is_local():
        reachable += _LOOPBACK
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            f"connect-src {' '.join(reachable)}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'"
        ),
        "Referrer-Policy": "no-referrer",
    }


def _websocket_url() -> str:
    return config.websocket_url()
