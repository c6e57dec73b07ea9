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
    NoNotifications,
    NotFound,
    NotificationError,
    RateLimited,
    TooLarge,
    TooLate,
    Unauthenticated,
    Unavailable,
)
from notificationd.domain.limits import Party

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
_TYPES = "https://notificationd.dev/problems#"  # RFC 9457: an identifier, it need not resolve


class _Kind(NamedTuple):
    status: HTTPStatus
    code: str
    title: str
    detail: str | None = None
    """What to say instead of the error's own text."""
    headers: Mapping[str, str] = {}


_KINDS: dict[type[NotificationError], _Kind] = {
    Malformed: _Kind(HTTPStatus.BAD_REQUEST, "not_json", "The body cannot be read"),
    NoNotifications: _Kind(
        HTTPStatus.BAD_REQUEST,
        "no_notifications",
        "No notifications",
        "No notifications for user_id found.",
    ),
    Unauthenticated: _Kind(
        HTTPStatus.UNAUTHORIZED,
        "unauthenticated",
        "Credentials are missing or wrong",
        headers={"WWW-Authenticate": "Bearer"},
    ),
    Forbidden: _Kind(HTTPStatus.FORBIDDEN, "forbidden", "These credentials do not open this"),
    NotFound: _Kind(HTTPStatus.NOT_FOUND, "not_found", "Not found"),
    TooLarge: _Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The body is too large"),
    InvalidRequest: _Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", "Fields are wrong"),
    KeyReused: _Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The key is another request's"
    ),
    InFlight: _Kind(HTTPStatus.CONFLICT, "request_in_flight", "The request is under way"),
    TooLate: _Kind(HTTPStatus.CONFLICT, "too_late", "It is too late to cancel it"),
    RateLimited: _Kind(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", "Too many notifications"),
    Unavailable: _Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        "Not available now",
        "The request was not accepted. Send it again after a moment.",
        {RETRY_AFTER: str(RETRY_AFTER_SECONDS)},
    ),
}
_INTERNAL = _Kind(
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


def problem_of(error: Exception) -> Problem:
    """Return the answer to an error; what is not in the tree is ours, and says nothing."""
    kind = _KINDS.get(type(error), _INTERNAL) if isinstance(error, NotificationError) else _INTERNAL
    detail = kind.detail or _detail(error)
    body: dict[str, Any] = {
        "type": _TYPES + kind.code,
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
