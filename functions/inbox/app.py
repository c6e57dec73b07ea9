"""`/users/{id}/inbox` and what changes it: for clients without a socket, and for servers."""

from __future__ import annotations

from http import HTTPStatus

from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.inbox_models import InboxQuery, MarkRequest, ReadAllRequest
from notificationd.api.views import count_view, notification_view
from notificationd.domain.errors import NotFound
from notificationd.domain.identity import Scope
from notificationd.domain.ids import is_uuid7
from notificationd.domain.page import encode_cursor
from notificationd.runtime import config, services
from notificationd.runtime.logs import log_error

handler = HttpApi(log_error)


@handler.route("GET /users/{id}/inbox", Scope.READ, owner=True)
def get_inbox(request: Request) -> Reply:
    """Return a page of a user's inbox, newest first, and how much of the whole is unread."""
    user = request.path["id"]
    asked = InboxQuery.parse(dict(request.query)).to_request(user)
    snapshot = services.read_inbox()(user, asked)
    progress, page = snapshot.progress, snapshot.page
    data = [
        notification_view(record, progress.standing(record.notification.id, record.marks))
        for record in page.records
    ]
    following = None if page.last_seen is None else encode_cursor(user, page.last_seen)
    counted = count_view(progress, snapshot.count)
    return Reply(HTTPStatus.OK, {"data": data, "next": following, **counted})


@handler.route("PATCH /users/{id}/notifications/{notification_id}", Scope.SEND, owner=True)
def patch_notification(request: Request) -> Reply:
    """Mark a notification as read, seen or archived, or undo it."""
    user, notification_id = request.path["id"], request.path["notification_id"]
    changes = MarkRequest.parse(request.json()).to_changes()
    if not is_uuid7(notification_id):
        message = "This user has no notification of that id."
        raise NotFound(message)
    change_inbox = services.change_inbox(config.websocket_endpoint())
    for change in changes:
        changed = change_inbox.mark(user, (notification_id,), change)
    listed = services.inbox().one(user, notification_id)
    view = notification_view(listed.record, listed.standing)
    counted = count_view(changed.progress, changed.count)
    return Reply(HTTPStatus.OK, {"notification": view, **counted})


@handler.route("POST /users/{id}/notifications/read-all", Scope.SEND, owner=True)
def post_read_all(request: Request) -> Reply:
    """Take everything up to a notification as read, or all there is. The body may be left out."""
    body = request.json() if request.event.get("body") else {}
    up_to = ReadAllRequest.parse(body).up_to
    change_inbox = services.change_inbox(config.websocket_endpoint())
    changed = change_inbox.read_all(request.path["id"], up_to)
    counted = count_view(changed.progress, changed.count)
    return Reply(HTTPStatus.OK, {"up_to": changed.up_to, **counted})
