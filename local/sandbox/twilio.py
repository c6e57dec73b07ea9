"""Twilio's `POST /2010-04-01/Accounts/{sid}/Messages.json`, enough of it for the real SDK.

Source: Twilio's API reference, Message resource.
"""

import re
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from local.sandbox.credentials import TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN
from local.sandbox.exchange import Answer, Call, Message, ProviderName, Refusal
from local.sandbox.segments import segments
from local.sandbox.twilio_errors import (
    body_too_long,
    error,
    refused_content,
    refused_recipient,
    refused_sender,
)

_API_VERSION: Final = "2010-04-01"
_PATH: Final = re.compile(rf"/{_API_VERSION}/Accounts/([^/]*)/Messages\.json")


def _resource(call: Call, sid: str, now: datetime) -> dict[str, object]:
    """Return the Message resource of a message that was just queued."""
    uri = f"/{_API_VERSION}/Accounts/{TWILIO_ACCOUNT_SID}/Messages/{sid}"
    body, service = call.first("Body"), call.first("MessagingServiceSid") or None
    return {
        "account_sid": TWILIO_ACCOUNT_SID,
        "api_version": _API_VERSION,
        "body": body,
        "date_created": format_datetime(now),
        "date_sent": None,
        "date_updated": format_datetime(now),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": call.first("From") or None,
        "messaging_service_sid": service,
        "num_media": str(len(call.form.get("MediaUrl", ()))),
        # A messaging service picks its sender later, and Twilio counts only then.
        "num_segments": "0" if service else str(segments(body)),
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "accepted" if service else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": call.first("To"),
        "uri": f"{uri}.json",
    }


class Twilio:
    """A Twilio account with one phone number."""

    name: Final = ProviderName.TWILIO

    def recipients(self, call: Call) -> list[str]:
        """Return the number that the message is for."""
        to = call.first("To").strip()
        return [to] if to else []

    def notification_id(self, call: Call) -> str | None:  # noqa: ARG002 - the port's signature
        """Return None: a Twilio message has no field for the caller's own id."""
        return None

    def answer(self, call: Call, now: datetime) -> Answer:
        """Check authentication, account, recipient, sender and content, in this order.

        Returns 201 with the Message resource, or 400, 401 or 404 with Twilio's error.
        """
        if call.user != (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN):
            return self.refuse(Refusal.UNAUTHORIZED, call)
        path = _PATH.fullmatch(call.path)
        if path is None or path[1] != TWILIO_ACCOUNT_SID or call.method != "POST":
            text = f"The requested resource {call.path} was not found"
            return error(20404, text, HTTPStatus.NOT_FOUND)
        refused = refused_recipient(call) or refused_sender(call) or refused_content(call)
        return refused or self._accept(call, now)

    def refuse(self, refusal: Refusal, call: Call) -> Answer:
        """Refuse in Twilio's words."""
        match refusal:
            case Refusal.SERVER_ERROR:
                return error(
                    20500,
                    "An internal server error has occurred",
                    HTTPStatus.INTERNAL_SERVER_ERROR,
                )
            case Refusal.RATE_LIMITED:
                return error(20429, "Too Many Requests", HTTPStatus.TOO_MANY_REQUESTS)
            case Refusal.BAD_ADDRESS:
                return error(21211, f"Invalid 'To' Phone Number: {call.first('To')}")
            case Refusal.UNAUTHORIZED:
                return error(
                    20003,
                    "Authenticate",
                    HTTPStatus.UNAUTHORIZED,
                    **{"WWW-Authenticate": 'Basic realm="Twilio API"'},
                )

    def refuse_with(self, status: int, code: int | None) -> Answer:
        """Refuse with one of Twilio's error codes; without one as a proxy before it would."""
        if code is None:
            return Answer(status, f"Refused with {status}")
        return error(code, f"Refused with {code}", status)

    def too_large(self) -> Answer:
        """Refuse a body that can only be too long for an SMS."""
        return body_too_long()

    def _accept(self, call: Call, now: datetime) -> Answer:
        message = Message(
            id=f"SM{uuid4().hex}",
            time=now,
            provider=self.name,
            sender=call.first("From") or call.first("MessagingServiceSid"),
            to=self.recipients(call),
            text=call.first("Body"),
            options=call.others("From", "To", "Body"),
        )
        resource = _resource(call, message.id, now)
        return Answer(HTTPStatus.CREATED, resource, message=message)
