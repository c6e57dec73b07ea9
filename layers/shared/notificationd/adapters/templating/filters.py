"""The filters that there are, each within bounds.

They are python-liquid's own but for `date`, `join` and `replace`, and only those whose work can be
foretold. None undoes escaping, and none knows the time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from notificationd.adapters.templating.engine import (
    FilterArgumentError,
    Undefined,
    array_filters,
    math_filters,
    misc_filters,
    string_filters,
)
from notificationd.adapters.templating.meter import TEXT_CHARACTERS, Meter, TooLong, check, size

if TYPE_CHECKING:
    from collections.abc import Callable

_FORETOLD_CHARACTERS = 2 * TEXT_CHARACTERS
"""Of what multiplies one text with another, as it is estimated before it is made."""
LARGEST = 10**30
"""Of a number that is calculated: every step of a calculation is short."""
_DIRECTIVE = re.compile(r"%(-?[dmHIMSj]|[aAbBpyYzZ%])")
_LONGEST_FORMAT = 100


class FilterFault(FilterArgumentError):
    """A filter cannot be applied to what it is given; the text says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text, token=None)  # whoever calls the filter knows where it stands


def date(value: object, form: object = "%Y-%m-%d") -> str:
    """Write a time of RFC 3339, a date, or seconds since the epoch (in UTC), as `form` has it.

    The names of days and months are English.
    """
    if not isinstance(form, str) or len(form) > _LONGEST_FORMAT:
        raise FilterFault("date takes a format such as '%d.%m.%Y'")
    if "%" in _DIRECTIVE.sub("", form):
        raise FilterFault("date knows %d %m %H %I %M %S %j %a %A %b %B %p %y %Y %z %Z and %%")
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
        elif isinstance(value, int | float):
            at = datetime.fromtimestamp(value, UTC)
        else:
            raise FilterFault("date takes a time such as 2026-11-23T03:43:42Z")
        return at.strftime(form)
    except (ValueError, OverflowError, OSError) as error:
        raise FilterFault("date takes a time such as 2026-11-23T03:43:42Z") from error


def shown(value: object) -> str:
    """Return a text, a number, true or false, or null as they are shown.

    Raises:
        FilterFault: it is a list or an object.
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value
        case int() | float() | Undefined():  # an undefined one says so itself
            return str(value)
        case _:
            raise FilterFault(
                "a list or an object cannot be shown: take a part of it, or join a list"
            )


def join(items: object, separator: object = " ") -> str:
    """Return the members of a list as one text. What is not a list comes as it is."""
    if not isinstance(items, list | tuple):
        return shown(items)
    between, texts = shown(separator), [shown(each) for each in items]
    if len(between) * len(texts) + sum(map(len, texts)) > _FORETOLD_CHARACTERS:
        raise TooLong
    return between.join(texts)


def replace(text: object, old: object, new: object = "") -> object:
    """Return a text with another one in place of each part like `old`."""
    before, after = shown(text), shown(new)
    if len(before) + before.count(shown(old)) * len(after) > _FORETOLD_CHARACTERS:
        raise TooLong
    return string_filters.replace(before, shown(old), after)


TEXT: dict[str, Callable[..., Any]] = {
    "append": string_filters.append,
    "capitalize": string_filters.capitalize,
    "downcase": string_filters.downcase,
    "escape": string_filters.escape,
    "lstrip": string_filters.lstrip,
    "newline_to_br": string_filters.newline_to_br,
    "prepend": string_filters.prepend,
    "remove": string_filters.remove,
    "replace": replace,
    "rstrip": string_filters.rstrip,
    "split": string_filters.split,
    "strip": string_filters.strip,
    "strip_newlines": string_filters.strip_newlines,
    "truncate": string_filters.truncate,
    "truncatewords": string_filters.truncatewords,
    "upcase": string_filters.upcase,
    "url_encode": string_filters.url_encode,
    "date": date,
    "abs": math_filters.abs_,
    "at_least": math_filters.at_least,
    "at_most": math_filters.at_most,
    "ceil": math_filters.ceil,
    "divided_by": math_filters.divided_by,
    "floor": math_filters.floor,
    "minus": math_filters.minus,
    "modulo": math_filters.modulo,
    "plus": math_filters.plus,
    "round": math_filters.round_,
    "times": math_filters.times,
}
"""Of texts and numbers."""
ANY: dict[str, Callable[..., Any]] = {
    "compact": array_filters.compact,
    "concat": array_filters.concat,
    "default": misc_filters.default,
    "first": array_filters.first,
    "join": join,
    "last": array_filters.last,
    "map": array_filters.map_,
    "reverse": array_filters.reverse,
    "size": misc_filters.size,
    "slice": string_filters.slice_,
    "sort": array_filters.sort,
    "sum": array_filters.sum_,
    "where": array_filters.where,
}
"""Of lists, or of anything."""
FILTERS = {**TEXT, **ANY}
_BY_CHARACTER = {"newline_to_br", "strip_newlines", "url_encode"}
"""These look at each character in turn, and make little of their speed."""
_OPTIONS = {"default": frozenset({"allow_false"})}
"""Arguments that are given by name."""


def metered(name: str, apply: Callable[..., object], meter: Meter) -> Callable[..., object]:
    """Return a filter that is charged for, and whose result is no longer than it may be.

    Args:
        apply: the filter itself, with what it needs to know of its template.
    """

    def call(value: object, *arguments: object, **options: object) -> object:
        meter.charge(2 + size(value) + sum(map(size, arguments)))
        if not options.keys() <= _OPTIONS.get(name, frozenset()):
            raise FilterFault(f"{name} takes no such argument")
        if name in TEXT:
            _check_scalars(name, value, *arguments)
        if name in _BY_CHARACTER:
            meter.charge(len(str(value)) // 8)
        result = apply(value, *arguments, **options)
        _check_number(result)
        check(result)
        meter.charge(size(result))
        return result

    return call


def _check_scalars(name: str, *values: object) -> None:
    # By its type: an undefined value may not be asked for anything, and says so by itself.
    if any(issubclass(type(value), list | tuple | dict) for value in values):
        raise FilterFault(f"{name} takes texts and numbers, not a list or an object")


def _check_number(value: object) -> None:
    if isinstance(value, int) and abs(value) > LARGEST:
        raise FilterFault(f"a number beyond {LARGEST:.0e}")
    if isinstance(value, float) and not isfinite(value):
        raise FilterFault("no number")
