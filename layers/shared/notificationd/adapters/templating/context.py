"""What a template's text sees while it is rendered, each look charged for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.adapters.templating.engine import UNDEFINED, ReadOnlyChainMap, RenderContext
from notificationd.adapters.templating.filters import metered
from notificationd.adapters.templating.meter import MeteredBuffer, size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notificationd.adapters.templating.engine import BoundTemplate, Token
    from notificationd.adapters.templating.meter import Meter


class Context(RenderContext):
    """The variables of one rendering, and nothing else: neither the time nor a counter.

    Args:
        values: plain JSON.
        meter: is charged for each look at a value, each filter, and all that is written.
    """

    __slots__ = ("meter",)

    def __init__(self, template: BoundTemplate, values: Mapping[str, Any], meter: Meter) -> None:
        super().__init__(template, globals=values)
        self.scope = ReadOnlyChainMap(self.locals, self.globals)  # without python-liquid's `now`
        self.meter = meter

    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        """Return what a path leads to."""
        found = super().get(path, token=token, default=default)
        self.meter.charge(len(path) + size(found))
        return found

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """Return a filter."""
        return metered(name, super().filter(name, token), self.meter)

    def get_buffer(self, buf: object = None) -> MeteredBuffer:  # noqa: ARG002 - each has the limit
        """Return where `capture` puts its text."""
        return MeteredBuffer(self.meter)
