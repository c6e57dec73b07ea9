"""`/notifications`: accept one or many, and take one back that has not been sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.idempotency import once
from notificationd.api.problems import problem_of
from notificationd.api.rate_limits import rate_limit_headers
from notificationd.api.send_models import BatchRequest, SendRequest
from notificationd.api.views import notification_view
from notificationd.domain.errors import NotFound, NotificationError, RateLimited, Unavailable
from notificationd.domain.identity import Scope
from notificationd.domain.ids import is_uuid7
from notificationd.runtime import metrics, services
from notificationd.runtime.logs import log_error

if TYPE_CHECKING:
    from notificationd.domain.idempotency import Origin
    from notificationd.services.send_batch import BatchReceipt, Result

BATCH_BYTES = 1024 * 1024
"""Of a batch's body: Lambda takes 6 MB."""

handler = HttpApi(log_error, finish=metrics.write)


@handler.route("POST /notifications", Scope.SEND)
def post_notification(request: Request) -> Reply:
    """Accept one notification."""
    body = request.json()
    command = SendRequest.parse(body).to_command()

    def accept(origin: Origin) -> Reply:
        receipt = services.send()(command, origin, request.caller.name)
        headers = rate_limit_headers(receipt.allowances)
        return Reply(HTTPStatus.CREATED, _accepted(receipt.notification.id), headers)

    return once(request, body, services.idempotent(), accept)


@handler.route("POST /notifications/batch", Scope.SEND)
def post_batch(request: Request) -> Reply:
    """Accept up to 100 notifications, each for itself."""
    body = request.json(BATCH_BYTES)
    commands = BatchRequest.parse(body).to_commands()

    def accept(origin: Origin) -> Reply:
        return _batch_reply(services.send_batch()(commands, origin, request.caller.name))

    return once(request, body, services.idempotent(), accept)


@handler.route("DELETE /users/{id}/notifications/{notification_id}", Scope.SEND)
def delete_notification(request: Request) -> Reply:
    """Cancel a notification that has not been sent."""
    user, notification_id = request.path["id"], request.path["notification_id"]
    if not is_uuid7(notification_id):
        message = "This user has no notification of that id."
        raise NotFound(message)
    return Reply(HTTPStatus.OK, notification_view(services.cancel()(user, notification_id)))


def _batch_reply(receipt: BatchReceipt) -> Reply:
    """Answer a batch: entry by entry, but if none of it can be taken now.

    Raises:
        Unavailable, RateLimited: nothing was accepted, and all of it may be sent again.
    """
    for_now = [each for each in receipt.results if isinstance(each, Unavailable | RateLimited)]
    if len(for_now) == len(receipt.results):
        raise for_now[0]
    entries = [_entry(result) for result in receipt.results]
    headers = rate_limit_headers(receipt.allowances)
    return Reply(HTTPStatus.OK, {"data": entries}, headers, is_final=not for_now)


def _entry(result: Result) -> dict[str, Any]:
    if isinstance(result, NotificationError):
        problem = problem_of(result)
        return {"status": problem.status, "problem": problem.body}
    return {"status": HTTPStatus.CREATED, **_accepted(result.id)}


def _accepted(notification_id: str) -> dict[str, str]:
    return {"message": "Notification queued", "id": notification_id}
