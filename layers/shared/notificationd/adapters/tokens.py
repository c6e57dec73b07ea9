"""User tokens: JSON Web Tokens signed with HS256 (RFC 7519). A backend may mint its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import jwt

from notificationd.domain.content import user_id_errors
from notificationd.domain.errors import Misconfiguration, Unauthenticated
from notificationd.domain.identity import User

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jwt.types import Options

LONGEST_SECONDS = 24 * 60 * 60
"""A token that claims to last longer is refused: a leaked one must end by itself."""
SHORTEST_SECRET = 32
"""Bytes: as many as the hash has (RFC 7518, section 3.2). Whoever holds a token can try out shorter
ones without asking us."""
_LEEWAY_SECONDS = 10
_OPTIONS: Options = {
    "require": ["sub", "exp"],
    "verify_exp": False,  # against the time that is given, not PyJWT's own clock
    "verify_iat": False,
}


def signing_secrets(stored: str) -> Sequence[str]:
    """Return the token secrets, as they are stored: one a line.

    The first one signs, all of them verify. So one can be replaced while tokens signed with it are
    still about: docs/security.md has the steps.

    Raises:
        Misconfiguration: there is none, or one is too short.
    """
    secrets = [line.strip() for line in stored.splitlines() if line.strip()]
    if not secrets or any(len(secret.encode()) < SHORTEST_SECRET for secret in secrets):
        message = f"Each line of the token secret must have at least {SHORTEST_SECRET} bytes."
        raise Misconfiguration(message)
    return secrets


class JwtTokens:
    """Fulfils `domain.ports.Tokens`.

    Args:
        secret: returns the secrets as `signing_secrets` takes them. It is called for each token, so
            that whoever keeps them decides for how long.
    """

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def sign(self, user: str, *, issued_at: int, expires_at: int) -> str:
        """Return a token for a user. Times are in milliseconds since the epoch."""
        claims = {"sub": user, "iat": issued_at // 1000, "exp": expires_at // 1000}
        return jwt.encode(claims, signing_secrets(self._secret())[0], algorithm="HS256")

    def verify(self, token: str, at: int) -> User:
        """Return whose token it is.

        Args:
            at: the time, in milliseconds since the epoch.

        Raises:
            Unauthenticated: it is not one of ours, it has expired, or it lasts too long.
        """
        try:
            claims = _claims(token, signing_secrets(self._secret()))
            expires_at = int(claims["exp"]) * 1000
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as error:
            message = "This is not a valid user token."
            raise Unauthenticated(message) from error
        if any(user_id_errors(claims["sub"])):
            message = "This user token is for nobody: its `sub` is no user id."
            raise Unauthenticated(message)
        if expires_at <= at:
            message = "This user token has expired."
            raise Unauthenticated(message)
        if expires_at > at + (LONGEST_SECONDS + _LEEWAY_SECONDS) * 1000:
            message = "This user token lasts longer than a day; sign one with an earlier `exp`."
            raise Unauthenticated(message)
        return User(claims["sub"], expires_at)


def _claims(token: str, secrets: Sequence[str]) -> dict[str, Any]:
    """Return what a token claims, whichever of the secrets has signed it.

    PyJWT compares signatures in constant time (`hmac.compare_digest`).

    Raises:
        jwt.InvalidTokenError, ValueError, TypeError: it is not one of ours.
    """
    *others, last = secrets
    for secret in others:
        with suppress(jwt.InvalidSignatureError):
            return _decoded(token, secret)
    return _decoded(token, last)


def _decoded(token: str, secret: str) -> dict[str, Any]:
    return jwt.decode(token, secret, algorithms=["HS256"], options=_OPTIONS)
