"""Tables for a terminal."""

from collections.abc import Sequence


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows below their head in aligned columns, or `empty` when there are none.

    Control characters are escaped: names and reasons come from callers and providers.
    """
    if not rows:
        print(empty)
        return
    shown = [[_printable(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())


def _printable(text: str) -> str:
    return text if text.isprintable() else ascii(text)[1:-1]
