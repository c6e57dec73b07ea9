"""Make what a notification says from a template: the right body, its variables, its texts.

It happens when a notification is accepted, so that what was accepted is what is sent, whatever
becomes of the template meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from notificationd.domain.content import content_errors
from notificationd.domain.errors import FieldError, InvalidRequest, TemplateFault
from notificationd.domain.template import Body, Rendered, canonical_locale
from notificationd.domain.template_rules import values_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notificationd.domain import ports
    from notificationd.domain.notification import Channel
    from notificationd.domain.template import Head, Template, Version
    from notificationd.domain.template_choice import TemplateChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """What a notification says that is made from a template."""

    templates: ports.TemplateReader
    language: ports.TemplateLanguage

    def __call__(self, choice: TemplateChoice, channel: Channel) -> Rendered:
        """Return what a stored template says.

        The head is read anew each time, so that a template that has just been stored is the one
        that is used; what a version says never changes.

        Raises:
            InvalidRequest: the template, the version or a body is not there, a variable is
                missing, or the outcome is nothing that could be sent.
            Unavailable: the templates cannot be read.
        """
        version = self._version(choice)
        return self.render(version.template, choice, channel, version.number)

    def render(
        self, template: Template, choice: TemplateChoice, channel: Channel, number: int | None
    ) -> Rendered:
        """Return what a template says that is at hand.

        Args:
            number: of its version, None if it is not stored.

        Raises:
            InvalidRequest: as above.
        """
        locale = _locale(choice)
        found = template.body(channel, locale)
        if found is None:
            detail = f"the template has no body for {channel}"
            raise InvalidRequest(FieldError("notification_type", "no_body", detail))
        chosen, body = found
        texts = self._texts(body, _values(template, choice.variables))
        subject = texts.get("subject")
        rendered = Rendered(
            content=texts["text"],
            subject=None if subject is None else subject.strip(),
            html=texts.get("html"),
            locale=chosen,
            version=number,
        )
        if errors := tuple(_errors(channel, rendered)):
            raise InvalidRequest(*errors)
        return rendered

    def _version(self, choice: TemplateChoice) -> Version:
        head = self.templates.head(choice.name)
        if head is None or head.is_deleted:
            detail = f"there is no template {choice.name!r}"
            raise InvalidRequest(FieldError("template", "not_found", detail))
        number = choice.version or head.number
        version = self.templates.version(choice.name, number)
        if version is None:
            detail = f"{choice.name!r} has no version {number}; the newest is {head.number}"
            raise InvalidRequest(FieldError("template", "not_found", detail))
        return version

    def _texts(self, body: Body, values: Mapping[str, Any]) -> dict[str, str]:
        rendering = self.language.rendering(values)
        texts: dict[str, str] = {}
        for name, source in body.texts():
            try:
                texts[name] = rendering.text(source, html=name == "html")
            except TemplateFault as fault:
                field = f"variables.{fault.variable}" if fault.variable in values else "template"
                detail = described(fault, name)
                raise InvalidRequest(FieldError(field, fault.code, detail)) from fault
        return texts


class ReadOnce:
    """The templates as one request sees them: it asks once for each, and has no other meanwhile."""

    def __init__(self, templates: ports.Templates) -> None:
        self._heads = cache(templates.head)
        self._versions = cache(templates.version)

    def head(self, name: str) -> Head | None:
        """Return which version is the newest; None where there is no template of that name."""
        return self._heads(name)

    def version(self, name: str, number: int) -> Version | None:
        """Return a version, None where there is none of that number."""
        return self._versions(name, number)


def described(fault: TemplateFault, name: str) -> str:
    """Return what is wrong with a text, and where in it.

    Args:
        name: of the text: `subject`, `text` or `html`.
    """
    if fault.line is None:
        return f"{name}: {fault.detail}"
    return f"{name}, line {fault.line}, column {fault.column}: {fault.detail}"


def _locale(choice: TemplateChoice) -> str | None:
    if choice.locale is None:
        return None
    locale = canonical_locale(choice.locale)
    if locale is None:
        detail = "must be a language tag such as de or de-AT"
        raise InvalidRequest(FieldError("locale", "invalid", detail))
    return locale


def _values(template: Template, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of each of a template's variables. Others that are given are not used.

    Raises:
        InvalidRequest: some are missing, or the values are too much.
    """
    errors = [*values_errors(given)]
    errors += [
        FieldError(f"variables.{name}", "missing", "is missing")
        for name, variable in template.variables.items()
        if variable.required and name not in given
    ]
    if errors:
        raise InvalidRequest(*errors)
    return {
        name: given.get(name, variable.default) for name, variable in template.variables.items()
    }


def _errors(channel: Channel, rendered: Rendered) -> list[FieldError]:
    """Return what keeps a rendered content from being sent, in the words for any content."""
    found = content_errors(channel, rendered.content, rendered.subject, None, rendered.html)
    return [
        FieldError("template", error.code, f"the rendered {error.field}: {error.detail}")
        for error in found
    ]
