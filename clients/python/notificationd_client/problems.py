"""Read what is answered where something is wrong: by the service, or by anybody on the way."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from notificationd_client.errors import FieldProblem, Problem


def problem_in(
    body: Any,  # noqa: ANN401 - any JSON
    status: int,
    retry_after: str | None = None,
    now: datetime | None = None,
) -> Problem:
    """Return the problem that an answer tells, as far as it tells one.

    Args:
        body: the answer's JSON; None where it is none.
        status: the answer's HTTP status.
        retry_after: the header of this name.
        now: the time now, for a header that says when; None for the clock's.
    """
    fields = body if isinstance(body, dict) else {}
    entries = fields.get("errors")
    return Problem(
        status=status,
        code=_text(fields, "code"),
        title=_text(fields, "title") or _phrase(status),
        # API Gateway's own answers have a `message` only.
        detail=_text(fields, "detail") or _text(fields, "message"),
        errors={
            _text(entry, "field"): FieldProblem(_text(entry, "code"), _text(entry, "detail"))
            for entry in (entries if isinstance(entries, list) else [])
            if isinstance(entry, dict)
        },
        retry_after=seconds_in(retry_after, now),
    )


def seconds_in(header: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds in a `Retry-After` header; None where it makes no sense.

    It is a number, or a date (RFC 9110, section 10.2.3).
    """
    text = (header or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_until(text, now)
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _seconds_until(text: str, now: datetime | None) -> float | None:
    try:
        at = parsedate_to_datetime(text)
        return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return None


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
