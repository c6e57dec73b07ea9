"""What differs from python-liquid's own tags: loops are charged for, and outputs are plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from notificationd.adapters.templating.context import Context
from notificationd.adapters.templating.engine import (
    BlockNode,
    Markup,
    for_tag,
    output,
)
from notificationd.adapters.templating.filters import FilterFault, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notificationd.adapters.templating.engine import Node, RenderContext, Token, TokenStream

_EXPRESSION = "expression"


def cost_of(tokens: Iterable[Token]) -> int:
    """Return the steps that it takes to go through a part of a text once."""
    return sum(
        2 + len(token.value) // 4 if token.kind == _EXPRESSION else 1 + len(token.value) // 256
        for token in tokens
    )


class MeteredFor(for_tag.ForTag):
    """`for`, each of whose rounds is charged for as much as there is to go through."""

    def parse(self, stream: TokenStream) -> Node:
        """Return the loop that a stream of tokens begins with."""
        start = stream.pos
        node = super().parse(stream)
        if isinstance(node, for_tag.ForNode):
            node.block = _Round(node.block, cost_of(stream.tokens[start : stream.pos]))
        return node


class _Round(BlockNode):
    __slots__ = ("_cost",)

    def __init__(self, block: BlockNode, cost: int) -> None:
        super().__init__(block.token, block.nodes)
        self._cost = cost

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Go through the loop once."""
        if isinstance(context, Context):
            context.meter.charge(self._cost)
        return super().render_to_output(context, buffer)


class PlainOutput(output.Output):
    """`{{ … }}` of a text, a number, true or false, or null, which is shown as nothing."""

    def parse(self, stream: TokenStream) -> output.OutputNode:
        """Return the output that a stream of tokens begins with."""
        node = super().parse(stream)
        return _PlainNode(node.token, node.expression)


class _PlainNode(output.OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the value; escaped in HTML, unless it is the author's own."""
        try:
            text = shown(self.expression.evaluate(context))
        except FilterFault as error:
            error.token = error.token or self.expression.token
            raise
        return buffer.write(Markup.escape(text) if context.autoescape else text)
