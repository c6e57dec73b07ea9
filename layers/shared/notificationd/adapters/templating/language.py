"""Templates in Liquid, for authors who are not trusted with the process that renders them.

https://shopify.github.io/liquid/ without ranges, `include`, `render`, `tablerow`, `cycle`,
`increment` and `raw`, and without Python's own forms of lists and objects. In HTML values are
escaped, what the author wrote is not, and no filter switches that off.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from notificationd.adapters.templating.context import Context
from notificationd.adapters.templating.engine import (
    BoundTemplate,
    Environment,
    FalsyStrictUndefined,
    LiquidError,
    TokenStream,
    UndefinedError,
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    content,
    for_tag,
    get_parser,
    if_tag,
    illegal,
    unless_tag,
)
from notificationd.adapters.templating.filters import FILTERS
from notificationd.adapters.templating.meter import Meter, MeteredBuffer, OutOfSteps, TooLong
from notificationd.adapters.templating.nodes import MeteredFor, PlainOutput, cost_of
from notificationd.adapters.templating.scan import fault, scan
from notificationd.domain.errors import TemplateFault
from notificationd.domain.template import Examined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notificationd.adapters.templating.engine import Token

PARSED = 32
"""Texts that are kept as parsed, each of which takes 0.8 MB at most."""
_NESTED = 20
"""Blocks within each other."""
_DETAIL_CHARACTERS = 200
_TAGS = (
    content.Literal,
    illegal.Illegal,
    PlainOutput,
    MeteredFor,
    for_tag.BreakTag,
    for_tag.ContinueTag,
    if_tag.IfTag,
    unless_tag.UnlessTag,
    case_tag.CaseTag,
    assign_tag.AssignTag,
    capture_tag.CaptureTag,
    comment_tag.CommentTag,
)


class Liquid:
    """Fulfils `domain.ports.TemplateLanguage`."""

    def examine(self, source: str, *, html: bool) -> Examined:
        """Check a text, and return what it uses."""
        parsed = _parse(source, html)
        analysis = parsed.template.analyze(include_partials=False)
        for name, places in analysis.filters.items():
            if name not in FILTERS:
                raise fault(source, places[0].index, f"there is no filter '{name}'")
        return Examined(frozenset(analysis.globals), parsed.code)

    def rendering(self, values: Mapping[str, Any]) -> Rendering:
        """Return what renders the texts of one notification."""
        return Rendering(values)


class Rendering:
    """Fulfils `domain.ports.Rendering`: its texts may take so many steps together.

    Args:
        values: plain JSON; escaped where the text is HTML.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._meter = Meter()

    def text(self, source: str, *, html: bool) -> str:
        """Return a text with the values of its variables."""
        parsed = _parse(source, html)
        buffer = MeteredBuffer(self._meter)
        context = Context(parsed.template, self._values, self._meter)
        try:
            self._meter.charge(parsed.cost)
            parsed.template.render_with_context(context, buffer)
        except OutOfSteps as error:
            detail = "takes too much work: it needs fewer loops and filters, or less data"
            raise TemplateFault("too_expensive", detail) from error
        except TooLong as error:
            raise TemplateFault("too_long", "makes too long a text or list") from error
        except LiquidError as error:
            raise _translated(source, error) from error
        except Exception as error:  # what a filter of the library's raises is not foreseen
            detail = "a filter or a comparison does not fit the values that it is given"
            raise TemplateFault("unrenderable", detail) from error
        return buffer.getvalue()


class _Parsed(NamedTuple):
    """A text as it is kept.

    Args:
        code: the characters of its tags and outputs.
        cost: the steps that it takes to go through it once.
    """

    template: BoundTemplate
    code: int
    cost: int


class _Environment(Environment):
    """Has the tags and filters above and no others, and refuses what is not there."""

    block_nesting_limit = _NESTED

    def __init__(self, *, html: bool) -> None:
        super().__init__(autoescape=html, undefined=FalsyStrictUndefined)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002 - none of them
        """Register what there is."""
        for tag in _TAGS:
            self.add_tag(tag)
        self.filters.update(FILTERS)

    def error(
        self,
        exc: type[LiquidError] | LiquidError,
        msg: str | None = None,
        token: Token | None = None,
    ) -> None:
        """Raise an error, at the tag that it happened in where it has no place of its own."""
        if isinstance(exc, LiquidError) and token and not _has_place(exc):
            exc.token = token
        super().error(exc, msg, token)


def _has_place(error: LiquidError) -> bool:
    return error.token is not None and error.token.start_index >= 0


_ENVIRONMENTS = {html: _Environment(html=html) for html in (False, True)}


@lru_cache(maxsize=PARSED)
def _parse(source: str, html: bool) -> _Parsed:  # noqa: FBT001 - lru_cache keys it
    """Return a text as parsed.

    Raises:
        TemplateFault: it has a mistake, and where.
    """
    code = scan(source)
    environment = _ENVIRONMENTS[html]
    try:
        stream = TokenStream(environment.tokenizer()(source))
        nodes = get_parser(environment).parse(stream)
    except LiquidError as error:
        raise _translated(source, error, code="syntax") from error
    except Exception as error:  # a number of 5,000 digits, or what else nobody foresaw
        raise TemplateFault("syntax", "cannot be read") from error
    return _Parsed(BoundTemplate(environment, nodes), code, cost_of(stream.tokens))


def _translated(source: str, error: LiquidError, code: str = "unrenderable") -> TemplateFault:
    """Return an error of the library's with the place where it happened."""
    token = error.token
    detail = str(error.message)[:_DETAIL_CHARACTERS]
    if token is None or not _has_place(error):
        return TemplateFault(code, detail)
    found = fault(source, token.start_index, detail, code=code)
    if isinstance(error, UndefinedError):
        found.code, found.variable = "undefined", token.value
    return found
