"""Requests to the HTTP API: made, made again where that helps, and their answers read."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from notificationd_client.errors import (
    ConnectionFailed,
    NotificationdError,
    UnexpectedAnswer,
    error_of,
)
from notificationd_client.problems import problem_in
from notificationd_client.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notificationd_client.retries import Retries

T = TypeVar("T")

_ENOUGH_SECONDS = 0.001
"""For a last try there has to be some time, or it could not even connect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of the API's.

    Args:
        path: behind the API's address, its parts quoted.
        query: None stands for what is left out.
        body: JSON; None sends none.
    """

    method: str
    path: str
    query: Mapping[str, str | int | None] | None = None
    body: Mapping[str, Any] | None = None
    idempotency_key: str | None = None


class Transport:
    """Makes requests over one session.

    Args:
        url: of the API.
        key: an API key.
        timeout: seconds that a connection, and then each silence, may take.
        session: None for one of its own, which it closes.
        clock: returns seconds.
        sleep: waits for so many.
        random: returns a number from 0 (included) to 1 (excluded).

    Raises:
        ValueError: the URL is none, or the key can be none.
    """

    def __init__(  # noqa: PLR0913 - the last three are for tests
        self,
        url: str,
        key: str,
        *,
        timeout: float,
        retries: Retries,
        session: requests.Session | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url!r} is not the address of an HTTP API")
        if not key.isascii() or not key.isprintable() or not key or " " in key:
            raise ValueError("the API key is empty, or has characters that no API key has")
        self.url = url.rstrip("/")
        self._auth = _Bearer(key)
        self._timeout = timeout
        self._retries = retries
        self._session = requests.Session() if session is None else session
        self._is_own = session is None
        self._clock = clock
        self._sleep = sleep
        self._random = random

    def close(self) -> None:
        """Close its connections, unless the session is its caller's."""
        if self._is_own:
            self._session.close()

    def call(self, call: Call, read: Callable[[Any], T]) -> T:
        """Make a request until it is answered, and return what is read from the answer.

        Args:
            read: takes the answer's JSON. A NotificationdError of it is met as any other.

        Raises:
            NotificationdError: as the last try ended.
        """
        request = self._request(call)
        end = self._clock() + self._retries.total
        for attempt in count(1):
            try:
                return self._once(request, read, max(_ENOUGH_SECONDS, end - self._clock()))
            except NotificationdError as error:
                left = end - self._clock()
                wait = self._retries.wait(error, attempt, left, self._random())
                if wait is None:
                    raise
                self._sleep(wait)
        raise AssertionError  # count() has no end

    def _request(self, call: Call) -> requests.PreparedRequest:
        """Return the request, which is the same at each try.

        Raises:
            ValueError: the body cannot be JSON.
        """
        headers = {
            "Accept": "application/json",
            "User-Agent": f"notificationd-client/{__version__}",
        }
        data = None
        if call.body is not None:
            data = json.dumps(call.body, allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        if call.idempotency_key is not None:
            headers["Idempotency-Key"] = call.idempotency_key
        request = requests.Request(
            call.method,
            self.url + call.path,
            headers=headers,
            params={k: v for k, v in (call.query or {}).items() if v is not None},
            data=data,
            auth=self._auth,
        )
        return self._session.prepare_request(request)

    def _once(self, request: requests.PreparedRequest, read: Callable[[Any], T], left: float) -> T:
        settings = self._session.merge_environment_settings(request.url, {}, None, None, None)
        try:
            answer = self._session.send(
                request,
                timeout=min(self._timeout, left),
                allow_redirects=False,  # the API has none, and a POST would come out as a GET
                **settings,
            )
        except requests.RequestException as error:
            if isinstance(error, ValueError):  # no request was made: it cannot be one
                raise
            raise ConnectionFailed(f"no answer to {request.method}: {_kind(error)}") from error
        body = _json(answer)
        if not requests.codes.ok <= answer.status_code < requests.codes.multiple_choices:
            after = answer.headers.get("Retry-After")
            raise error_of(problem_in(body, answer.status_code, after))
        try:
            return read(body)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise UnexpectedAnswer(
                f"cannot read the answer {answer.status_code} to {request.method}"
            ) from error


class _Bearer(AuthBase):
    """Puts the API key into the request. A header alone would give way to a line in ~/.netrc."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _json(answer: requests.Response) -> Any:  # noqa: ANN401 - any JSON
    """Return an answer's JSON; None where it is none."""
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return None


def _kind(error: requests.RequestException) -> str:
    """Say what went wrong, without the address, which names the user."""
    if isinstance(error, requests.Timeout):
        return "it took too long"
    if isinstance(error, requests.exceptions.SSLError):
        return "no secure connection"
    return "no connection, or it was cut"
