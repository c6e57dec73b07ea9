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

type _Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]


class BodyModel(RequestModel):
    """The texts on one channel in one language."""

    text: StrictStr
    subject: StrictStr | None = None
    html: StrictStr | None = None


class VariableModel(RequestModel):
    """A variable: required, unless it has a default or says that it is not."""

    required: StrictBool | None = None
    default: Any = None
    description: StrictStr | None = None

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
    channels: dict[Channel, dict[StrictStr, BodyModel]]
    variables: dict[StrictStr, VariableModel] = Field(default_factory=dict)
    description: StrictStr | None = None

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
    locale: StrictStr | None = None
    variables: dict[StrictStr, Any] = Field(default_factory=dict)
    version: Annotated[StrictInt, Field(ge=1, le=LARGEST_NUMBER)] | None = None
    template: TemplateRequest | None = None

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


class TemplatesQuery(RequestModel):
    """The query of `GET /templates`."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: str | None = None

    def after(self) -> str | None:
        """Return the name of the last template that was seen."""
        return None if self.cursor is None else decode_key(LISTING, self.cursor, NAME)


class VersionsQuery(RequestModel):
    """The query of `GET /templates/{name}/versions`."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: str | None = None

    def before(self, name: str) -> int | None:
        """Return the number of the last version that was seen."""
        if self.cursor is None:
            return None
        return int(decode_key(versions_of(name), self.cursor, NUMBER))


def versions_of(name: str) -> str:
    """Return the name of a template's list of versions, which its cursors fit."""
    return f"{LISTING}/{name}/versions"
