"""Times among the arguments."""

from argparse import ArgumentTypeError
from datetime import datetime


def moment(text: str) -> int:
    """Return a time of RFC 3339 in milliseconds since the epoch."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ArgumentTypeError(f"'{text}' is not a time with its zone, like 2026-11-23T03:43:42Z")
    return int(at.timestamp() * 1000)
