"""What `make run` shows: one line for each thing that happens."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

_RED, _GREEN, _YELLOW, _CYAN, _DIM = "31", "32", "33", "36", "2"
_COLOURS: Final = {
    "accepted": _CYAN,
    "pushed": _GREEN,
    "marked": _CYAN,
    "sent": _GREEN,
    "received": _GREEN,
    "retried": _YELLOW,
    "failed": _RED,
    "dead_lettered": _RED,
    "redriven": _CYAN,
    "connected": _DIM,
    "disconnected": _DIM,
}
NAMES: Final = frozenset(_COLOURS)
"""What happens in the ordinary course; anything else is shown with its level and its function."""

_LEVEL_COLOURS: Final = {"WARNING": _YELLOW, "ERROR": _RED, "CRITICAL": _RED}
_WIDTH: Final = max(map(len, _COLOURS))
_ID: Final = 36  # characters of a UUID
_CHANNEL: Final = len("in-app")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened.

    Attributes:
        time: when.
        name: what, such as `accepted`.
        notification_id: to which notification, if to one.
        channel: its channel, if known.
        details: what else is known.
        level: of the log line.

    """

    time: datetime
    name: str
    notification_id: str = ""
    channel: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    level: str = "INFO"

    def line(self, *, coloured: bool) -> str:
        """Return it as a line: time, name, channel, notification, details."""
        name = f"{self.name:<{_WIDTH}}"
        colour = _COLOURS.get(self.name) or _LEVEL_COLOURS.get(self.level)
        if coloured and colour:
            name = f"\033[{colour}m{name}\033[0m"
        level = "" if self.name in NAMES or self.level == "INFO" else f"{self.level} "
        head = f"{self.time.astimezone():%H:%M:%S}  {name}  "
        subject = f"{self.channel:<{_CHANNEL}}  {self.notification_id:<{_ID}}  "
        return f"{head}{subject}{level}{_listed(self.details)}".rstrip()


def wants_colours() -> bool:
    """Tell whether lines go to a terminal whose person has not asked for none."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _listed(details: Mapping[str, object]) -> str:
    """Return `name=value` pairs; control characters in a value are escaped, so a line is one."""
    words: Iterable[str] = (
        f"{name}={value if str(value).isprintable() else ascii(value)}"
        for name, value in details.items()
        if value not in (None, "")
    )
    return " ".join(words)
