"""What is said over a WebSocket, as types: AsyncAPI's schemas are made from them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from documents.answers import Counted, Cursor, FieldProblem, Id, Notification
from notificationd.domain.marks import Change

Ref = Annotated[str, Field(max_length=64)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=100)]


class Ask(TypedDict):
    """What every frame of a client's may have."""

    ref: NotRequired[Ref]
    """Comes back in what answers it."""


class Sync(Ask):
    """Asks for the inbox, newest first: after every connect, since what is known."""

    action: Literal["sync"]
    since: NotRequired[Id]
    """Down to this one. Left out: the inbox without what is archived."""
    cursor: NotRequired[str]
    """The `next` of the page before, alone."""
    limit: NotRequired[Annotated[int, Field(ge=1, le=100)]]


class Mark(Ask):
    """Marks notifications."""

    action: Literal["read", "unread", "seen", "archive"]
    ids: Ids


class ReadAll(Ask):
    """Takes everything up to a notification as read."""

    action: Literal["read_all"]
    up_to: Id


class Ping(Ask):
    """Keeps the connection, which ends after 10 minutes of silence."""

    action: Literal["ping"]


class Pushed(TypedDict):
    """A notification that has just been sent."""

    type: Literal["notification"]
    notification: Notification
    truncated: NotRequired[Literal[True]]
    """It is over 128 KB and comes without its content."""


class SyncPage(Counted):
    """A page of the inbox, to the socket that asked."""

    type: Literal["sync"]
    notifications: list[Notification]
    next: Cursor
    since: Id | None
    """The `since` of the next sync, once all pages are here."""
    ref: NotRequired[Ref]


class State(Counted):
    """A change, to all sockets of the user."""

    type: Literal["state"]
    state: Change
    ids: NotRequired[Ids]
    up_to: NotRequired[Id]
    ref: NotRequired[Ref]


class Pong(TypedDict):
    """Answers a ping."""

    type: Literal["pong"]
    ref: NotRequired[Ref]


class Fault(TypedDict):
    """A frame that could not be taken. The connection stays."""

    type: Literal["error"]
    code: str
    detail: str
    errors: NotRequired[list[FieldProblem]]
    ref: NotRequired[str]


ASKED = (Sync, Mark, ReadAll, Ping)
TOLD = (Pushed, SyncPage, State, Pong, Fault)
