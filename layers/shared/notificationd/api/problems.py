"""Errors as answers: problem details for HTTP APIs (RFC 9457), in one place."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from notificationd.api.rate_limits import RETRY_AFTER, rate_limit_headers
from notificationd.domain.errors import (
    Forbidden,
    InFlight,
    InvalidRequest,
    KeyReused,
    Malformed,
    MethodNotAllowed,
    NoNotifications,
    NotFound,
    NotificationError,
    RateLimited,
    TooLarge,
    TooLate,
    Unauthenticated,
    Unavailable,
    UnknownRoute,
)
from notificationd.domain.limits import Party

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
_TYPES = "/docs#"
"""RFC 9457, section 3.1.1: a full path, so that it is the same text from every route and in every
deployment, and leads to a page that this deployment itself serves."""


class Kind(NamedTuple):
    """What all answers to one kind of error have in common.

    Args:
        code: stable. Clients branch on it, and the documentation has an entry for it.
        detail: what to say instead of the error's own text.
    """

    status: HTTPStatus
    code: str
    title: str
    detail: str | None = None
    headers: Mapping[str, str] = {}

    @property
    def type(self) -> str:
        """The problem's type (RFC 9457): where the documentation explains it."""
        return _TYPES + self.code


_KINDS: dict[type[NotificationError], Kind] = {
    Malformed: Kind(HTTPStatus.BAD_REQUEST, "not_json", "The body cannot be read"),
    NoNotifications: Kind(
        HTTPStatus.BAD_REQUEST,
        "no_notifications",
        "No notifications",
        "No notifications for user_id found.",
    ),
    Unauthenticated: Kind(
        HTTPStatus.UNAUTHORIZED,
        "unauthenticated",
        "Credentials are missing or wrong",
        headers={"WWW-Authenticate": "Bearer"},
    ),
    Forbidden: Kind(HTTPStatus.FORBIDDEN, "forbidden", "These credentials do not open this"),
    NotFound: Kind(HTTPStatus.NOT_FOUND, "not_found", "Not found"),
    UnknownRoute: Kind(HTTPStatus.NOT_FOUND, "unknown_route", "There is no such path"),
    MethodNotAllowed: Kind(
        HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "The path is not for this method"
    ),
    TooLarge: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The body is too large"),
    InvalidRequest: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", "Fields are wrong"),
    KeyReused: Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The key is another request's"
    ),
    InFlight: Kind(HTTPStatus.CONFLICT, "request_in_flight", "The request is under way"),
    TooLate: Kind(HTTPStatus.CONFLICT, "too_late", "It is too late to cancel it"),
    RateLimited: Kind(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", "Too many notifications"),
    Unavailable: Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "Not available now",
        "The request was not accepted. Send it again after a moment.",
        {RETRY_AFTER: str(RETRY_AFTER_SECONDS)},
    ),
}
_INTERNAL = Kind(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal_error",
    "Something went wrong on our side",
    "The request was not understood to have succeeded; the service's log has the reason.",
)


class Problem(NamedTuple):
    """An error as it is answered."""

    status: HTTPStatus
    body: dict[str, Any]
    headers: Mapping[str, str]


def catalogue() -> tuple[Kind, ...]:
    """Return every kind of problem that there is, for the documentation."""
    return (*_KINDS.values(), _INTERNAL)


def problem_of(error: Exception) -> Problem:
    """Return the answer to an error; what is not in the tree is ours, and says nothing."""
    kind = _KINDS.get(type(error), _INTERNAL) if isinstance(error, NotificationError) else _INTERNAL
    detail = kind.detail or _detail(error)
    body: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": kind.code,
        "error": detail,  # the one field that clients of the first API know
    }
    fields = _fields(error)
    if fields:
        body["errors"] = fields
    return Problem(kind.status, body, {**kind.headers, **_headers(error)})


def _detail(error: Exception) -> str:
    if not isinstance(error, RateLimited):
        return str(error)
    bucket = error.allowance.bucket
    who = "This API key may send" if bucket.party is Party.CALLER else "This user may be sent"
    what = "notifications" if bucket.party is Party.CALLER else f"{bucket.party} notifications"
    return (
        f"{who} {bucket.limit.count} {what} in {bucket.limit.seconds} seconds;"
        f" the next one in {error.allowance.next_in}."
    )


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"Allow": ", ".join(error.allowed)}
    if isinstance(error, InFlight):
        return {RETRY_AFTER: str(error.retry_after)}
    if isinstance(error, RateLimited):
        after = {RETRY_AFTER: str(error.allowance.next_in)}
        return after | rate_limit_headers([error.allowance])
    return {}


def _fields(error: Exception) -> list[dict[str, str]]:
    if isinstance(error, InvalidRequest):
        return [
            {"field": entry.field, "code": entry.code, "detail": entry.detail}
            for entry in error.fields
        ]
    if isinstance(error, Malformed | TooLarge):
        code = _KINDS[type(error)].code
        return [{"field": "body", "code": code, "detail": str(error)}]
    return []
