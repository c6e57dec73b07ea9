"""The bodies and queries that callers send, as pydantic models; what they say becomes a command.

The sentence under a field is its description in the documentation, and so is what `described` adds:
what the domain checks, told in JSON Schema. Neither takes part in checking a request.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from notificationd.domain.content import (
    CONTENT_BYTES,
    EXPIRY_SECONDS,
    HTML_BYTES,
    SUBJECT_CHARACTERS,
    USER_ID_CHARACTERS,
)
from notificationd.domain.dead_letter import REASONS, Wanted
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.ids import is_uuid7
from notificationd.domain.inbox import InboxRequest
from notificationd.domain.marks import Change
from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.page import PageRequest, decode_cursor
from notificationd.domain.record import Status  # noqa: TC001 - pydantic reads it at run time
from notificationd.domain.template_choice import TemplateChoice, parse_choice
from notificationd.services.compose import SendCommand
from notificationd.services.send_batch import LARGEST
from notificationd.services.users import LONGEST_TOKEN_SECONDS, TOKEN_SECONDS

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_LINE = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"
USER_ID: dict[str, list[dict[str, Any]]] = {
    "anyOf": [
        {"type": "integer"},
        {
            "type": "string",
            "minLength": 1,
            "maxLength": USER_ID_CHARACTERS,
            "pattern": r"^[^/\x00-\x1f\x7f\u2028\u2029]*$",
        },
    ]
}
"""A user's id as JSON Schema."""
MOMENT = {"type": "string", "format": "date-time"}
"""A time as JSON Schema."""
_FIELD_CHARACTERS = 100
"""Of a field's name in an answer: an unknown one may be as long as the body."""
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_CODES = {
    "missing": ("missing", "is missing"),
    "extra_forbidden": ("unknown_field", "is not a field of this request"),
    "enum": ("unknown_value", ""),
    "string_type": ("wrong_type", "must be a string"),
    "dict_type": ("wrong_type", "must be an object"),
}


def described(**schema: Any) -> FieldInfo:  # noqa: ANN401 - JSON
    """Return what a field's JSON Schema says besides what pydantic knows of it."""
    info: FieldInfo = Field(json_schema_extra=schema)
    return info


class RequestModel(BaseModel):
    """What all requests share: nothing is guessed, and an unknown field is a mistake.

    Each is built when it is first used: a function uses one or two of them all.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)
    nested: ClassVar[bool] = False
    """Whether a wrong field within another one is named with its whole path."""

    @classmethod
    def parse(cls, values: dict[str, Any]) -> Self:
        """Return the request that some values make.

        Raises:
            InvalidRequest: it names every field that is wrong.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidRequest(*_field_errors(error, nested=cls.nested)) from error


def _moment(value: object) -> int:
    """Return a time of RFC 3339 in milliseconds since the epoch."""
    try:
        at = datetime.fromisoformat(str(value)) if _RFC3339.fullmatch(str(value)) else None
    except ValueError:
        at = None
    if at is None:
        message = "must be a time with its zone, like 2026-11-23T03:43:42Z"
        raise PydanticCustomError("not_a_time", message)
    return int(at.timestamp() * 1000)


_Moment = Annotated[int, BeforeValidator(_moment), WithJsonSchema(MOMENT)]
_Limit = Annotated[int, Field(ge=1, le=100)]


class SendRequest(RequestModel):
    """The body of `POST /notifications`."""

    user_id: Annotated[StrictInt | StrictStr, WithJsonSchema(USER_ID)]
    """Who is notified: your own id for the user. `4` and `"4"` are the same user. A string must be
    able to stand in a path: no slash, and neither `.` nor `..`."""
    notification_type: Channel
    """The channel."""
    content: Annotated[
        StrictStr | None, described(minLength=1, maxLength=CONTENT_BYTES, pattern=_TEXT)
    ] = None
    """The text: required, unless there is a `template`. At most 1,600 characters for sms, and 64 KB
    in UTF-8 for the others."""
    subject: Annotated[
        StrictStr | None, described(minLength=1, maxLength=SUBJECT_CHARACTERS, pattern=_LINE)
    ] = None
    """Of an email or an in-app notification; one line."""
    html: Annotated[
        StrictStr | None, described(minLength=1, maxLength=HTML_BYTES, pattern=_TEXT)
    ] = None
    """Of an email, beside its `content`; at most 64 KB in UTF-8. It is sent, and not kept."""
    template: Annotated[
        StrictStr | None, described(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}(@[1-9][0-9]{0,8})?$")
    ] = None
    """In place of `content`, `subject` and `html`: a template, like `welcome`, or one version of
    it, `welcome@3`."""
    locale: StrictStr | None = None
    """With a template: `de-AT` takes the texts for `de-AT`, else those for `de`, else those of the
    template's default."""
    variables: dict[str, Any] | None = None
    """With a template: what stands for its variables, at most 16 KB. What is left out has to have a
    default."""
    to: StrictStr | None = None
    """An email address, or a phone number in E.164, in place of the user's own; email and sms."""
    data: dict[str, Any] | None = None
    """What your front end wants to know besides, at most 16 KB; in-app only."""
    delivery: Delivery = Delivery.AT_LEAST_ONCE
    """What to do when nobody can tell whether a provider has sent: `at_least_once` sends again,
    `at_most_once` does not."""
    send_at: _Moment | None = None
    """When to send it, at most a year ahead: RFC 3339 with an offset. It is `scheduled` until
    then; a time that has passed is at once."""
    expires_in: Annotated[StrictInt, Field(ge=1, le=EXPIRY_SECONDS)] | None = None
    """Seconds, from now or from `send_at` on. What has not been sent by then becomes `expired`, and
    is not sent late. For email and sms."""

    def to_command(self) -> SendCommand:
        """Return what is asked for.

        Raises:
            InvalidRequest: it has neither a content nor a template, or parts of both.
        """
        choice = self._choice()
        return SendCommand(
            user_id=self.user_id,
            channel=self.notification_type,
            content=self.content or "",
            subject=self.subject,
            html=self.html,
            template=choice,
            to=self.to,
            data=self.data,
            delivery=self.delivery,
            send_at=self.send_at,
            expires_in=self.expires_in,
        )

    def _choice(self) -> TemplateChoice | None:
        """Return the template that is chosen, None where there is a content."""
        if self.template is None:
            if self.content is None:
                raise InvalidRequest(FieldError("content", "missing", "is missing"))
            _refuse(self, ("locale", "variables"), "goes with a template")
            return None
        _refuse(self, ("content", "subject", "html"), "comes from the template")
        choice = parse_choice(self.template)
        if choice is None:
            detail = "must be the name of a template, like welcome, or one version of it: welcome@3"
            raise InvalidRequest(FieldError("template", "invalid", detail))
        name, version = choice
        return TemplateChoice(
            name=name, version=version, locale=self.locale, variables=self.variables or {}
        )


def _refuse(request: SendRequest, fields: tuple[str, ...], detail: str) -> None:
    given = [name for name in fields if getattr(request, name) is not None]
    if given:
        raise InvalidRequest(*(FieldError(name, "contradiction", detail) for name in given))


_ENTRY = {"anyOf": [{"$ref": "#/components/schemas/SendRequest"}, {}]}
"""Like a notification by itself, or anything: what is wrong is answered in its place."""


class BatchRequest(RequestModel):
    """The body of `POST /notifications/batch`; each entry is looked at by itself."""

    notifications: Annotated[
        list[Annotated[Any, WithJsonSchema(_ENTRY)]], Field(min_length=1, max_length=LARGEST)
    ]
    """Each as for `POST /notifications`. One that is wrong is refused by itself, so that the list
    may hold anything."""

    def to_commands(self) -> list[SendCommand | InvalidRequest]:
        """Return what is asked for, or what is wrong with it, entry by entry."""
        return [_command(entry) for entry in self.notifications]


def _command(entry: object) -> SendCommand | InvalidRequest:
    if not isinstance(entry, dict):
        return InvalidRequest(FieldError("notification", "wrong_type", "must be a JSON object"))
    try:
        return SendRequest.parse(entry).to_command()
    except InvalidRequest as error:
        return error


class ListQuery(RequestModel):
    """The query of `GET /users/{id}/notifications`."""

    limit: _Limit = 20
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

    limit: _Limit = 20
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


def _known_reason(text: str) -> str:
    if text not in REASONS:
        raise PydanticCustomError(
            "enum", "must be one of {reasons}", {"reasons": ", ".join(REASONS)}
        )
    return text


def _split(value: object) -> object:
    """Take a list's members apart, which a query can only have as one text."""
    return value.split(",") if isinstance(value, str) else value


_Ids = Annotated[
    list[Annotated[StrictStr, Field(min_length=1, max_length=_FIELD_CHARACTERS)]],
    Field(min_length=1, max_length=100),
]


class LetterFilter(RequestModel):
    """Which dead letters are meant: those that fit all that is given."""

    channel: Channel | None = None
    """Only those of this channel."""
    reason: (
        Annotated[StrictStr, AfterValidator(_known_reason), described(enum=list(REASONS))] | None
    ) = None
    """Only those that are there for this reason."""
    since: _Moment | None = None
    """Only those that failed at this time or later."""
    until: _Moment | None = None
    """Only those that failed before this time."""

    def _wanted(self, ids: list[str] | None) -> Wanted:
        return Wanted(
            ids=frozenset(ids or ()),
            channel=self.channel,
            reason=self.reason,
            since=self.since,
            until=self.until,
        )


class LettersQuery(LetterFilter):
    """The query of `GET /dead-letters`."""

    limit: _Limit = 20
    """How many at most."""
    ids: Annotated[_Ids, BeforeValidator(_split)] | None = None
    """Only those of these notifications: ids with commas between them."""

    def to_wanted(self) -> Wanted:
        """Return which letters are asked for."""
        return self._wanted(self.ids)


class RedriveRequest(LetterFilter):
    """The body of `POST /dead-letters/redrive`. That all are meant has to be said."""

    ids: _Ids | None = None
    """Those of these notifications."""
    all: StrictBool = False
    """All that there are: has to be said where neither `ids` nor a filter is given."""

    def to_wanted(self) -> Wanted:
        """Return which letters are to be redriven.

        Raises:
            InvalidRequest: none are named, or both some and all.
        """
        wanted = self._wanted(self.ids)
        if self.all and self.ids:
            raise InvalidRequest(FieldError("all", "contradiction", "name `ids` or all, not both"))
        if not self.all and wanted == Wanted():
            detail = "name `ids` or a filter, or say `all`: true"
            raise InvalidRequest(FieldError("all", "missing", detail))
        return wanted


class ContactPoints(RequestModel):
    """The body of `PUT /users/{id}`; what is left out or null is removed."""

    email: StrictStr | None = None
    """An email address."""
    phone: StrictStr | None = None
    """A phone number in E.164, like `+14155550123`."""


class AccountingQuery(RequestModel):
    """The query of `GET /accounting`."""

    start: _Moment | None = Field(default=None, alias="from")
    """From the hour of this time on; 24 hours before the end, unless it is given."""
    end: _Moment | None = Field(default=None, alias="to")
    """Up to this time; now, unless it is given. At most 31 days after the start."""


class TokenRequest(RequestModel):
    """The body of `POST /users/{id}/tokens`, which may be left out."""

    expires_in: Annotated[StrictInt, Field(ge=60, le=LONGEST_TOKEN_SECONDS)] = TOKEN_SECONDS
    """Seconds until the token ends. A socket that is open then stays open."""


def _field_errors(error: ValidationError, *, nested: bool) -> list[FieldError]:
    """Return one error for each wrong field, under the name that the caller wrote."""
    errors: dict[str, FieldError] = {}
    for entry in error.errors(include_url=False, include_input=False):
        # The second part of a union's location is the member that did not fit.
        parts = [part for part in entry["loc"] if part != "[key]"] if nested else entry["loc"][:1]
        field = ".".join(str(part)[:_FIELD_CHARACTERS] for part in parts) or "body"
        code, detail = _CODES.get(entry["type"], (entry["type"], ""))
        if field == "user_id" and len(entry["loc"]) > 1:  # an error for each type it could be
            detail = "must be an integer or a string"
        if code.endswith(("_type", "_parsing")):
            code = "wrong_type"
        errors.setdefault(
            field, FieldError(field, code, detail or entry["msg"].replace("Input should", "must"))
        )
    return list(errors.values())
