"""The HTTP API's events and answers (payload format 2.0), and what every route shares.

API Gateway has matched the route already and says so in `routeKey`, so a handler is found by one
look-up, and no router has to be loaded.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from notificationd.api.callers import caller_of
from notificationd.api.problems import CONTENT_TYPE, problem_of
from notificationd.domain.content import user_id_errors
from notificationd.domain.errors import (
    FieldError,
    InvalidRequest,
    Malformed,
    NotFound,
    TooLarge,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notificationd.domain.identity import Caller, Scope

BODY_BYTES = 256 * 1024
"""More than a request needs, but for a batch; API Gateway itself would pass 10 MB on."""

ANSWER_HEADERS = {
    "Cache-Control": "no-store",  # an answer is somebody's own
    # A browser that is sent here by a link shows text, and runs and frames nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # For a domain of one's own before the API: a browser that knows it never calls it unencrypted.
    "Strict-Transport-Security": "max-age=31536000",
}
"""Of every answer of the API."""

type Event = Mapping[str, Any]
type Answer = dict[str, Any]


class ErrorLog(Protocol):
    """Where errors that are ours are reported."""

    def __call__(self, event: str, error: Exception) -> None:
        """Report an error. Its text may hold what a caller sent, so only its kind is written."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route answers.

    Args:
        is_final: the same request would be answered the same; False where a retry may do better.
    """

    status: HTTPStatus
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One request whose caller is known and allowed to make it."""

    event: Event
    caller: Caller

    @property
    def path(self) -> Mapping[str, str]:
        """Return the parameters in the path, decoded.

        API Gateway decodes every escape but that of the percent sign itself.
        """
        parameters: Mapping[str, str] = self.event.get("pathParameters") or {}
        return {name: value.replace("%25", "%") for name, value in parameters.items()}

    @property
    def query(self) -> Mapping[str, str]:
        """Return the parameters behind the question mark."""
        parameters: Mapping[str, str] = self.event.get("queryStringParameters") or {}
        return parameters

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers; API Gateway has made their names lower case."""
        headers: Mapping[str, str] = self.event.get("headers") or {}
        return headers

    def json(self, limit: int = BODY_BYTES) -> dict[str, Any]:
        """Return the body.

        Args:
            limit: how many bytes it may have.

        Raises:
            TooLarge, Malformed: it cannot be read, or is not declared as JSON.
            InvalidRequest: it is JSON, but no object.
        """
        return read_json(self.event, limit)


type Route = Callable[[Request], Reply]


class HttpApi:
    """The routes of one function. An instance is the function's handler.

    Args:
        log_error: takes what is answered with a 5xx.
        finish: is called at the end of every request, however it ended.
    """

    def __init__(self, log_error: ErrorLog, finish: Callable[[], None] = lambda: None) -> None:
        self._routes: dict[str, tuple[Scope, bool, Route]] = {}
        self._log_error = log_error
        self._finish = finish

    @property
    def route_keys(self) -> frozenset[str]:
        """The routes that it answers, as the template has them."""
        return frozenset(self._routes)

    def registered(self, key: str) -> tuple[Scope, bool, Route]:
        """Return what opens a route, as it was registered, and what answers it."""
        return self._routes[key]

    def route(self, key: str, scope: Scope, *, owner: bool = False) -> Callable[[Route], Route]:
        """Register a route.

        Args:
            key: as the template has it, like `GET /users/{id}`.
            scope: what an API key must be allowed to do.
            owner: whether the token of the user whom the path names opens it, too.
        """

        def register(route: Route) -> Route:
            self._routes[key] = (scope, owner, route)
            return route

        return register

    def __call__(self, event: Event, _context: object) -> Answer:
        """Answer one event of API Gateway's."""
        try:
            return self._answer(event)
        finally:
            self._finish()

    def _answer(self, event: Event) -> Answer:
        try:
            reply = self._reply(event)
        except Exception as error:  # noqa: BLE001 - the edge: everything becomes an answer here
            answer = problem_answer(error)
            if answer["statusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self._log_error("request_failed", error)
            return answer
        return _answer(reply.status, reply.body, "application/json", reply.headers)

    def _reply(self, event: Event) -> Reply:
        entry = self._routes.get(event["routeKey"])
        if entry is None:
            message = "There is no such route."
            raise NotFound(message)
        scope, owner, route = entry
        caller = caller_of(event)
        request = Request(event, caller)
        user = request.path.get("id")
        if user is not None and (errors := tuple(user_id_errors(user))):
            raise InvalidRequest(*errors)
        caller.check(scope, user if owner else None)
        return route(request)


def problem_answer(error: Exception) -> Answer:
    """Return the answer to an error."""
    problem = problem_of(error)
    return _answer(problem.status, problem.body, CONTENT_TYPE, problem.headers)


def read_json(event: Event, limit: int = BODY_BYTES) -> dict[str, Any]:
    """Return the JSON object in an event's body.

    Args:
        limit: how many bytes it may have.
    """
    declared = event.get("headers", {}).get("content-type", "").partition(";")[0].strip().lower()
    raw = _raw_body(event, limit)
    if declared != "application/json":
        message = "Send the body as JSON, with the header `Content-Type: application/json`."
        raise Malformed(message)
    try:
        # Not loads(raw): of bytes it takes UTF-16 as well, and halves of characters.
        body = _DECODER.decode(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        message = "The body is not valid JSON." if raw else "The body is empty; send JSON."
        raise Malformed(message) from error
    if not isinstance(body, dict):
        raise InvalidRequest(FieldError("body", "wrong_type", "must be a JSON object"))
    return body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, each name of which stands there once: which of two is meant?"""
    made = dict(pairs)
    if len(made) < len(pairs):
        message = "A name stands twice in one object."
        raise Malformed(message)
    return made


def _constant(name: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`, which Python writes and reads, and JSON does not have."""
    message = f"{name} is not JSON."
    raise Malformed(message)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _raw_body(event: Event, limit: int) -> bytes:
    body: str = event.get("body") or ""
    too_large = f"The body may have at most {limit} bytes."
    if len(body) > limit * 2:  # before it is copied; base64 takes a third more
        raise TooLarge(too_large)
    try:
        raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, UnicodeEncodeError) as error:
        message = "The body is not text in UTF-8."
        raise Malformed(message) from error
    if len(raw) > limit:
        raise TooLarge(too_large)
    return raw


def _answer(
    status: HTTPStatus, body: Mapping[str, Any], content_type: str, headers: Mapping[str, str]
) -> Answer:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": content_type, **ANSWER_HEADERS, **headers},
        # A problem may name a field that has no UTF-8 form (a lone surrogate).
        "body": json.dumps(body, ensure_ascii=content_type == CONTENT_TYPE, separators=(",", ":")),
    }
