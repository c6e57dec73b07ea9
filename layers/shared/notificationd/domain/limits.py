"""How much may be sent in a while: token buckets, one per caller, one per user and channel.

A bucket is one number, the moment at which it will be full again; that is all a token bucket needs
(the generic cell rate algorithm, ITU-T I.371).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

_MICROSECONDS = 1_000_000
_MS = 1_000
"""Microseconds in a millisecond: steps of a bucket are often shorter than one."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket's size and pace: so many at once, and so many more with each period.

    Args:
        count: the tokens in a full bucket, at least 1.
        seconds: after which an empty one is full again.
    """

    count: int
    seconds: int

    @property
    def step(self) -> int:
        """The microseconds in which one token comes back."""
        return max(1, self.seconds * _MICROSECONDS // self.count)

    def left(self, full_at: int, at: int) -> int:
        """Return the tokens in a bucket.

        Args:
            full_at: when it is full again, in microseconds since the epoch.
            at: the time, in milliseconds since the epoch.
        """
        missing = max(0, full_at - at * _MS)
        return max(0, self.count - ceil(missing / self.step))

    def spent(self, full_at: int, taken: int, at: int) -> int:
        """Return when a bucket is full again after some tokens have been taken out of it."""
        return max(full_at, at * _MS) + taken * self.step


class Party(StrEnum):
    """Whose bucket it is."""

    CALLER = "caller"
    EMAIL = "email"
    """A user's, for emails to them; and so on."""
    SMS = "sms"
    IN_APP = "in-app"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Which bucket is meant.

    Args:
        owner: the API key's id, or the user's id in its stored form.
    """

    party: Party
    owner: str
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What came of taking tokens.

    Args:
        taken: how many there were, of those that were wanted.
        full_at: when the bucket is full again, in microseconds since the epoch.
        at: the time of it, in milliseconds since the epoch.
    """

    bucket: Bucket
    taken: int
    full_at: int
    at: int

    @property
    def left(self) -> int:
        """How many are left."""
        return self.bucket.limit.left(self.full_at, self.at)

    @property
    def full_in(self) -> int:
        """The seconds until the bucket is full again."""
        return ceil(max(0, self.full_at - self.at * _MS) / _MICROSECONDS)

    @property
    def next_in(self) -> int:
        """The seconds, at least 1, until there is a token again."""
        limit = self.bucket.limit
        highest = limit.step * (limit.count - 1)  # missing from a bucket with one token in it
        return max(1, ceil((self.full_at - self.at * _MS - highest) / _MICROSECONDS))
