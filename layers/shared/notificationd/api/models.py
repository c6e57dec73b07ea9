"""The bodies and queries that callers send, as pydantic models; what they say becomes a command."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

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
)
from pydantic_core import PydanticCustomError

from notificationd.domain.content import EXPIRY_SECONDS
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


class RequestModel(BaseModel):
    """What all requests share: nothing is guessed, and an unknown field is a mistake."""

    model_config = ConfigDict(extra="forbid")
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


class SendRequest(RequestModel):
    """The body of `POST /notifications`."""

    user_id: StrictInt | StrictStr
    notification_type: Channel
    content: StrictStr | None = None
    subject: StrictStr | None = None
    html: StrictStr | None = None
    template: StrictStr | None = None
    locale: StrictStr | None = None
    variables: dict[str, Any] | None = None
    to: StrictStr | None = None
    data: dict[str, Any] | None = None
    delivery: Delivery = Delivery.AT_LEAST_ONCE
    send_at: Annotated[int, BeforeValidator(_moment)] | None = None
    expires_in: Annotated[StrictInt, Field(ge=1, le=EXPIRY_SECONDS)] | None = None

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


class BatchRequest(RequestModel):
    """The body of `POST /notifications/batch`; each entry is looked at by itself."""

    notifications: Annotated[list[Any], Field(min_length=1, max_length=LARGEST)]

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

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: str | None = None
    type: Channel | None = None
    status: Status | None = None
    unread: bool | None = None

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

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: str | None = None
    unread: bool | None = None

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
    seen: StrictBool | None = None
    archived: StrictBool | None = None

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

    up_to: Annotated[StrictStr, AfterValidator(_an_id)] | None = None


def _known_reason(text: str) -> str:
    if text not in REASONS:
        raise PydanticCustomError(
            "enum", "must be one of {reasons}", {"reasons": ", ".join(REASONS)}
        )
    return text


def _split(value: object) -> object:
    """Take a list's members apart, which a query can only have as one text."""
    return value.split(",") if isinstance(value, str) else value


type _Ids = Annotated[
    list[Annotated[StrictStr, Field(min_length=1, max_length=_FIELD_CHARACTERS)]],
    Field(min_length=1, max_length=100),
]


class LetterFilter(RequestModel):
    """Which dead letters are meant: those that fit all that is given."""

    channel: Channel | None = None
    reason: Annotated[StrictStr, AfterValidator(_known_reason)] | None = None
    since: Annotated[int, BeforeValidator(_moment)] | None = None
    until: Annotated[int, BeforeValidator(_moment)] | None = None

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

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    ids: Annotated[_Ids, BeforeValidator(_split)] | None = None

    def to_wanted(self) -> Wanted:
        """Return which letters are asked for."""
        return self._wanted(self.ids)


class RedriveRequest(LetterFilter):
    """The body of `POST /dead-letters/redrive`. That all are meant has to be said."""

    ids: _Ids | None = None
    all: StrictBool = False

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
    phone: StrictStr | None = None


class TokenRequest(RequestModel):
    """The body of `POST /users/{id}/tokens`, which may be left out."""

    expires_in: Annotated[StrictInt, Field(ge=60, le=LONGEST_TOKEN_SECONDS)] = TOKEN_SECONDS


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
