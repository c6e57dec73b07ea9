"""Identifiers that sort by time."""

from __future__ import annotations

import re
import secrets
import time
import uuid

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def now_ms() -> int:
    """Return the time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def uuid7(at: int, randomness: int | None = None) -> str:
    """Make a UUIDv7: 48 bits of milliseconds, then random ones (RFC 9562, section 5.7).

    Ids sort by their time as text, so a user's notifications sort without an index.

    Args:
        at: milliseconds since the epoch.
        randomness: 80 bits, where the same id is to be made again.
    """
    bits = secrets.randbits(80) if randomness is None else randomness
    value = (at & (1 << 48) - 1) << 80 | bits
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return str(uuid.UUID(int=value))


def first_id(at: int) -> str:
    """Return the smallest id of a millisecond: whatever was made earlier is below it."""
    return str(uuid.UUID(int=(at & (1 << 48) - 1) << 80 | 0x7 << 76 | 0x2 << 62))


def last_id(at: int) -> str:
    """Return the greatest id of a millisecond."""
    return str(uuid.UUID(int=uuid.UUID(first_id(at)).int | 0xFFF << 64 | (1 << 62) - 1))


def time_of(uuid7: str) -> int:
    """Return when an id was made, in milliseconds since the epoch."""
    return uuid.UUID(uuid7).int >> 80


def is_uuid7(text: str) -> bool:
    """Tell whether a text is a UUIDv7 in its one canonical form."""
    return _UUID7.fullmatch(text) is not None
