"""Templates: the texts of a notification per channel and locale, with variables in them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from notificationd.domain.notification import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_REGION, _SCRIPT = 2, 4
"""The lengths of a locale's parts that are written with capitals."""


class Examined(NamedTuple):
    """What a text of a template uses.

    Args:
        variables: their names.
        code: the characters of its tags and outputs, which cost time.
    """

    variables: frozenset[str]
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What a template's texts can be given.

    Args:
        required: it has to be given; else it has its default, or is null.
        default: plain JSON.
        description: for those who send.
    """

    required: bool = True
    default: Any = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The texts of a notification on one channel in one language, as their author wrote them.

    Args:
        subject: of an email or an in-app notification.
        html: of an email, beside its text.
    """

    text: str
    subject: str | None = None
    html: str | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the texts that there are, by name."""
        if self.subject is not None:
            yield "subject", self.subject
        yield "text", self.text
        if self.html is not None:
            yield "html", self.html


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a notification can be made from.

    Args:
        default_locale: in which every channel has a body.
        bodies: of each channel, by their locales in the one form that `canonical_locale` gives.
        description: for those who send.
    """

    default_locale: str
    bodies: Mapping[Channel, Mapping[str, Body]]
    variables: Mapping[str, Variable] = field(default_factory=dict)
    description: str | None = None

    def body(self, channel: Channel, locale: str | None) -> tuple[str, Body] | None:
        """Return the body that is nearest to a locale, and its own locale.

        From the right, a part after the other is left out (RFC 4647, section 3.4: lookup), then the
        default is taken. None where the channel has no body at all.
        """
        bodies = self.bodies.get(channel)
        if not bodies:
            return None
        for each in _fallbacks(locale):
            if each in bodies:
                return each, bodies[each]
        return self.default_locale, bodies[self.default_locale]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A template as it was stored. It never changes, and its number is never used again.

    Args:
        number: 1 for the first, then one more for each.
        created_at: milliseconds since the epoch.
    """

    name: str
    number: int
    created_at: int
    template: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is known of a template without its texts.

    Args:
        number: of its newest version.
        fingerprint: of that version's template.
        is_deleted: nobody sends by it, until it is stored again.
    """

    number: int
    fingerprint: str
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a notification says.

    Args:
        locale: that of the body which was taken.
        version: its number; None where the template is not stored.
    """

    content: str
    subject: str | None
    html: str | None
    locale: str
    version: int | None


def canonical_locale(text: str) -> str | None:
    """Return a locale in the one form in which it is compared, like `de-AT`; None if it is none.

    https://www.rfc-editor.org/rfc/rfc5646, section 2.1.1
    """
    if not _LOCALE.fullmatch(text):
        return None
    language, *others = text.lower().split("-")
    parts = [
        part.upper() if len(part) == _REGION else part.title() if len(part) == _SCRIPT else part
        for part in others
    ]
    return "-".join([language, *parts])


def fingerprint(template: Template) -> str:
    """Return what is the same for two templates if they are, and only then."""
    text = json.dumps(to_document(template), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def to_document(template: Template) -> dict[str, Any]:
    """Return a template as plain JSON, in the form in which it is sent and stored."""
    variables = {name: _variable_document(each) for name, each in template.variables.items()}
    channels = {
        str(channel): {locale: dict(body.texts()) for locale, body in bodies.items()}
        for channel, bodies in template.bodies.items()
    }
    return {
        "description": template.description,
        "default_locale": template.default_locale,
        "variables": variables,
        "channels": channels,
    }


def from_document(document: Mapping[str, Any]) -> Template:
    """Return the template that `to_document` wrote."""
    return Template(
        description=document["description"],
        default_locale=document["default_locale"],
        variables={name: Variable(**each) for name, each in document["variables"].items()},
        bodies={
            Channel(channel): {locale: Body(**texts) for locale, texts in bodies.items()}
            for channel, bodies in document["channels"].items()
        },
    )


def _fallbacks(locale: str | None) -> Iterator[str]:
    while locale:
        yield locale
        locale = locale.rpartition("-")[0]


def _variable_document(variable: Variable) -> dict[str, Any]:
    document: dict[str, Any] = {"required": variable.required}
    if not variable.required:
        document["default"] = variable.default
    if variable.description is not None:
        document["description"] = variable.description
    return document
