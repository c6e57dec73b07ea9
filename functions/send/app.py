"""`POST /notifications`: accept a notification."""

from __future__ import annotations

from http import HTTPStatus

from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.models import SendRequest
from notificationd.domain.identity import Scope
from notificationd.runtime import services
from notificationd.runtime.logs import log_error

handler = HttpApi(log_error)


@handler.route("POST /notifications", Scope.SEND)
def post_notification(request: Request) -> Reply:
    """Accept one notification."""
    command = SendRequest.parse(request.json()).to_command()
    notification = services.send()(command)
    return Reply(HTTPStatus.CREATED, {"message": "Notification queued", "id": notification.id})
