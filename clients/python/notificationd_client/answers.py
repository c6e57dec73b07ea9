"""What the service answers. A field that this version does not know is passed over.

What may get more values in time, such as a status or a reason, is a plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeAlias

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A notification was accepted.

    Args:
        id: the notification's.
    """

    id: str

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(str(body["id"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notification as it stands in a list.

    Args:
        type: the channel: `in-app`, `sms` or `email`.
        status: `scheduled`, `pending`, `sent`, `failed`, `expired` or `cancelled`.
        reason: why it failed; None where it did not.
        timestamp: when its status changed last.
        read: whether it is read; None for email and sms, which are in no inbox.
        seen: likewise.
        archived: likewise.
    """

    id: str
    user_id: int | str
    type: str
    content: str
    status: str
    timestamp: datetime
    created_at: datetime
    subject: str | None = None
    to: str | None = None
    data: Json | None = None
    reason: str | None = None
    send_at: datetime | None = None
    read: bool | None = None
    seen: bool | None = None
    archived: bool | None = None

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(**cls._fields(body))

    @classmethod
    def _fields(cls, body: Json) -> dict[str, Any]:
        return {
            "id": str(body["id"]),
            "user_id": body["user_id"],
            "type": str(body["notification_type"]),
            "content": str(body["content"]),
            "status": str(body["status"]),
            "timestamp": _moment(body["timestamp"]),
            "created_at": _moment(body["created_at"]),
            "subject": body.get("subject"),
            "to": body.get("to"),
            "data": body.get("data"),
            "reason": body.get("reason"),
            "send_at": _moment_in(body, "send_at"),
            "read": body.get("read"),
            "seen": body.get("seen"),
            "archived": body.get("archived"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call of a provider, or one worker's death with it.

    Args:
        outcome: what it ended as.
        code: the provider's own.
        detail: the provider's own words.
    """

    at: datetime
    provider: str
    outcome: str
    code: str | None = None
    detail: str | None = None
    provider_message_id: str | None = None

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(
            at=_moment(body["at"]),
            provider=body["provider"],
            outcome=str(body["outcome"]),
            code=body.get("code"),
            detail=body.get("detail"),
            provider_message_id=body.get("provider_message_id"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationDetails(Notification):
    """A notification with its timeline.

    Args:
        attempts: the newest 20, oldest first.
        attempt_count: how many there were.
        next_attempt_at: when the next is due, if one is.
        read_at: when it was read; None also where a read-all did it.
    """

    delivery: str | None = None
    expires_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    attempt_count: int = 0
    next_attempt_at: datetime | None = None
    read_at: datetime | None = None
    seen_at: datetime | None = None
    archived_at: datetime | None = None

    @classmethod
    def _fields(cls, body: Json) -> dict[str, Any]:
        moments = ("expires_at", "next_attempt_at", "read_at", "seen_at", "archived_at")
        return {
            **Notification._fields(body),
            "delivery": body.get("delivery"),
            "attempts": tuple(Attempt.of(each) for each in body.get("attempts", ())),
            "attempt_count": int(body.get("attempt_count", 0)),
            **{name: _moment_in(body, name) for name in moments},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A page of a user's inbox, and how much of the whole is unread.

    Args:
        notifications: newest first.
        unread: how many are unread in the whole inbox, exactly up to 1,000.
        unread_capped: whether there are more than `unread` says.
        next: the cursor of the next page; None where this is the last.
    """

    notifications: tuple[Notification, ...]
    unread: int
    unread_capped: bool
    next: str | None

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(
            notifications=tuple(Notification.of(each) for each in body["data"]),
            unread=int(body["unread"]),
            unread_capped=bool(body["unread_capped"]),
            next=body["next"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A notification after it was marked, and how many are unread now."""

    notification: Notification
    unread: int
    unread_capped: bool

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(
            notification=Notification.of(body["notification"]),
            unread=int(body["unread"]),
            unread_capped=bool(body["unread_capped"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAll:
    """Up to which notification all is read, and how many are unread now.

    Args:
        up_to: a notification's id; None where there was nothing to read.
    """

    up_to: str | None
    unread: int
    unread_capped: bool

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(
            up_to=body["up_to"] or None,
            unread=int(body["unread"]),
            unread_capped=bool(body["unread_capped"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user's contact points.

    Args:
        user_id: as a text, as it stands in the path.
        email: as the service has normalised it.
        phone: likewise, in E.164.
    """

    user_id: str
    email: str | None
    phone: str | None

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(user_id=str(body["user_id"]), email=body.get("email"), phone=body.get("phone"))


@dataclass(frozen=True, slots=True, kw_only=True)
class UserToken:
    """What opens one user's inbox to that user's browser.

    Args:
        token: a secret: it is not in the object's `repr`.
        websocket_url: where the browser connects, with `?token=…`.
    """

    token: str = field(repr=False)
    expires_at: datetime
    websocket_url: str

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(
            token=str(body["token"]),
            expires_at=_moment(body["expires_at"]),
            websocket_url=str(body["websocket_url"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """What could not be delivered.

    Args:
        id: the notification's; of one that is `malformed`, the queue's name for it.
        reason: why it is there.
        user_id: None, like all that follows, where it is malformed.
        failed_at: None also where nobody took that down.
    """

    id: str
    reason: str
    user_id: int | str | None = None
    type: str | None = None
    created_at: datetime | None = None
    failed_at: datetime | None = None
    attempt_count: int = 0
    last_attempt: Attempt | None = None

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        last = body.get("last_attempt")
        return cls(
            id=str(body["id"]),
            reason=str(body["reason"]),
            user_id=body.get("user_id"),
            type=body.get("notification_type"),
            created_at=_moment_in(body, "created_at"),
            failed_at=_moment_in(body, "failed_at"),
            attempt_count=int(body.get("attempt_count", 0)),
            last_attempt=None if last is None else Attempt.of(last),
        )


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Dead letters that fit, the newest failure first. It is a collection of them.

    Args:
        more: whether there may be others. A queue has no pages: narrow the choice down, or make
            away with these first.
    """

    letters: tuple[DeadLetter, ...]
    more: bool

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(tuple(DeadLetter.of(each) for each in body["data"]), bool(body["more"]))

    def __iter__(self) -> Iterator[DeadLetter]:
        return iter(self.letters)

    def __len__(self) -> int:
        return len(self.letters)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A dead letter that was not sent again, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """What became of dead letters.

    Args:
        count: how many are sent again.
        more: whether there may be others that fit: call again.
    """

    count: int
    skipped: tuple[Skipped, ...]
    more: bool

    @classmethod
    def of(cls, body: Json) -> Self:
        """Read it from an answer."""
        return cls(
            count=int(body["redriven"]),
            skipped=tuple(Skipped(each["id"], each["reason"]) for each in body["skipped"]),
            more=bool(body["more"]),
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moment_in(body: Json, name: str) -> datetime | None:
    text = body.get(name)
    return None if text is None else _moment(text)
