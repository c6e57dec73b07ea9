"""Keep users' contact points, and let users in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import FieldError, InvalidRequest, NotFound
from notificationd.domain.notification import Channel
from notificationd.domain.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain import ports

TOKEN_SECONDS = 15 * 60
"""How long a user token lasts unless its caller says otherwise."""
LONGEST_TOKEN_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The use cases behind `/users/{id}` and `/users/{id}/tokens`.

    Args:
        clock: returns milliseconds since the epoch.
    """

    profiles: ports.Profiles
    addresses: ports.Addresses
    tokens: ports.Tokens
    clock: Callable[[], int]

    def put(self, user: str, *, email: str | None, phone: str | None) -> Profile:
        """Store a user's contact points in place of the earlier ones; None removes one.

        Raises:
            InvalidRequest: an address is none.
        """
        errors: list[FieldError] = []
        profile = Profile(
            email=self._normalise(Channel.EMAIL, "email", email, errors),
            phone=self._normalise(Channel.SMS, "phone", phone, errors),
        )
        if errors:
            raise InvalidRequest(*errors)
        self.profiles.put(user, profile)
        return profile

    def get(self, user: str) -> Profile:
        """Return a user's contact points.

        Raises:
            NotFound: none were ever stored.
        """
        profile = self.profiles.get(user)
        if profile is None:
            message = "No contact points are stored for this user."
            raise NotFound(message)
        return profile

    def token(self, user: str, seconds: int = TOKEN_SECONDS) -> tuple[str, int]:
        """Return a token that opens this user's inbox, and when it ends in milliseconds."""
        issued_at = self.clock()
        expires_at = issued_at + seconds * 1000
        return self.tokens.sign(user, issued_at=issued_at, expires_at=expires_at), expires_at

    def _normalise(
        self, channel: Channel, field: str, address: str | None, errors: list[FieldError]
    ) -> str | None:
        if address is None:
            return None
        try:
            return self.addresses.normalise(channel, address)
        except ValueError as error:
            errors.append(FieldError(field, "invalid", str(error)))
            return None
