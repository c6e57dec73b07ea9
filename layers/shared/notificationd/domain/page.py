"""Pages of a user's notifications, and the cursors between them."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from notificationd.domain.errors import FieldError, InvalidRequest

if TYPE_CHECKING:
    import re

    from notificationd.domain.notification import Channel
    from notificationd.domain.record import Record, Status

_CHECK_BYTES = 8
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which notifications are asked for.

    Args:
        limit: how many at most.
        after: the id of the last one that was seen, None from the newest on.
    """

    limit: int
    after: str | None = None
    channel: Channel | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a user's notifications, newest first.

    Args:
        last_seen: where the next page starts, None when there is none. A page may hold fewer
            than were asked for, or none, and still have a next one: filters look at a bounded
            number of records at a time.
        user_is_known: whether the user has any notification at all at or after the page's start.
    """

    records: tuple[Record, ...]
    last_seen: str | None
    user_is_known: bool


def encode_cursor(user: str, *ids: str) -> str:
    """Return a cursor: opaque text that only fits the user it was made for.

    Args:
        ids: the last one that was seen, and what else the next page has to know.
    """
    raw = b"".join(uuid.UUID(each).bytes for each in ids)
    return base64.urlsafe_b64encode(raw + _check(user, raw)).decode()


def decode_cursor(user: str, cursor: str) -> str:
    """Return the one id that a cursor stands for.

    Raises:
        InvalidRequest: it was mangled, or made for another user.
    """
    (last_seen,) = decode_ids(user, cursor, 1)
    return last_seen


def decode_ids(user: str, cursor: str, number: int) -> tuple[str, ...]:
    """Return the ids that a cursor stands for.

    The check keeps mistakes out, not attackers: a user's records are all that a cursor can
    reach in any case, since the user is not taken from it.

    Raises:
        InvalidRequest: it was mangled, made for another user, or stands for another number of ids.
    """
    try:
        decoded = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except ValueError:
        decoded = b""
    raw, check = decoded[: number * _ID_BYTES], decoded[number * _ID_BYTES :]
    if len(raw) != number * _ID_BYTES or check != _check(user, raw):
        raise InvalidRequest(
            FieldError("cursor", "invalid", "is not a cursor of this user's notifications")
        )
    return tuple(str(uuid.UUID(bytes=bytes(each))) for each in batched(raw, _ID_BYTES, strict=True))


def encode_key(listing: str, key: str) -> str:
    """Return a cursor of a listing that is not of notifications: text that only fits that listing.

    Args:
        listing: the name of what is listed.
        key: the last entry that was seen.
    """
    raw = key.encode()
    return base64.urlsafe_b64encode(_check(listing, raw) + raw).decode()


def decode_key(listing: str, cursor: str, form: re.Pattern[str]) -> str:
    """Return the entry that a cursor stands for.

    Args:
        form: of what can be an entry: the check keeps mistakes out, not what is made on purpose.

    Raises:
        InvalidRequest: it was mangled, or made for another listing.
    """
    try:
        decoded = base64.b64decode(cursor, altchars=b"-_", validate=True)
        key = decoded[_CHECK_BYTES:].decode()
    except ValueError:
        decoded, key = b"", ""
    if not form.fullmatch(key) or decoded[:_CHECK_BYTES] != _check(listing, key.encode()):
        raise InvalidRequest(FieldError("cursor", "invalid", "is not a cursor of this list"))
    return key


def _check(user: str, raw: bytes) -> bytes:
    return hashlib.sha256(raw + user.encode()).digest()[:_CHECK_BYTES]
