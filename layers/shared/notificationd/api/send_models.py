"""What callers send to notify users, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictInt, StrictStr, WithJsonSchema

from notificationd.api.models import USER_ID, Moment, RequestModel, described
from notificationd.domain.content import (
    BATCH_ENTRIES,
    CONTENT_BYTES,
    EXPIRY_SECONDS,
    HTML_BYTES,
    SUBJECT_CHARACTERS,
)
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.template_choice import TemplateChoice, parse_choice
from notificationd.services.compose import SendCommand

_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_LINE = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"


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
    send_at: Moment | None = None
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
        list[Annotated[Any, WithJsonSchema(_ENTRY)]], Field(min_length=1, max_length=BATCH_ENTRIES)
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
