"""What is to be sent: a notification as it was accepted. It never changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

type UserId = int | str
"""As the caller gave it, and as it is given back; 4 and "4" are the same user."""


class Channel(StrEnum):
    """The ways to reach a user."""

    IN_APP = "in-app"
    SMS = "sms"
    EMAIL = "email"


class Delivery(StrEnum):
    """What is done when nobody can tell whether a provider has sent it."""

    AT_LEAST_ONCE = "at_least_once"
    """Send again: it may arrive twice, it will not be lost."""
    AT_MOST_ONCE = "at_most_once"
    """Do not: it may be lost, it will not arrive twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One notification to one user over one channel.

    Args:
        id: UUIDv7, minted when it was accepted.
        html: of an email, beside its content. It is on the queue, and in no record.
        to: where it goes: an e-mail address, or a phone number in E.164. None for in-app.
        data: what the caller's front end wants to know besides the text. In-app only.
        created_at: milliseconds since the epoch.
        send_at: not before then; milliseconds since the epoch. None for at once.
        expires_at: no provider is called after it; milliseconds since the epoch.
    """

    id: str
    user_id: UserId
    channel: Channel
    content: str
    created_at: int
    subject: str | None = None
    html: str | None = None
    to: str | None = None
    data: Mapping[str, Any] | None = None
    delivery: Delivery = Delivery.AT_LEAST_ONCE
    send_at: int | None = None
    expires_at: int | None = None


def user_key(user_id: UserId) -> str:
    """Return the form in which a user is stored and compared."""
    return str(user_id)
