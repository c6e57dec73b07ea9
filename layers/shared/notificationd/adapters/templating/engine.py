"""The parts of python-liquid that are used here, loaded without those that are not.

python-liquid imports its extras at once: filters for currencies and dates in other languages, with
33 MB of babel's data, and a loader of templates from Python packages. None of them is registered
here, so the layer has nothing of what they need. While the library is imported, empty modules stand
in for them, which saves a third of the time that it takes. tests/unit/test_layers.py shows that
nothing misses them.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNUSED = ("babel", "babel.messages", "importlib_resources", "liquid.extra")
"""What the import asks for; babel and importlib-resources are left out of the layer."""


class _StandIn(ModuleType):
    """A module of which every name can be imported, and none be used."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


@contextmanager
def _without_extras() -> Iterator[None]:
    """Let modules that are not used be taken for loaded for a while."""
    standing_in = [name for name in UNUSED if name not in sys.modules]
    sys.modules.update({name: _StandIn(name) for name in standing_in})
    try:
        yield
    finally:
        for name in standing_in:
            del sys.modules[name]


with _without_extras():
    from liquid import (
        BoundTemplate,
        Environment,
        FalsyStrictUndefined,
        Markup,
        RenderContext,
        Token,
        TokenStream,
        Undefined,
    )
    from liquid.ast import BlockNode, Node
    from liquid.builtin import content, illegal, output
    from liquid.builtin.filters import array as array_filters
    from liquid.builtin.filters import math as math_filters
    from liquid.builtin.filters import misc as misc_filters
    from liquid.builtin.filters import string as string_filters
    from liquid.builtin.tags import (
        assign_tag,
        capture_tag,
        case_tag,
        comment_tag,
        for_tag,
        if_tag,
        unless_tag,
    )
    from liquid.exceptions import FilterArgumentError, LiquidError, UndefinedError
    from liquid.parser import get_parser
    from liquid.undefined import UNDEFINED
    from liquid.utils import ReadOnlyChainMap

__all__ = (
    "UNDEFINED",
    "BlockNode",
    "BoundTemplate",
    "Environment",
    "FalsyStrictUndefined",
    "FilterArgumentError",
    "LiquidError",
    "Markup",
    "Node",
    "ReadOnlyChainMap",
    "RenderContext",
    "Token",
    "TokenStream",
    "Undefined",
    "UndefinedError",
    "array_filters",
    "assign_tag",
    "capture_tag",
    "case_tag",
    "comment_tag",
    "content",
    "for_tag",
    "get_parser",
    "if_tag",
    "illegal",
    "math_filters",
    "misc_filters",
    "output",
    "string_filters",
    "unless_tag",
)
