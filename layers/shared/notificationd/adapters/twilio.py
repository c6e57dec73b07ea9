"""SMS through Twilio's own SDK, over our own connections.

https://www.twilio.com/docs/messaging/api/message-resource and, for the codes,
https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from notificationd.adapters.http import CALL_ERRORS, TIMEOUT_SECONDS, retry_after, transport_failure
from notificationd.domain.errors import (
    DeliveryError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Retryable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests import Session

    from notificationd.domain.notification import Notification

PUBLIC_BASE_URL = "https://api.twilio.com"
_MESSAGING_SERVICE = "MG"

_LOGGER = logging.getLogger("twilio")

_BAD_ADDRESS = {21211, 21214, 21217, 21610, 21612, 21614, 30005, 30006}
_BAD_CONTENT = {21602, 21617, 30004, 30007}
_ACCOUNT = {20003, 20005, 21212, 21603, 21606, 21660, 30002}
_PASSING = {20429, 30001, 30003, 30008}
_MISCONFIGURED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


class Twilio:
    """Fulfils `domain.ports.Provider`.

    Args:
        base_url: stands in for https://api.twilio.com, without a slash at its end.
        sender: a phone number in E.164, or the sid of a messaging service.
        auth_token: returns the token, which is read at the first use.
    """

    name = "twilio"

    def __init__(
        self,
        session: Session,
        *,
        base_url: str,
        account_sid: str,
        sender: str,
        auth_token: Callable[[], str],
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._account_sid = account_sid
        kind = "messaging_service_sid" if sender.startswith(_MESSAGING_SERVICE) else "from_"
        self._sender = {kind: sender}
        self._auth_token = auth_token

    def send(self, notification: Notification) -> str:
        """Hand over an SMS and return Twilio's sid for it."""
        exchange = _Exchange(self._session, self._base_url)
        client = Client(self._account_sid, self._auth_token(), http_client=exchange)
        try:
            message = client.messages.create(
                to=notification.to or "", body=notification.content, **self._sender
            )
        except CALL_ERRORS as error:
            raise transport_failure(error) from error
        except (TwilioRestException, TwilioServiceException) as error:
            raise refusal(error, exchange.headers) from error
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            # An answer that the SDK cannot read: it takes any 2xx for a message's JSON.
            text = f"Twilio's answer could not be read ({type(error).__name__})."
            raise OutcomeUnknown(text) from error
        if not message.sid:
            text = "Twilio's answer names no message."
            raise OutcomeUnknown(text)
        return str(message.sid)


def refusal(
    error: TwilioRestException | TwilioServiceException, headers: Mapping[str, str]
) -> DeliveryError:
    """Return what an error answer means: Twilio's own code decides, else the HTTP status.

    Args:
        error: in the shape that the Messages API has today, or in that of RFC 9457.
    """
    is_problem = isinstance(error, TwilioServiceException)
    text = (error.detail or error.title) if is_problem else error.msg
    code = str(error.code or error.status)
    if error.code in _BAD_ADDRESS:
        return Permanent(text, code=code)
    if error.code in _BAD_CONTENT:
        return Permanent(text, code=code, address_at_fault=False)
    if error.code in _ACCOUNT:
        return Misconfigured(text, code=code)
    if (
        error.code in _PASSING
        or error.status == HTTPStatus.TOO_MANY_REQUESTS
        or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return Retryable(text, code=code, retry_after=retry_after(headers))
    if error.status in _MISCONFIGURED or error.status < HTTPStatus.BAD_REQUEST:  # 3xx: not Twilio
        return Misconfigured(text, code=code)
    return Permanent(text, code=code, address_at_fault=False)


class _Exchange(HttpClient):
    """One call of the SDK's over the shared session. Keeps the headers, which the SDK drops."""

    def __init__(self, session: Session, base_url: str) -> None:
        super().__init__(logger=_LOGGER, is_async=False)
        self._session = session
        self._base_url = base_url
        self.headers: Mapping[str, str] = {}

    def request(  # noqa: PLR0913, PLR0917 - the SDK's signature
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours holds for all providers
        allow_redirects: bool = False,  # noqa: FBT001, FBT002 - the SDK's signature
    ) -> Response:
        answer = self._session.request(
            method,
            url.replace(PUBLIC_BASE_URL, self._base_url, 1),
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=allow_redirects,
        )
        self.headers = answer.headers
        return Response(answer.status_code, answer.text, answer.headers)
