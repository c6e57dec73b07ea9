"""The caller as the authorizer tells it to the functions behind it.

The authorizer lets everyone through and says who it is, since a refusal of its own could only be
API Gateway's 403 without a body. `caller_of` is where a request without valid credentials ends:
with a 401 that tells why.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from notificationd.domain.errors import Unauthenticated
from notificationd.domain.identity import ApiKey, Caller, Scope, User

if TYPE_CHECKING:
    from collections.abc import Mapping


def context_of(caller: Caller) -> dict[str, str]:
    """Return a caller as the authorizer's context: API Gateway passes on plain strings."""
    if isinstance(caller, ApiKey):
        return {"kind": "api_key", "id": caller.id, "scopes": " ".join(sorted(caller.scopes))}
    return {"kind": "user", "user": caller.key, "expires_at": str(caller.expires_at)}


def refusal_context(error: Unauthenticated) -> dict[str, str]:
    """Return the context of a request whose credentials are not valid."""
    return {"kind": "nobody", "detail": str(error)}


def caller_of(event: Mapping[str, Any]) -> Caller:
    """Return who sends a request.

    Raises:
        Unauthenticated: nobody we know, or a token that has expired since the authorizer's
            answer was cached.
    """
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    context = authorizer.get("lambda") or {}
    match context.get("kind"):
        case "api_key":
            names = context["scopes"].split()
            return ApiKey(context["id"], frozenset(Scope(name) for name in names))
        case "user":
            user = User(context["user"], int(context["expires_at"]))
            if user.expires_at <= time.time() * 1000:
                message = "This user token has expired."
                raise Unauthenticated(message)
            return user
        case _:
            message = context.get("detail", "Send credentials.")
            raise Unauthenticated(message)
