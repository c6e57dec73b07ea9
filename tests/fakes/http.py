"""An HTTP API within this process, behind a real session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import BaseAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

type Answer = Callable[[requests.PreparedRequest], tuple[int, Any]]


def session_with(answer: Answer) -> requests.Session:
    """Return a session all of whose requests are answered by a function.

    Args:
        answer: returns the status and the JSON of the answer.
    """
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", _Adapter(answer))
    return session


class _Adapter(BaseAdapter):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> Any:  # noqa: ANN401 - the base class takes much more
        response = requests.Response()
        response.request = request
        response.url = request.url or ""
        response.status_code, body = self._answer(request)
        response._content = json.dumps(body).encode()  # noqa: SLF001 - it has no other way in
        return response

    def close(self) -> None:
        """There is nothing to close."""
