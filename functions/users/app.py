"""`/users/{id}` and its tokens: how a user is reached, and how a browser gets in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.user_models import ContactPoints, TokenRequest
from notificationd.api.views import timestamp
from notificationd.domain.identity import Scope
from notificationd.runtime import config, services
from notificationd.runtime.logs import log_error

if TYPE_CHECKING:
    from notificationd.domain.profile import Profile

handler = HttpApi(log_error)


@handler.route("PUT /users/{id}", Scope.ADMIN)
def put_user(request: Request) -> Reply:
    """Store a user's contact points in place of the earlier ones."""
    points = ContactPoints.parse(request.json())
    user = request.path["id"]
    profile = services.users().put(user, email=points.email, phone=points.phone)
    return Reply(HTTPStatus.OK, _view(user, profile))


@handler.route("GET /users/{id}", Scope.ADMIN)
def get_user(request: Request) -> Reply:
    """Return a user's contact points."""
    user = request.path["id"]
    return Reply(HTTPStatus.OK, _view(user, services.users().get(user)))


@handler.route("POST /users/{id}/tokens", Scope.ADMIN)
def post_token(request: Request) -> Reply:
    """Mint a token that opens this user's inbox, and say where. The body may be left out."""
    body = request.json() if request.event.get("body") else {}
    seconds = TokenRequest.parse(body).expires_in
    token, expires_at = services.users().token(request.path["id"], seconds)
    answer = {
        "token": token,
        "expires_at": timestamp(expires_at),
        "websocket_url": config.websocket_url(),
    }
    return Reply(HTTPStatus.CREATED, answer)


def _view(user: str, profile: Profile) -> dict[str, str | None]:
    return {"user_id": user, "email": profile.email, "phone": profile.phone}
