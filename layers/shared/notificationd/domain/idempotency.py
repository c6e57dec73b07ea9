"""A request that may be made again: what its retries have in common, and what they are answered.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from notificationd.domain.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT_SECONDS = 24 * 60 * 60
"""How long a key is remembered."""
_RANDOM_BYTES = 10


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the notifications of a request come from: the same whenever it is made again.

    Args:
        at: when it was first made, in milliseconds since the epoch.
        seed: random text that the ids are made of.
    """

    at: int
    seed: str

    def new_id(self, place: int = 0, at: int | None = None) -> str:
        """Make the id of one of the request's notifications.

        Args:
            place: which of them, from 0 on.
            at: the time that is in it, in milliseconds since the epoch; the request's for None.
        """
        digest = sha256(f"{self.seed}#{place}".encode()).digest()
        randomness = int.from_bytes(digest[:_RANDOM_BYTES])
        return uuid7(self.at if at is None else at, randomness)


def new_origin(at: int) -> Origin:
    """Return the origin of a request that is made for the first time."""
    return Origin(at, secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with a key.

    Args:
        caller: whose key it is: others may use the same one.
        key: as the caller chose it.
        fingerprint: of route and body: another request with the same key is a mistake.
    """

    caller: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, for its retries.

    Args:
        is_final: a retry would be answered the same. Else it does again what could not be done.
    """

    status: int
    body: Mapping[str, Any]
    is_final: bool = True
