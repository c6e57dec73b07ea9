"""What the HTTP API answers, as types: the schemas of the documentation are made from them.

They say what `notificationd.api.views` writes. Tests hold real answers to them, and to nothing
besides: a field that is missing here is found.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import Field, WithJsonSchema

from notificationd.api.models import MOMENT, USER_ID
from notificationd.domain.dead_letter import REASONS
from notificationd.domain.inbox import COUNTED
from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.record import ATTEMPTS_KEPT, Outcome, Reason, Status

Time = Annotated[str, WithJsonSchema(MOMENT)]
Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
UserId = Annotated[int | str, WithJsonSchema(USER_ID)]
LetterReason = Annotated[str, WithJsonSchema({"type": "string", "enum": list(REASONS)})]
Number = Annotated[int, Field(ge=0)]
Cursor = str | None


class FieldProblem(TypedDict):
    """One wrong field."""

    field: str
    """Its name as you wrote it; nested ones with dots."""
    code: str
    """Stable, for programs: `missing`, `unknown_field`, `too_long`, `no_address`, …"""
    detail: str
    """One sentence, for people."""


class Problem(TypedDict):
    """Every error, after RFC 9457."""

    type: str
    """Where it is explained, relative to the API's address. Always `/docs#` and the `code`."""
    title: str
    """What kind of problem it is; the same text each time."""
    status: int
    """The status of the answer; in a batch, of the entry."""
    detail: str
    """What is wrong this time."""
    code: str
    """Stable, for programs."""
    error: str
    """The same as `detail`."""
    errors: NotRequired[list[FieldProblem]]
    """The fields that are wrong."""


class GatewayError(TypedDict):
    """What API Gateway says by itself, where no function of ours is asked."""

    message: str


class Accepted(TypedDict):
    """A notification was accepted: it is kept, and will be sent."""

    message: Literal["Notification queued"]
    id: Id
    """The notification's."""


class BatchAccepted(TypedDict):
    """An entry that was accepted."""

    status: Literal[201]
    message: Literal["Notification queued"]
    id: Id


class BatchRefused(TypedDict):
    """An entry that was not accepted; with the status 503 or 429 it may be sent again."""

    status: Annotated[int, Field(ge=400, le=599)]
    problem: Problem


class BatchAnswer(TypedDict):
    """What became of each entry, in the order of the request."""

    data: list[BatchAccepted | BatchRefused]


class Notification(TypedDict):
    """A notification as it stands in lists. Fields that do not apply are left out."""

    id: Id
    """A UUIDv7: as text, ids sort by time."""
    user_id: UserId
    """As it was given when it was sent."""
    notification_type: Channel
    content: str
    status: Status
    """In-app ones are `sent` at once: they are in the inbox."""
    timestamp: Time
    """When the status last changed."""
    created_at: Time
    subject: NotRequired[str]
    to: NotRequired[str]
    """The address that it was sent to; email and sms."""
    data: NotRequired[dict[str, Any]]
    reason: NotRequired[Reason]
    """Why it failed."""
    send_at: NotRequired[Time]
    read: NotRequired[bool]
    """In-app only, as are `seen` and `archived`."""
    seen: NotRequired[bool]
    archived: NotRequired[bool]


class Attempt(TypedDict):
    """One call of a provider."""

    at: Time
    provider: str | None
    """`mailgun`, `ses`, `twilio` or `sns`; null where the process that called died with it."""
    outcome: Outcome
    code: str | None
    """The provider's own code, or the HTTP status."""
    detail: str | None
    """The provider's own words."""
    provider_message_id: str | None
    """The provider's name for the message."""


class NotificationDetails(Notification):
    """A notification with its timeline."""

    delivery: Delivery
    expires_at: Time | None
    """What has not been sent by then is not sent."""
    attempts: Annotated[list[Attempt], Field(max_length=ATTEMPTS_KEPT)]
    """The newest 20, oldest first."""
    attempt_count: Number
    next_attempt_at: Time | None
    read_at: NotRequired[Time | None]
    """In-app only; null also where a read-all did it."""
    seen_at: NotRequired[Time | None]
    archived_at: NotRequired[Time | None]


class NotificationPage(TypedDict):
    """Some of a user's notifications, newest first."""

    data: list[Notification]
    next: Cursor
    """Send it as `cursor` for the next page; null where there is none."""


class Counted(TypedDict):
    """How many are unread, and what tells one count from another (see the WebSocket protocol)."""

    unread: Annotated[int, Field(ge=0, le=COUNTED)]
    """Neither read nor archived; exact up to 1,000."""
    unread_capped: bool
    """There are more than 1,000."""
    revision: Number
    """Grows by one with each change that the user makes."""
    read_up_to: Id | None
    """All up to this one was taken as read."""
    settled: Id
    """`unread` knew all notifications with a smaller id."""
    recent: list[Id]
    """And of the others these, which are unread."""


class InboxPage(Counted):
    """Some of what is in a user's inbox and not archived, newest first."""

    data: list[Notification]
    next: Cursor
    """Send it as `cursor` for the next page; null where there is none."""


class Marked(Counted):
    """The notification as it stands now."""

    notification: Notification


class ReadAllAnswer(Counted):
    """All is read up to here."""

    up_to: Id


class User(TypedDict):
    """How a user is reached."""

    user_id: str
    email: str | None
    phone: str | None
    """In E.164."""


class UserToken(TypedDict):
    """What opens this user's inbox, and nothing else."""

    token: str
    """A JSON Web Token. Send it as `Authorization: Bearer …`, or connect with `?token=…`."""
    expires_at: Time
    websocket_url: str
    """Where to connect."""


class DeadLetter(TypedDict):
    """What could not be delivered. One that is `malformed` has nothing but an id and its reason."""

    id: str
    """The notification's; the message's where it is malformed."""
    reason: LetterReason
    user_id: NotRequired[UserId]
    notification_type: NotRequired[Channel]
    created_at: NotRequired[Time]
    failed_at: NotRequired[Time | None]
    attempt_count: NotRequired[Number]
    last_attempt: NotRequired[Attempt | None]


class DeadLetterPage(TypedDict):
    """Some of the dead letters, those that failed last first."""

    data: list[DeadLetter]
    more: bool
    """There may be others."""


class SkippedLetter(TypedDict):
    """One that was not redriven, and why."""

    id: str
    reason: str


class RedriveAnswer(TypedDict):
    """What was redriven."""

    redriven: Number
    skipped: list[SkippedLetter]
    more: bool
    """There may be others: call again."""


class TemplateVariable(TypedDict):
    """A variable of a template."""

    required: bool
    default: NotRequired[Any]
    description: NotRequired[str]


class TemplateTexts(TypedDict):
    """The texts on one channel in one language."""

    text: str
    subject: NotRequired[str]
    html: NotRequired[str]


class Template(TypedDict):
    """A version of a template. It never changes."""

    name: str
    version: Annotated[int, Field(ge=1)]
    created_at: Time
    """When this version was stored."""
    description: str | None
    default_locale: str
    variables: dict[str, TemplateVariable]
    channels: dict[Channel, dict[str, TemplateTexts]]


class TemplateSummary(TypedDict):
    """A template as it stands in a list: without its texts."""

    name: str
    version: Annotated[int, Field(ge=1)]
    created_at: Time
    description: str | None
    default_locale: str
    channels: dict[Channel, list[str]]
    """The languages of each channel."""


class TemplatePage(TypedDict):
    """Some of the templates, or of one's versions."""

    data: list[TemplateSummary]
    next: Cursor
    """Send it as `cursor` for the next page; null where there is none."""


class TemplateDeleted(TypedDict):
    """The template is out of use."""

    message: Literal["Template deleted"]
    name: str
    version: Annotated[int, Field(ge=1)]
    """The version that was current."""


class Preview(TypedDict):
    """What a notification would say."""

    version: int | None
    """Null for a template that is not stored."""
    locale: str
    """The language whose texts were taken."""
    subject: str | None
    content: str
    html: str | None


class BookLine(TypedDict):
    """Accepted is the sum of the others."""

    accepted: Number
    sent: Number
    failed: Number
    expired: Number
    cancelled: Number
    in_progress: Number
    """Pending or scheduled."""


class BookHour(BookLine):
    """What was accepted on a channel within an hour, and what became of it since."""

    hour: Time
    notification_type: Channel


# `from` is a word of Python's, so this type cannot be written as a class.
Books = TypedDict(
    "Books",
    {
        "from": Time,
        "to": Time,
        "counted_up_to": Time | None,
        "data": list[BookHour],
        "totals": dict[Channel, BookLine],
        "total": BookLine,
    },
)


class Health(TypedDict):
    """API Gateway reaches our functions."""

    status: Literal["ok"]
    version: str
