"""User tokens: JSON Web Tokens signed with HS256 (RFC 7519). A backend may mint its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt

from notificationd.domain.content import user_id_errors
from notificationd.domain.errors import Unauthenticated
from notificationd.domain.identity import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwt.types import Options

LONGEST_SECONDS = 24 * 60 * 60
"""A token that claims to last longer is refused: a leaked one must end by itself."""
_LEEWAY_SECONDS = 10
_OPTIONS: Options = {
    "require": ["sub", "exp"],
    "verify_exp": False,  # against the time that is given, not PyJWT's own clock
    "verify_iat": False,
}


class JwtTokens:
    """Fulfils `domain.ports.Tokens`.

    Args:
        secret: returns the signing secret, which is read at the first use.
    """

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def sign(self, user: str, *, issued_at: int, expires_at: int) -> str:
        """Return a token for a user. Times are in milliseconds since the epoch."""
        claims = {"sub": user, "iat": issued_at // 1000, "exp": expires_at // 1000}
        return jwt.encode(claims, self._secret(), algorithm="HS256")

    def verify(self, token: str, at: int) -> User:
        """Return whose token it is.

        Args:
            at: the time, in milliseconds since the epoch.

        Raises:
            Unauthenticated: it is not one of ours, it has expired, or it lasts too long.
        """
        try:
            claims = jwt.decode(
                token,
                self._secret(),
                algorithms=["HS256"],
                options=_OPTIONS,
            )
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
