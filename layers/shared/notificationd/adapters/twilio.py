"""SMS through Twilio's own SDK, over our own connections.

https://www.twilio.com/docs/messaging/api/message-resource and, for the codes,
https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

import logging
from enum import Enum, auto
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


class _Fault(Enum):
    """Whose fault a refusal is."""

    ADDRESS = auto()
    MESSAGE = auto()
    ACCOUNT = auto()
    MOMENT = auto()


CODES = {
    20003: _Fault.ACCOUNT,  # credentials
    20005: _Fault.ACCOUNT,  # account not active
    20429: _Fault.MOMENT,  # too many requests
    21211: _Fault.ADDRESS,  # invalid number
    21212: _Fault.ACCOUNT,  # sender invalid
    21214: _Fault.ADDRESS,  # cannot be reached
    21217: _Fault.ADDRESS,  # does not look like a number
    21602: _Fault.MESSAGE,  # no text
    21603: _Fault.ACCOUNT,  # sender missing
    21606: _Fault.ACCOUNT,  # sender not ours
    21610: _Fault.ADDRESS,  # unsubscribed
    21612: _Fault.ADDRESS,  # not reachable from this sender
    21614: _Fault.ADDRESS,  # no mobile number
    21617: _Fault.MESSAGE,  # too long
    21660: _Fault.ACCOUNT,  # sender of another account
    30001: _Fault.MOMENT,  # queue overflow
    30002: _Fault.ACCOUNT,  # account suspended
    30003: _Fault.MOMENT,  # handset switched off
    30004: _Fault.MESSAGE,  # blocked
    30005: _Fault.ADDRESS,  # unknown handset
    30006: _Fault.ADDRESS,  # landline
    30007: _Fault.MESSAGE,  # filtered
    30008: _Fault.MOMENT,  # unknown
}
"""What Twilio's own error codes mean. For one that is not here, the HTTP status decides."""
_ACCOUNT_STATUSES = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


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
    match CODES.get(error.code) or _fault_of(error.status):
        case _Fault.ADDRESS:
            return Permanent(text, code=code)
        case _Fault.MESSAGE:
            return Permanent(text, code=code, address_at_fault=False)
        case _Fault.ACCOUNT:
            return Misconfigured(text, code=code)
        case _Fault.MOMENT:
            return Retryable(text, code=code, retry_after=retry_after(headers))


def _fault_of(status: int) -> _Fault:
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _Fault.MOMENT
    if status in _ACCOUNT_STATUSES or status < HTTPStatus.BAD_REQUEST:  # 3xx: this is not Twilio
        return _Fault.ACCOUNT
    return _Fault.MESSAGE


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
