"""What callers send about templates, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field, StrictBool, StrictInt, StrictStr

from notificationd.api.models import RequestModel
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.notification import Channel  # noqa: TC001 - pydantic reads it at run time
from notificationd.domain.page import decode_key
from notificationd.domain.template import Body, Template, Variable
from notificationd.domain.template_choice import NAME, NUMBER, TemplateChoice

LISTING = "templates"
LARGEST_NUMBER = 999_999_999

_Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]


class BodyModel(RequestModel):
    """The texts on one channel in one language."""

    text: StrictStr
    """The text, at most 64 KB."""
    subject: StrictStr | None = None
    """Of an email, which needs one, or of an in-app notification."""
    html: StrictStr | None = None
    """Of an email, beside its text. Values are escaped in it."""


class VariableModel(RequestModel):
    """A variable: required, unless it has a default or says that it is not."""

    required: StrictBool | None = None
    """Whether it has to be given. Left out: unless there is a `default`."""
    default: Any = None
    """What it is where it is not given."""
    description: StrictStr | None = None
    """For those who send."""

    def to_variable(self, name: str) -> Variable:
        """Return the variable.

        Raises:
            InvalidRequest: it is required and has a default.
        """
        has_default = "default" in self.model_fields_set
        if self.required and has_default:
            detail = "has a default, so it cannot be required"
            field = f"variables.{name}.required"
            raise InvalidRequest(FieldError(field, "contradiction", detail))
        return Variable(
            required=not has_default if self.required is None else self.required,
            default=self.default,
            description=self.description,
        )


class TemplateRequest(RequestModel):
    """The body of `PUT /templates/{name}`."""

    nested: ClassVar[bool] = True

    default_locale: StrictStr
    """The language that each channel has, like `en` or `de-AT`."""
    channels: dict[Channel, dict[StrictStr, BodyModel]]
    """The texts, by channel and language."""
    variables: dict[StrictStr, VariableModel] = Field(default_factory=dict)
    """All variables that the texts use, at most 50."""
    description: StrictStr | None = None
    """For those who send."""

    def to_template(self) -> Template:
        """Return the template, as it was written.

        Raises:
            InvalidRequest: a variable contradicts itself.
        """
        return Template(
            default_locale=self.default_locale,
            description=self.description,
            variables={name: each.to_variable(name) for name, each in self.variables.items()},
            bodies={
                channel: {
                    locale: Body(text=body.text, subject=body.subject, html=body.html)
                    for locale, body in bodies.items()
                }
                for channel, bodies in self.channels.items()
            },
        )


class PreviewRequest(RequestModel):
    """The body of `POST /templates/{name}/preview`."""

    nested: ClassVar[bool] = True

    notification_type: Channel
    """The channel."""
    locale: StrictStr | None = None
    """The language; the template's default where it is left out."""
    variables: dict[StrictStr, Any] = Field(default_factory=dict)
    """What stands for the template's variables."""
    version: Annotated[StrictInt, Field(ge=1, le=LARGEST_NUMBER)] | None = None
    """An earlier version."""
    template: TemplateRequest | None = None
    """A template that is not stored yet, in place of the stored one."""

    def to_choice(self, name: str) -> TemplateChoice:
        """Return what is to be previewed.

        Raises:
            InvalidRequest: both a stored version and a template are given.
        """
        if self.version is not None and self.template is not None:
            detail = "name a version, or send a template, not both"
            raise InvalidRequest(FieldError("version", "contradiction", detail))
        return TemplateChoice(
            name=name, version=self.version, locale=self.locale, variables=self.variables
        )


class TemplateQuery(RequestModel):
    """The query of `GET /templates/{name}`."""

    version: _Number | None = None
    """An earlier version."""


class TemplatesQuery(RequestModel):
    """The query of `GET /templates`."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """How many at most."""
    cursor: str | None = None
    """The `next` of the page before."""

    def after(self) -> str | None:
        """Return the name of the last template that was seen."""
        return None if self.cursor is None else decode_key(LISTING, self.cursor, NAME)


class VersionsQuery(RequestModel):
    """The query of `GET /templates/{name}/versions`."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """How many at most."""
    cursor: str | None = None
    """The `next` of the page before."""

    def before(self, name: str) -> int | None:
        """Return the number of the last version that was seen."""
        if self.cursor is None:
            return None
        return int(decode_key(versions_of(name), self.cursor, NUMBER))


def versions_of(name: str) -> str:
    """Return the name of a template's list of versions, which its cursors fit."""
    return f"{LISTING}/{name}/versions"
