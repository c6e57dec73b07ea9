"""Who is calling, and what that opens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from notificationd.domain.errors import Forbidden


class Scope(StrEnum):
    """What an API key may be allowed to do. None of them implies another."""

    SEND = "send"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A server that calls with an API key.

    Args:
        id: the public part of the key's hash; the key itself is never stored.
    """

    id: str
    scopes: frozenset[Scope]

    @property
    def name(self) -> str:
        """Return what tells this caller from others."""
        return self.id

    def check(self, scope: Scope, user: str | None = None) -> None:  # noqa: ARG002 - any user's
        """Raise Forbidden unless this caller may do what `scope` stands for.

        Args:
            user: as for `User.check`; a key is not bound to one.
        """
        if scope not in self.scopes:
            message = f"This API key does not have the scope {scope!r}."
            raise Forbidden(message)


@dataclass(frozen=True, slots=True)
class User:
    """A browser that calls with a user token.

    Args:
        key: the user's id in its stored form.
        expires_at: when the token ends, in milliseconds since the epoch.
    """

    key: str
    expires_at: int

    @property
    def name(self) -> str:
        """Return what tells this caller from others."""
        return self.key

    def check(self, scope: Scope, user: str | None = None) -> None:  # noqa: ARG002 - its own only
        """Raise Forbidden unless it is this user's own inbox that is to be read or changed.

        Args:
            scope: what an API key would need for it.
            user: whose inbox it is; None for whatever is none.
        """
        if user is None or user != self.key:
            message = "This user token opens its own user's inbox and nothing else."
            raise Forbidden(message)


type Caller = ApiKey | User
