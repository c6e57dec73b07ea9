"""What clients say to the WebSocket API. Checked by hand: pydantic would double a cold start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notificationd.domain.errors import FieldError, InvalidRequest, Malformed, TooLarge
from notificationd.domain.ids import first_id, is_uuid7, time_of
from notificationd.domain.inbox import LATE_MS, InboxRequest
from notificationd.domain.page import decode_ids
from notificationd.services.change_inbox import IDS

if TYPE_CHECKING:
    from collections.abc import Mapping

FRAME_BYTES = 32 * 1024
"""The largest frame that API Gateway takes from a client; the emulator has no limit."""
PAGE = 50
LARGEST_PAGE = 100
REF_CHARACTERS = 64
_NO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Sync:
    """A sync that is asked for.

    Args:
        limit: notifications in the answer, at most.
        after: the last one that the client was sent, None for the first page.
        lowest: the smallest id that is wanted, None for all that are not archived.
        next_since: what the client is to send as `since` when it has all pages.
        ref: what the client calls it.
    """

    limit: int
    after: str | None
    lowest: str | None
    next_since: str
    ref: str | None

    def to_request(self, characters: int) -> InboxRequest:
        """Return the page that is asked for, with about as much content as a frame holds."""
        return InboxRequest(
            limit=self.limit,
            after=self.after,
            since=self.lowest,
            archived=self.lowest is not None,  # so that a client can take them off
            characters=characters,
        )

    def cursor_ids(self, last_seen: str) -> tuple[str, str, str]:
        """Return what the cursor to the next page stands for."""
        return last_seen, self.lowest or _NO_ID, self.next_since


def read_frame(body: str) -> dict[str, Any]:
    """Return what a client's frame holds.

    Raises:
        TooLarge, Malformed: it cannot be read.
    """
    if len(body.encode("utf-8", "surrogatepass")) > FRAME_BYTES:
        message = f"A frame may have at most {FRAME_BYTES} bytes."
        raise TooLarge(message)
    try:
        frame = json.loads(body)
    except (ValueError, RecursionError) as error:
        message = "Send a JSON object with an `action`."
        raise Malformed(message) from error
    return frame if isinstance(frame, dict) else {}


def ref_of(frame: Mapping[str, Any]) -> str | None:
    """Return what the client calls a frame, None for nothing that could be sent back."""
    ref = frame.get("ref")
    return ref if isinstance(ref, str) and len(ref) <= REF_CHARACTERS and _is_text(ref) else None


def ids_of(frame: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the notifications that a frame names.

    Raises:
        InvalidRequest: they are not named as they should be.
    """
    _only(frame, "ids")
    ids = frame.get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= IDS:
        raise InvalidRequest(FieldError("ids", "wrong_type", f"must be a list of 1 to {IDS} ids"))
    if not all(isinstance(each, str) and is_uuid7(each) for each in ids):
        raise InvalidRequest(FieldError("ids", "invalid", "must be ids of notifications"))
    return tuple(ids)


def up_to_of(frame: Mapping[str, Any]) -> str:
    """Return up to which notification all is read.

    Raises:
        InvalidRequest: none is named.
    """
    _only(frame, "up_to")
    up_to = _id(frame, "up_to")
    if up_to is None:
        raise InvalidRequest(FieldError("up_to", "missing", "is missing"))
    return up_to


def sync_of(user: str, frame: Mapping[str, Any], at: int) -> Sync:
    """Return the sync that a frame asks for.

    A cursor knows from where on, and so wins over `since`, which is answered with an overlap: ids
    are made before their records are stored.

    Args:
        at: milliseconds since the epoch, before anything is read.

    Raises:
        InvalidRequest: it names the field that is wrong.
    """
    _only(frame, "since", "cursor", "limit")
    limit = frame.get("limit", PAGE)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= LARGEST_PAGE:
        detail = f"must be a number from 1 to {LARGEST_PAGE}"
        raise InvalidRequest(FieldError("limit", "wrong_type", detail))
    since = _id(frame, "since")
    ref = ref_of(frame)
    if (cursor := frame.get("cursor")) is not None:
        text = cursor if isinstance(cursor, str) else ""
        after, lower, next_since = decode_ids(user, text, 3)
        return Sync(limit, after, None if lower == _NO_ID else lower, next_since, ref)
    lowest = None if since is None else first_id(max(0, time_of(since) - LATE_MS))
    return Sync(limit, None, lowest, first_id(at), ref)


def _id(frame: Mapping[str, Any], field: str) -> str | None:
    value = frame.get(field)
    if value is not None and not (isinstance(value, str) and is_uuid7(value)):
        raise InvalidRequest(FieldError(field, "invalid", "must be the id of a notification"))
    return value


def _only(frame: Mapping[str, Any], *fields: str) -> None:
    """Refuse a field that is none of the action's: it is a mistake, like everywhere else."""
    unknown = sorted(frame.keys() - {"action", "ref", *fields})
    if unknown:
        field = unknown[0][:REF_CHARACTERS]
        raise InvalidRequest(FieldError(field, "unknown_field", "is not a field of this action"))


def _is_text(value: str) -> bool:
    """Tell whether a text has a UTF-8 form: a lone surrogate has none."""
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)
