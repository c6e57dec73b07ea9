"""Find out who is calling."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain import ports
    from notificationd.domain.identity import Caller, User

API_KEY_PREFIX = "nd_"
"""Tells an API key from a user token, and lets secret scanners find a leaked one."""
_LONGEST_CREDENTIAL = 4_096


def new_api_key() -> str:
    """Make an API key of 256 random bits."""
    return API_KEY_PREFIX + secrets.token_urlsafe(32)


def digest(api_key: str) -> str:
    """Return the form in which an API key is stored.

    A plain SHA-256 is enough: 256 random bits cannot be guessed, however fast the hash.
    """
    return hashlib.sha256(api_key.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate:
    """The use case behind the authorizer of both APIs.

    Args:
        clock: returns milliseconds since the epoch.
    """

    api_keys: ports.ApiKeys
    tokens: ports.Tokens
    clock: Callable[[], int]

    def bearer(self, header: str) -> Caller:
        """Return who sends an `Authorization: Bearer …` header (RFC 6750, section 2.1).

        Raises:
            Unauthenticated: nobody we know.
        """
        scheme, _, credential = header.partition(" ")
        if scheme.lower() != "bearer":
            message = "Send the header `Authorization: Bearer <API key or user token>`."
            raise Unauthenticated(message)
        credential = credential.strip()
        if not credential.startswith(API_KEY_PREFIX):
            return self.user(credential)
        key = self.api_keys.find(digest(credential)) if _plausible(credential) else None
        if key is None:
            message = "This API key is not known."
            raise Unauthenticated(message)
        return key

    def user(self, token: str) -> User:
        """Return whose user token it is.

        Raises:
            Unauthenticated: it is not one of ours, or it has expired.
        """
        if not _plausible(token):
            message = "This is not a user token."
            raise Unauthenticated(message)
        return self.tokens.verify(token, self.clock())


def _plausible(credential: str) -> bool:
    return len(credential) <= _LONGEST_CREDENTIAL and credential.isascii()
