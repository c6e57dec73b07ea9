"""The header `Idempotency-Key`, and what a request with it is answered.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import hashlib
import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notificationd.api.http import Reply
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.idempotency import Answer, KeyedRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notificationd.api.http import Request
    from notificationd.domain.idempotency import Origin
    from notificationd.services.idempotent import Idempotent

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 255
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
"""A string as structured fields have it (RFC 9651, section 3.3.3)."""
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")


def once(
    request: Request,
    body: Mapping[str, Any],
    idempotent: Idempotent,
    work: Callable[[Origin], Reply],
) -> Reply:
    """Answer a request that may be made again.

    Args:
        body: what it asks for.
        work: does it.

    Raises:
        InvalidRequest: the header is there, but is no key.
    """
    headers: dict[str, str] = {}

    def answered(origin: Origin) -> Answer:
        reply = work(origin)
        headers.update(reply.headers)  # they tell of this moment, and are not stored
        return Answer(int(reply.status), reply.body, reply.is_final)

    answer, is_replayed = idempotent(_keyed(request, body), answered)
    if is_replayed:
        headers[REPLAYED] = "true"
    return Reply(HTTPStatus(answer.status), answer.body, headers)


def _keyed(request: Request, body: Mapping[str, Any]) -> KeyedRequest | None:
    header = request.headers.get(HEADER.lower())
    if header is None:
        return None
    return KeyedRequest(
        caller=request.caller.name,
        key=_key_in(header),
        fingerprint=_fingerprint(request, body),
    )


def _key_in(header: str) -> str:
    """Return the key in a header's value: a quoted string, or what stands there."""
    value = header.strip()
    key = value
    if value.startswith('"'):
        quoted = _QUOTED.fullmatch(value)
        key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not _KEY.fullmatch(key):
        detail = f"must be 1 to {LONGEST} visible ASCII characters without blanks, like a UUID"
        raise InvalidRequest(FieldError(HEADER, "invalid", detail))
    return key


def _fingerprint(request: Request, body: Mapping[str, Any]) -> str:
    """Return what tells requests apart: the order of fields and blanks between them do not."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.event['routeKey']}\n{text}".encode()).hexdigest()
