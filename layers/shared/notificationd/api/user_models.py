"""What is told and asked of users, as pydantic models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt, StrictStr

from notificationd.api.models import RequestModel
from notificationd.services.users import LONGEST_TOKEN_SECONDS, TOKEN_SECONDS


class ContactPoints(RequestModel):
    """The body of `PUT /users/{id}`; what is left out or null is removed."""

    email: StrictStr | None = None
    """An email address."""
    phone: StrictStr | None = None
    """A phone number in E.164, like `+14155550123`."""


class TokenRequest(RequestModel):
    """The body of `POST /users/{id}/tokens`, which may be left out."""

    expires_in: Annotated[StrictInt, Field(ge=60, le=LONGEST_TOKEN_SECONDS)] = TOKEN_SECONDS
    """Seconds until the token ends. A socket that is open then stays open."""
