"""A look at a template's text before python-liquid sees it: what it holds, and that it is bounded.

The library's expressions for tags and outputs take quadratic time on long runs of spaces and on
what is never closed, so everything between braces is measured first. That also finds most mistakes,
and can say better where they are than a parser that has come to the end of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from notificationd.domain.errors import TemplateFault

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE_CHARACTERS = 400
"""Of one tag or output."""
CODES = 1_000
"""Tags and outputs in a text."""
ALL_CODE_CHARACTERS = 8 * 1024
"""Of all tags and outputs in a text, with their braces: parsing takes up to 3 µs for each."""
_SPACES = 60
"""In a row, within a tag or an output."""

_OPENING = re.compile(r"\{[{%]")
_NAME = re.compile(r"-?\s{0,60}(\w*)")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_LONG_SPACE = re.compile(rf"\s{{{_SPACES + 1}}}")
_BLOCKS = frozenset({"if", "unless", "case", "for", "capture", "comment"})
_INNER = {
    "elsif": {"if", "unless"},
    "else": {"if", "unless", "case", "for"},
    "when": {"case"},
    "break": {"for"},
    "continue": {"for"},
}
TAGS = frozenset({*_BLOCKS, *(f"end{name}" for name in _BLOCKS), *_INNER, "assign"})
"""What is there of Liquid. No tag loads another template, and none has a loop without data."""


class Code(NamedTuple):
    """A tag or an output.

    Args:
        start: of its braces, in the source.
        text: between the braces.
        tag: its name, None for an output.
    """

    start: int
    text: str
    tag: str | None


def fault(source: str, index: int, detail: str, *, code: str = "syntax") -> TemplateFault:
    """Return a fault at a place of a text, which people count from 1."""
    line = source.count("\n", 0, index) + 1
    column = index - source.rfind("\n", 0, index)
    return TemplateFault(code, detail, line=line, column=column)


def scan(source: str) -> int:
    """Check what stands between braces, and return how many characters that is, with these.

    Raises:
        TemplateFault: something is not closed, not known, or too long.
    """
    open_blocks: list[Code] = []
    characters = 0
    for count, each in enumerate(_codes(source), 1):
        characters += len(each.text) + 4
        if count > CODES:
            raise fault(source, each.start, f"at most {CODES} tags and outputs")
        if characters > ALL_CODE_CHARACTERS:
            detail = f"at most {ALL_CODE_CHARACTERS} characters in tags and outputs"
            raise fault(source, each.start, detail)
        if each.tag is not None:
            _follow(source, each, each.tag, open_blocks)
        if not (open_blocks and open_blocks[-1].tag == "comment"):
            _check(source, each)
    if open_blocks:
        unclosed = open_blocks[-1]
        raise fault(source, unclosed.start, f"'{unclosed.tag}' is never closed")
    return characters


def _codes(source: str) -> Iterator[Code]:
    position = 0
    while opening := _OPENING.search(source, position):
        start = opening.start()
        is_tag = opening.group() == "{%"
        closing = "%}" if is_tag else "}}"
        end = source.find(closing, start + 2)
        if end < 0:
            raise fault(source, start, f"'{opening.group()}' is never closed by '{closing}'")
        text = source[start + 2 : end]
        if len(text) > CODE_CHARACTERS:
            detail = f"at most {CODE_CHARACTERS} characters between '{opening.group()}' and its end"
            raise fault(source, start, detail)
        if _LONG_SPACE.search(text):
            raise fault(source, start, f"at most {_SPACES} spaces in a row")
        name = _NAME.match(text)
        yield Code(start, text, name[1] if is_tag and name else None)
        position = end + 2


def _follow(source: str, code: Code, tag: str, open_blocks: list[Code]) -> None:
    """Keep account of the blocks that are open. In a comment only its end counts."""
    innermost = open_blocks[-1].tag if open_blocks else None
    if tag in {"raw", "doc"}:  # the library looks for their ends itself, in comments, too
        raise fault(source, code.start, f"there is no tag '{tag}'")
    if innermost == "comment" and tag not in {"comment", "endcomment"}:
        return
    if tag not in TAGS:
        detail = f"there is no tag '{tag}'" if tag else "a tag needs a name"
        raise fault(source, code.start, detail)
    if tag in _BLOCKS:
        open_blocks.append(code)
    elif tag.startswith("end"):
        if innermost != tag.removeprefix("end"):
            raise fault(source, code.start, f"'{tag}' closes nothing that is open")
        open_blocks.pop()
    elif tag in _INNER and not any(block.tag in _INNER[tag] for block in open_blocks):
        raise fault(source, code.start, f"'{tag}' is not within what it belongs to")


def _check(source: str, code: Code) -> None:
    """Refuse ranges: they are loops without data, and a range of a milliard is a list of one."""
    if "(" in _STRING.sub("", code.text):
        detail = "parentheses and ranges such as (1..3) are not supported"
        raise fault(source, code.start, detail)
