"""Email through Mailgun: `POST /v3/{domain}/messages`.

https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notificationd.adapters.email import subject_of
from notificationd.adapters.http import CALL_ERRORS, TIMEOUT_SECONDS, retry_after, transport_failure
from notificationd.domain.errors import (
    DeliveryError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Retryable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response, Session

    from notificationd.domain.notification import Notification

_MISCONFIGURED = {
    HTTPStatus.UNAUTHORIZED,  # the API key
    HTTPStatus.PAYMENT_REQUIRED,  # the account
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,  # the sending domain
}
_BAD_ADDRESS = "to parameter is not a valid address"


class Mailgun:
    """Fulfils `domain.ports.Provider`.

    Args:
        base_url: of the account's region, without a slash at its end.
        api_key: returns the key, which is read at the first use.
    """

    name = "mailgun"

    def __init__(
        self,
        session: Session,
        *,
        base_url: str,
        domain: str,
        sender: str,
        api_key: Callable[[], str],
    ) -> None:
        self._session = session
        self._url = f"{base_url}/v3/{domain}/messages"
        self._sender = sender
        self._api_key = api_key

    def send(self, notification: Notification) -> str:
        """Hand over an email and return Mailgun's id for it."""
        form = {
            "from": self._sender,
            "to": notification.to,
            "subject": subject_of(notification),
            "text": notification.content,
            "v:notification_id": notification.id,  # comes back in Mailgun's webhooks
        }
        if notification.html is not None:
            form["html"] = notification.html
        try:
            answer = self._session.post(
                self._url,
                data=form,
                auth=("api", self._api_key()),
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,  # it would go on as a GET, whose 200 proves nothing
            )
        except CALL_ERRORS as error:
            raise transport_failure(error) from error
        body = _json(answer)
        if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            raise refusal(answer, str(body.get("message") or answer.reason))
        if not body.get("id"):
            text = "Mailgun's answer could not be read."
            raise OutcomeUnknown(text, code=str(answer.status_code))
        return str(body["id"])


def refusal(answer: Response, text: str) -> DeliveryError:
    """Return what an answer other than 2xx means for the notification."""
    status = answer.status_code
    code = str(status)
    if status in _MISCONFIGURED or status < HTTPStatus.BAD_REQUEST:  # 3xx: nobody sends from there
        return Misconfigured(text, code=code)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Retryable(text, code=code, retry_after=retry_after(answer.headers))
    return Permanent(text, code=code, address_at_fault=_BAD_ADDRESS in text)


def _json(answer: Response) -> dict[str, object]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
