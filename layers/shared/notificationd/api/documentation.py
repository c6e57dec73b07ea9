"""The documentation as it is served, and the answer to what the API does not have.

Both know the API from one file: `openapi.json`, which `make docs` makes from the code.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from notificationd.api.files import File
from notificationd.api.http import problem_answer
from notificationd.domain.errors import MethodNotAllowed, UnknownRoute

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAMES = {
    "GET /docs": "docs.html",
    "GET /docs.css": "docs.css",
    "GET /openapi.json": "openapi.json",
    "GET /asyncapi.json": "asyncapi.json",
}
"""The files by the routes that they are asked for with."""
ANYTHING_ELSE = "$default"
"""The route that API Gateway takes where no other one fits."""
_PAGE_HEADERS = {
    # Nothing runs in the page, and nothing but its own style is fetched.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
_METHODS = ("get", "put", "post", "patch", "delete")
_PARAMETER = re.compile(r"\\\{[^}]*\\\}")


class _Path(NamedTuple):
    form: re.Pattern[str]
    methods: frozenset[str]


class Documentation:
    """The documentation's files in a folder. They are read when the first one is asked for.

    Args:
        folder: it holds the files of `NAMES`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any] | None:
        """Answer an event of one of these routes; None for any other's.

        Args:
            event: of the HTTP API, payload format 2.0.
        """
        key = event.get("routeKey", "")
        if key == ANYTHING_ELSE:
            return problem_answer(self._refusal(event["rawPath"]))
        if key not in NAMES:
            return None
        return self._files[key].answer(event["headers"])

    def _refusal(self, path: str) -> UnknownRoute | MethodNotAllowed:
        """Return why no route took a request.

        Args:
            path: as API Gateway tells it, with its escapes decoded.
        """
        fitting = [each.methods for each in self._paths if each.form.fullmatch(path)]
        allowed = [method.upper() for method in _METHODS if any(method in each for each in fitting)]
        if allowed:
            return MethodNotAllowed(tuple(allowed))
        return UnknownRoute("The API has no such path.")

    @cached_property
    def _files(self) -> dict[str, File]:
        return {key: self._file(name) for key, name in NAMES.items()}

    def _file(self, name: str) -> File:
        path = self._folder / name
        headers = {"Cache-Control": "no-cache"}  # kept, and asked after by its tag
        if path.suffix == ".html":
            headers |= _PAGE_HEADERS
        return File(path.read_text("utf-8"), path.suffix, headers)

    @cached_property
    def _paths(self) -> tuple[_Path, ...]:
        """The API's paths, and the methods with which they are asked for."""
        document = json.loads((self._folder / "openapi.json").read_text("utf-8"))
        return tuple(
            _Path(re.compile(_PARAMETER.sub("[^/]+", re.escape(path))), frozenset(item))
            for path, item in document["paths"].items()
        )
