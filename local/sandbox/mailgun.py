"""Mailgun's `POST /v3/{domain}/messages`, as far as a sender can tell it from the real one.

Source: Mailgun's API reference, "Sending messages"; the texts are those that its API gives.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import getaddresses
from http import HTTPStatus
from typing import Final
from uuid import uuid4

from local.sandbox.credentials import MAILGUN_API_KEY, MAILGUN_DOMAIN
from local.sandbox.exchange import Answer, Call, Message, ProviderName, Refusal

MAX_OPTIONS_BYTES: Final = 16 * 1024  # all o:, h:, v: and t: fields of a message together
MAX_RECIPIENTS: Final = 1000  # of one call
MAX_ADDRESS_LENGTH: Final = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets

_PATH: Final = re.compile(r"/v3/([^/]+)/messages")
_OPTION: Final = re.compile(r"[ohvt]:")
_NOTIFICATION_ID: Final = "v:notification_id"
_BODIES: Final = ("text", "html", "amp-html", "template")
_ADDRESS: Final = re.compile(
    r"""(?!\.)[^\s@<>()\[\]\\,;:"]{1,64}(?<!\.)   # the mailbox: no dot at either end
        @
        (?:(?!-)[\w-]{1,63}(?<!-)\.)+             # labels, also international ones
        (?!-)[\w-]{2,63}(?<!-)                    # the top-level domain""",
    re.VERBOSE,
)


def _addresses(values: Iterable[str]) -> list[str]:
    """Return the bare addresses of a field, each once; what is no address stays as it came."""
    found: list[str] = []
    for value in values:
        parsed = [address for _, address in getaddresses([value])]
        found += parsed if all(parsed) else [value.strip()]
    return list(dict.fromkeys(found))


def _is_address(text: str) -> bool:
    return len(text) <= MAX_ADDRESS_LENGTH and _ADDRESS.fullmatch(text) is not None


def _options_bytes(call: Call) -> int:
    return sum(
        len(name.encode()) + len(value.encode())
        for name, values in call.form.items()
        if _OPTION.match(name)
        for value in values
    )


def _bad_request(text: str) -> Answer:
    return Answer(HTTPStatus.BAD_REQUEST, {"message": text})


def _not_an_address(parameter: str) -> Answer:
    return _bad_request(f"{parameter} parameter is not a valid address. please check documentation")


class Mailgun:
    """A Mailgun account with one domain."""

    name: Final = ProviderName.MAILGUN

    def recipients(self, call: Call) -> list[str]:
        """Return the bare addresses of `to`, `cc` and `bcc`, each once."""
        return _addresses(
            value for field in ("to", "cc", "bcc") for value in call.form.get(field, ())
        )

    def notification_id(self, call: Call) -> str | None:
        """Return the custom variable under which the service sends the notification's id."""
        return call.first(_NOTIFICATION_ID) or None

    def answer(self, call: Call, now: datetime) -> Answer:
        """Check authentication, domain, required fields, addresses and limits, in this order.

        Returns 200 with the id of the queued message, or 400, 401 or 404 with Mailgun's text.
        """
        if call.user != ("api", MAILGUN_API_KEY):
            return self.refuse(Refusal.UNAUTHORIZED, call)
        path = _PATH.fullmatch(call.path)
        if path is None or call.method != "POST":
            return Answer(HTTPStatus.NOT_FOUND, "404 page not found")
        if path[1] != MAILGUN_DOMAIN:
            return Answer(HTTPStatus.NOT_FOUND, {"message": f"Domain not found: {path[1]}"})
        return self._refused_fields(call) or self._accept(call, now)

    def refuse(self, refusal: Refusal, call: Call) -> Answer:  # noqa: ARG002 - the port's signature
        """Refuse in Mailgun's words; its 401 is plain text, not JSON."""
        match refusal:
            case Refusal.SERVER_ERROR:
                return Answer(
                    HTTPStatus.INTERNAL_SERVER_ERROR, {"message": "Internal Server Error"}
                )
            case Refusal.RATE_LIMITED:
                return Answer(HTTPStatus.TOO_MANY_REQUESTS, {"message": "Too many requests"})
            case Refusal.BAD_ADDRESS:
                return _not_an_address("to")
            case Refusal.UNAUTHORIZED:
                return Answer(
                    HTTPStatus.UNAUTHORIZED,
                    "Forbidden",
                    {"WWW-Authenticate": 'Basic realm="MG API"'},
                )

    def refuse_with(self, status: int, code: int | None) -> Answer:  # noqa: ARG002 - it has no codes
        """Refuse with an HTTP status, in nobody's words."""
        return Answer(status, {"message": f"Refused with {status}"})

    def too_large(self) -> Answer:
        """Refuse a message over the size that Mailgun takes (25 MB)."""
        return Answer(HTTPStatus.CONTENT_TOO_LARGE, {"message": "Message exceeds the size limit"})

    def _refused_fields(self, call: Call) -> Answer | None:
        for field in ("from", "to"):
            if not call.first(field).strip():
                return _bad_request(f"{field} parameter is missing")
        for field in ("from", "to", "cc", "bcc"):
            if not all(map(_is_address, _addresses(call.form.get(field, ())))):
                return _not_an_address(field)
        if len(self.recipients(call)) > MAX_RECIPIENTS:
            return _bad_request(f"Too many recipients; max is {MAX_RECIPIENTS}")
        if not any(call.first(field) for field in _BODIES):
            return _bad_request(
                "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"
            )
        if _options_bytes(call) > MAX_OPTIONS_BYTES:
            return _bad_request(
                "Send options (parameters starting with o:, h:, v:, or t:) are limited to 16 kB "
                "total"
            )
        return None

    def _accept(self, call: Call, now: datetime) -> Answer:
        message = Message(
            id=f"<{now:%Y%m%d%H%M%S}.{uuid4().hex}@{MAILGUN_DOMAIN}>",
            time=now,
            provider=self.name,
            sender=_addresses(call.form["from"])[0],
            to=self.recipients(call),
            subject=call.first("subject"),
            text=call.first("text"),
            html=call.first("html"),
            notification_id=self.notification_id(call),
            options=call.others("from", "to", "subject", "text", "html"),
            files=call.files,
        )
        return Answer(
            HTTPStatus.OK,
            {"id": message.id, "message": "Queued. Thank you."},
            message=message,
        )
