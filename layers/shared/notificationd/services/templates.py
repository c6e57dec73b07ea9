"""Look after templates: store, show, list and delete them, and try one out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import (
    FieldError,
    InvalidRequest,
    NotFound,
    TemplateFault,
    Unavailable,
    VersionTaken,
)
from notificationd.domain.template import Head, Version, fingerprint
from notificationd.domain.template_rules import CODE_CHARACTERS, checked, name_errors
from notificationd.services.render import described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notificationd.domain import ports
    from notificationd.domain.notification import Channel
    from notificationd.domain.template import Rendered, Template
    from notificationd.domain.template_choice import TemplateChoice
    from notificationd.domain.template_page import TemplatePage, VersionPage
    from notificationd.services.render import Render

TRIES = 5
"""Of storing a version: as often as others may have stored one at the very same moment."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing a template came to.

    Args:
        is_new: it made a version; else it is what was there already.
    """

    version: Version
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateShelf:
    """The use cases behind `/templates`.

    Args:
        clock: returns milliseconds since the epoch.
    """

    templates: ports.Templates
    language: ports.TemplateLanguage
    render: Render
    clock: Callable[[], int]

    def put(self, name: str, template: Template) -> Stored:
        """Store a template as its next version, unless it is the same as the current one.

        After a deletion the numbers go on, so that none ever stands for two templates.

        Raises:
            InvalidRequest: it names what is wrong; in the texts, with line and column.
            Unavailable: the table cannot take it, or too many others are storing it.
        """
        template = self._checked(name, template)
        print_ = fingerprint(template)
        for _ in range(TRIES):
            head = self.templates.head(name)
            if head is not None and head.fingerprint == print_ and not head.is_deleted:
                return Stored(self._version(name, head.number), is_new=False)
            version = Version(
                name=name,
                number=1 if head is None else head.number + 1,
                created_at=self.clock(),
                template=template,
            )
            try:
                self.templates.add(version, print_)
            except VersionTaken:
                continue
            return Stored(version, is_new=True)
        raise _busy()

    def get(self, name: str, number: int | None = None) -> Version:
        """Return a template's version, the newest if none is named.

        Raises:
            NotFound: there is none, or the template has been deleted.
        """
        head = self._head(name)
        if number is not None and number > head.number:
            message = f"This template has no version {number}; the newest is {head.number}."
            raise NotFound(message)
        return self._version(name, number or head.number)

    def page(self, limit: int, after: str | None) -> TemplatePage:
        """Return some of the templates, by name."""
        return self.templates.page(limit, after)

    def versions(self, name: str, limit: int, before: int | None) -> VersionPage:
        """Return some of a template's versions, newest first.

        Raises:
            NotFound: there is no such template.
        """
        self._head(name)
        return self.templates.versions(name, limit, before)

    def delete(self, name: str) -> int:
        """Take a template out of use, and return the number of its newest version.

        Raises:
            NotFound: there is no such template.
            Unavailable: the table cannot be written, or too many others are storing it.
        """
        for _ in range(TRIES):
            head = self._head(name)
            try:
                self.templates.remove(name, head)
            except VersionTaken:
                continue
            return head.number
        raise _busy()

    def preview(
        self, choice: TemplateChoice, channel: Channel, template: Template | None
    ) -> Rendered:
        """Return what a notification would say.

        Args:
            template: in place of the stored one, if it is given.

        Raises:
            NotFound: there is no such template, and none is given.
            InvalidRequest: as if it were stored, or sent.
        """
        if template is not None:
            return self.render.render(self._checked(choice.name, template), choice, channel, None)
        version = self.get(choice.name, choice.version)
        return self.render.render(version.template, choice, channel, version.number)

    def _checked(self, name: str, template: Template) -> Template:
        if wrong := tuple(name_errors(name)):
            raise InvalidRequest(*wrong)
        template = checked(template)
        errors: dict[str, FieldError] = {}
        for error in self._text_errors(template):
            errors.setdefault(error.field, error)
        if errors:
            raise InvalidRequest(*errors.values())
        return template

    def _text_errors(self, template: Template) -> Iterator[FieldError]:
        """Yield the mistakes in the texts, and the names in them that are no variables."""
        code = 0
        for channel, bodies in template.bodies.items():
            for locale, body in bodies.items():
                for name, source in body.texts():
                    field = f"channels.{channel}.{locale}.{name}"
                    try:
                        examined = self.language.examine(source, html=name == "html")
                    except TemplateFault as fault:
                        yield FieldError(field, fault.code, described(fault, name))
                        continue
                    for unknown in sorted(examined.variables - template.variables.keys()):
                        detail = f"is used in {field}, and is not among the variables"
                        yield FieldError(f"variables.{unknown}", "missing", detail)
                    code += examined.code
                    if code > CODE_CHARACTERS:
                        detail = f"at most {CODE_CHARACTERS} characters in all tags and outputs"
                        yield FieldError("channels", "too_long", detail)
                        return

    def _head(self, name: str) -> Head:
        head = None if any(name_errors(name)) else self.templates.head(name)
        if head is None or head.is_deleted:
            message = "There is no template of that name."
            raise NotFound(message)
        return head

    def _version(self, name: str, number: int) -> Version:
        version = self.templates.version(name, number)
        if version is None:
            message = f"This template has no version {number}."
            raise NotFound(message)
        return version


def _busy() -> Unavailable:
    return Unavailable("the template is being stored by many others")
