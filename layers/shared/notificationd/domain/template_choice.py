"""By which template a notification is to be made. All that one without a template loads of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""Of a template. It stands in paths and keys."""
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""Of a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChoice:
    """By which template a notification is to be made.

    Args:
        version: None for the newest.
        locale: None for the template's default.
        variables: plain JSON.
    """

    name: str
    version: int | None = None
    locale: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


def parse_choice(text: str) -> tuple[str, int | None] | None:
    """Return the name and the version that `welcome` or `welcome@3` stand for, None for nothing."""
    name, at, number = text.partition("@")
    if not NAME.fullmatch(name) or (at and not NUMBER.fullmatch(number)):
        return None
    return name, int(number) if at else None
