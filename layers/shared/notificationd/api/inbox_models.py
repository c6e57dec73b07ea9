"""What is asked of a user's notifications and inbox, as pydantic models."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

from notificationd.api.models import PageLimit, RequestModel, described
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.ids import is_uuid7
from notificationd.domain.inbox import InboxRequest
from notificationd.domain.marks import Change
from notificationd.domain.notification import Channel  # noqa: TC001 - pydantic reads it at run time
from notificationd.domain.page import PageRequest, decode_cursor
from notificationd.domain.record import Status  # noqa: TC001 - pydantic reads it at run time


class ListQuery(RequestModel):
    """The query of `GET /users/{id}/notifications`."""

    limit: PageLimit = 20
    """How many at most. A page may have fewer, or none, and there may still be a `next` one."""
    cursor: str | None = None
    """The `next` of the page before. It fits this user only."""
    type: Channel | None = None
    """Only those of this channel."""
    status: Status | None = None
    """Only those with this status."""
    unread: bool | None = None
    """`true`: in-app ones that are unread and not archived; `false`: the other in-app ones."""

    def to_request(self, user: str) -> PageRequest:
        """Return the page that is asked for."""
        return PageRequest(
            limit=self.limit,
            after=None if self.cursor is None else decode_cursor(user, self.cursor),
            channel=self.type,
            status=self.status,
        )


def _an_id(text: str) -> str:
    if not is_uuid7(text):
        message = "must be the id of a notification"
        raise PydanticCustomError("invalid", message)
    return text


class InboxQuery(RequestModel):
    """The query of `GET /users/{id}/inbox`."""

    limit: PageLimit = 20
    """How many at most."""
    cursor: str | None = None
    """The `next` of the page before. It fits this user only."""
    unread: bool | None = None
    """`true`: only unread ones; `false`: only read ones."""

    def to_request(self, user: str) -> InboxRequest:
        """Return the page that is asked for."""
        return InboxRequest(
            limit=self.limit,
            after=None if self.cursor is None else decode_cursor(user, self.cursor),
            unread=self.unread,
        )


class MarkRequest(RequestModel):
    """The body of `PATCH /users/{id}/notifications/{notification_id}`: true does, false undoes."""

    read: StrictBool | None = None
    """Opened by the user."""
    seen: StrictBool | None = None
    """Shown to the user, in a list say."""
    archived: StrictBool | None = None
    """Out of the inbox; it stays in the list of notifications."""

    def to_changes(self) -> list[Change]:
        """Return the changes that are asked for.

        Raises:
            InvalidRequest: there are none.
        """
        asked = (
            (self.read, Change.READ, Change.UNREAD),
            (self.seen, Change.SEEN, Change.UNSEEN),
            (self.archived, Change.ARCHIVED, Change.UNARCHIVED),
        )
        changes = [do if said else undo for said, do, undo in asked if said is not None]
        if not changes:
            detail = "say what changes: `read`, `seen` or `archived`"
            raise InvalidRequest(FieldError("body", "missing", detail))
        return changes


class ReadAllRequest(RequestModel):
    """The body of `POST /users/{id}/notifications/read-all`, which may be left out."""

    up_to: Annotated[StrictStr, AfterValidator(_an_id), described(format="uuid")] | None = None
    """The id of the newest one that is read. Left out: all there is now."""
