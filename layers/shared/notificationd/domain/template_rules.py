"""What a template, and the values for its variables, may be, before anybody reads its texts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notificationd.domain.content import CONTENT_BYTES, is_text, json_bytes
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.notification import Channel
from notificationd.domain.template import Body, Template, Variable, canonical_locale, to_document
from notificationd.domain.template_choice import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUBJECT_CHARACTERS = 1_000
"""Of a subject's text with what stands in braces."""
TEXT_BYTES = CONTENT_BYTES
"""Of a text and of its HTML, in UTF-8."""
LOCALES = 50
"""Of a channel."""
VARIABLES = 50
VALUES_BYTES = 16 * 1024
"""Of all values that a rendering is given, and of all defaults, as JSON in UTF-8."""
DEPTH = 10
"""Of lists and objects within each other."""
DESCRIPTION_CHARACTERS = 500
TEMPLATE_BYTES = 192 * 1024
"""As JSON in UTF-8: about half of what DynamoDB takes as an item."""
CODE_CHARACTERS = 32 * 1024
"""Of tags and outputs in all texts together: reading them takes up to 100 ms of CPU time."""

_SHOWN_CHARACTERS = 64
"""Of a name in an answer: a wrong one may be as long as the body."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def name_errors(name: str) -> Iterator[FieldError]:
    """Yield what is wrong with a template's name."""
    if not NAME.fullmatch(name):
        detail = "must be 1 to 64 of a-z, 0-9, dot, hyphen and underscore, the first a-z or 0-9"
        yield FieldError("name", "invalid", detail)


def checked(template: Template) -> Template:
    """Return a template with its locales in their one form.

    Raises:
        InvalidRequest: it names everything that is wrong, but for mistakes in the texts.
    """
    errors = [*_description_errors("description", template.description)]
    errors += _variables_errors(template.variables)
    default_locale = canonical_locale(template.default_locale)
    if default_locale is None:
        errors.append(_no_locale("default_locale"))
    bodies: dict[Channel, dict[str, Body]] = {}
    if not template.bodies:
        errors.append(FieldError("channels", "empty", "name at least one channel"))
    for channel, given in template.bodies.items():
        bodies[channel] = {}
        errors += _channel_errors(channel, given, default_locale)
        for locale, body in given.items():
            bodies[channel][canonical_locale(locale) or locale] = body
    if errors or default_locale is None:
        raise InvalidRequest(*errors)
    result = replace(template, default_locale=default_locale, bodies=bodies)
    if (json_bytes(to_document(result)) or 0) > TEMPLATE_BYTES:
        detail = f"at most {TEMPLATE_BYTES} bytes as JSON, all texts together"
        raise InvalidRequest(FieldError("channels", "too_long", detail))
    return result


def values_errors(values: object, field: str = "variables") -> Iterator[FieldError]:
    """Yield what is wrong with the values that variables are given, whatever their names."""
    if _depth_exceeds(values, DEPTH):
        yield FieldError(field, "too_deep", f"at most {DEPTH} lists and objects within each other")
        return
    size = json_bytes(values)
    if size is None:
        yield FieldError(field, "not_json", "must be plain JSON")
    elif size > VALUES_BYTES:
        yield FieldError(field, "too_long", f"at most {VALUES_BYTES} bytes as JSON")


def _variables_errors(variables: Mapping[str, Variable]) -> Iterator[FieldError]:
    if len(variables) > VARIABLES:
        yield FieldError("variables", "too_many", f"at most {VARIABLES}")
    for name, variable in variables.items():
        field = f"variables.{name[:_SHOWN_CHARACTERS]}"
        if not _VARIABLE.fullmatch(name):
            detail = "must be 1 to 64 letters, digits, hyphens and underscores, the first no digit"
            yield FieldError(field, "invalid", detail)
        yield from _description_errors(f"{field}.description", variable.description)
    yield from values_errors([each.default for each in variables.values()])


def _channel_errors(
    channel: Channel, bodies: Mapping[str, Body], default_locale: str | None
) -> Iterator[FieldError]:
    field = f"channels.{channel}"
    if len(bodies) > LOCALES:
        yield FieldError(field, "too_many", f"at most {LOCALES} locales")
    locales = Counter(canonical_locale(locale) for locale in bodies)
    if default_locale is not None and default_locale not in locales:
        detail = f"needs a body in the default locale, {default_locale}"
        yield FieldError(field, "missing", detail)
    for locale, body in bodies.items():
        part = f"{field}.{locale[:_SHOWN_CHARACTERS]}"
        canonical = canonical_locale(locale)
        if canonical is None:
            yield _no_locale(part)
        elif locales[canonical] > 1:
            yield FieldError(part, "contradiction", "is there twice")
        yield from _body_errors(channel, part, body)


def _body_errors(channel: Channel, field: str, body: Body) -> Iterator[FieldError]:
    if body.subject is not None and channel is Channel.SMS:
        yield FieldError(f"{field}.subject", "not_for_channel", "an sms has no subject")
    if body.html is not None and channel is not Channel.EMAIL:
        yield FieldError(f"{field}.html", "not_for_channel", "only an email has HTML")
    for name, text in body.texts():
        if not text.strip():
            yield FieldError(f"{field}.{name}", "empty", "must not be empty")
        elif not is_text(text):
            yield FieldError(f"{field}.{name}", "not_text", "must not contain control characters")
        elif name == "subject" and len(text) > SUBJECT_CHARACTERS:
            yield FieldError(
                f"{field}.{name}", "too_long", f"at most {SUBJECT_CHARACTERS} characters"
            )
        elif len(text.encode()) > TEXT_BYTES:
            yield FieldError(f"{field}.{name}", "too_long", f"at most {TEXT_BYTES} bytes in UTF-8")


def _description_errors(field: str, text: str | None) -> Iterator[FieldError]:
    if text is None:
        return
    if len(text) > DESCRIPTION_CHARACTERS:
        yield FieldError(field, "too_long", f"at most {DESCRIPTION_CHARACTERS} characters")
    elif not is_text(text):
        yield FieldError(field, "not_text", "must not contain control characters")


def _no_locale(field: str) -> FieldError:
    return FieldError(field, "invalid", "must be a language tag such as de or de-AT")


def _depth_exceeds(value: object, most: int) -> bool:
    """Tell whether a value is nested too deeply, without nesting calls as deeply."""
    level: list[Any] = [value]
    for _ in range(most + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list | tuple)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, dict | list | tuple) for each in level)
