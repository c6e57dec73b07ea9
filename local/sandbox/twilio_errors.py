"""Twilio's errors, and the checks of a message that end in one.

Sources: Twilio's error dictionary, and "Test credentials" for the numbers that always fail.
"""

import re
from http import HTTPStatus
from typing import Final

from local.sandbox.credentials import TWILIO_FROM
from local.sandbox.exchange import Answer, Call

MAX_BODY_CHARACTERS: Final = 1600

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_MESSAGING_SERVICE: Final = re.compile(r"MG[0-9a-f]{32}")
_CONTENTS: Final = ("Body", "MediaUrl", "ContentSid")

_UNSUPPORTED: Final = "The 'To' phone number: {to}, is not currently reachable."
_MAGIC_TO: Final = {
    "+15005550001": (21211, "Invalid 'To' Phone Number: {to}"),
    "+15005550002": (21612, _UNSUPPORTED),
    "+15005550003": (21408, "Permission to send an SMS to {to} has not been enabled"),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number: {to}, is not a valid mobile number"),
}
_INVALID_FROM: Final = "+15005550001"


def error(code: int, text: str, status: int = HTTPStatus.BAD_REQUEST, **headers: str) -> Answer:
    """Return Twilio's error document for one of its error codes."""
    body = {
        "code": code,
        "message": text,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": int(status),
    }
    return Answer(status, body, headers)


def refused_recipient(call: Call) -> Answer | None:
    """Refuse a recipient that is missing (21604), no E.164 number (21211), or a magic number."""
    to = call.first("To")
    if not to:
        return error(21604, "A 'To' phone number is required.")
    code, text = _MAGIC_TO.get(to, (0, ""))
    if not _E164.fullmatch(to):
        code, text = _MAGIC_TO["+15005550001"]
    return error(code, text.format(to=to)) if code else None


def refused_sender(call: Call) -> Answer | None:
    """Refuse a sender that is missing (21603), or that the account does not have."""
    sender, service = call.first("From"), call.first("MessagingServiceSid")
    if service and not _MESSAGING_SERVICE.fullmatch(service):
        return error(21705, f"The Messaging Service Sid {service} is invalid.")
    if not sender and not service:
        return error(21603, "A 'From' phone number is required.")
    if sender == _INVALID_FROM:
        return error(21212, f"Invalid From Number (caller ID): {sender}")
    if sender and sender != TWILIO_FROM:
        return error(
            21606,
            f"The 'From' phone number provided ({sender}) is not a valid message-capable Twilio "
            "phone number for this destination.",
        )
    return None


def refused_content(call: Call) -> Answer | None:
    """Refuse a message without content (21602), or over 1,600 characters (21617)."""
    if not any(call.first(name) for name in _CONTENTS):
        return error(21602, "Message body is required.")
    return body_too_long() if len(call.first("Body")) > MAX_BODY_CHARACTERS else None


def body_too_long() -> Answer:
    """Return the error for a body over 1,600 characters."""
    return error(21617, "The concatenated message body exceeds the 1600 character limit.")
