"""How a user can be reached."""

from __future__ import annotations

from dataclasses import dataclass

from notificationd.domain.notification import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A user's contact points.

    Args:
        email: an address as email-validator normalises it.
        phone: a number in E.164.
    """

    email: str | None = None
    phone: str | None = None

    def address(self, channel: Channel) -> str | None:
        """Return where a channel reaches the user, or None."""
        match channel:
            case Channel.EMAIL:
                return self.email
            case Channel.SMS:
                return self.phone
            case Channel.IN_APP:
                return None
