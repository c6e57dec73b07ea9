"""Times as they are given on the command line."""

import re
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Final

from notificationd.domain.ids import now_ms

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_AGO: Final = re.compile(r"(\d{1,6})([smhd])")


def moment(text: str) -> int:
    """Return a time of RFC 3339 in milliseconds since the epoch."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ArgumentTypeError(f"'{text}' is not a time with its zone, like 2026-11-23T03:43:42Z")
    return int(at.timestamp() * 1000)


def moment_or_ago(text: str) -> int:
    """Return a time of RFC 3339, or one like `10m` ago, in milliseconds since the epoch."""
    if ago := _AGO.fullmatch(text):
        return now_ms() - int(ago[1]) * _UNITS[ago[2]] * 1000
    try:
        return moment(text)
    except ArgumentTypeError as error:
        raise ArgumentTypeError(f"{error}, and not as long ago as 30s, 10m, 2h or 1d") from None
