"""`GET /users/{id}/notifications` and one of them."""

from __future__ import annotations

from http import HTTPStatus

from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.inbox_models import ListQuery
from notificationd.api.views import notification_details, notification_view
from notificationd.domain.identity import Scope
from notificationd.domain.page import encode_cursor
from notificationd.runtime import services
from notificationd.runtime.logs import log_error

handler = HttpApi(log_error)


@handler.route("GET /users/{id}/notifications", Scope.READ, owner=True)
def list_notifications(request: Request) -> Reply:
    """Return a page of a user's notifications, newest first."""
    user = request.path["id"]
    query = ListQuery.parse(dict(request.query))
    page = services.inbox().page(user, query.to_request(user), unread=query.unread)
    following = None if page.last_seen is None else encode_cursor(user, page.last_seen)
    data = [notification_view(entry.record, entry.standing) for entry in page.entries]
    return Reply(HTTPStatus.OK, {"data": data, "next": following})


@handler.route("GET /users/{id}/notifications/{notification_id}", Scope.READ, owner=True)
def get_notification(request: Request) -> Reply:
    """Return one notification with its timeline."""
    found = services.inbox().one(request.path["id"], request.path["notification_id"])
    return Reply(HTTPStatus.OK, notification_details(found.record, found.standing))
