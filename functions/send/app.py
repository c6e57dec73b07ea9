"""`POST /notifications`: accept a notification."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.idempotency import once
from notificationd.api.models import SendRequest
from notificationd.domain.identity import Scope
from notificationd.runtime import services
from notificationd.runtime.logs import log_error

if TYPE_CHECKING:
    from notificationd.domain.idempotency import Origin

handler = HttpApi(log_error)


@handler.route("POST /notifications", Scope.SEND)
def post_notification(request: Request) -> Reply:
    """Accept one notification."""
    command = SendRequest.parse(request.json()).to_command()

    def accept(origin: Origin) -> Reply:
        notification = services.send()(command, origin)
        return Reply(HTTPStatus.CREATED, {"message": "Notification queued", "id": notification.id})

    return once(request, services.idempotent(), accept)
