"""The one error of the local run: a sentence that says what to do."""

from pathlib import Path
from typing import Final

ERROR_PREFIX: Final = "notificationd: "
"""What the sentence begins with on stderr."""


class LocalError(Exception):
    """Ends a command of the local run with exit code 1.

    Args:
        sentence: what is wrong and what to do, for someone at a terminal.
        log: the file that has the rest, if one has.

    """

    def __init__(self, sentence: str, log: Path | None = None) -> None:
        super().__init__(sentence if log is None else f"{sentence} The full log: {log}")
