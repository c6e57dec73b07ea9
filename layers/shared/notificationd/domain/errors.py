"""Everything that can go wrong, as one tree. Callers branch on the type, never on a message.

NotificationError
├── InvalidRequest       a request's fields are wrong; `fields` names each of them
├── Malformed            a request's body cannot be read at all
├── TooLarge             a request's body is over the limit
├── Unauthenticated      no credentials, or none that are valid
├── Forbidden            valid credentials that do not open this
├── NotFound             there is no such thing
├── UnknownRoute         the API has no such path
├── MethodNotAllowed     the API has that path, but not with this method
├── NoNotifications      the user never had any; the first API's 400
├── KeyReused            an idempotency key comes with another request than before
├── InFlight             the first request with this idempotency key is still under way
├── RateLimited          the caller has sent, or the user been sent, as much as is allowed
├── Unavailable          the queue or the table cannot take it now; nothing was accepted
├── Misconfiguration     the service's own settings do not make sense
├── AlreadySettled       the notification has reached a final state
├── LeaseHeld            another worker may be sending it right now
├── LeaseLost            another worker has taken it over
├── TooLate              what is to be cancelled is sent, or may have been
├── InboxChanged         somebody else has changed the inbox since it was looked at
├── TemplateFault        a template's text has a mistake, or cannot be rendered
├── VersionTaken         somebody else has stored a template's next version
├── ConnectionGone       the socket is closed and will not come back
└── DeliveryError        what a provider call can end in, other than acceptance
    ├── Permanent        the provider refused this message or this address
    ├── Retryable        it was not sent; another try may work
    ├── OutcomeUnknown   it may or may not have been sent
    └── Misconfigured    the provider refused our credentials or our sender
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notificationd.domain.limits import Allowance

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}|[0-9]{1,5}", re.ASCII)
"""A name like `MessageRejected`, or a number like 21211: shorter than anybody's phone number."""


class NotificationError(Exception):
    """The root of the tree."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of a request.

    Args:
        field: its name as the caller wrote it; nested ones with dots.
        code: stable, for programs: `missing`, `wrong_type`, `too_long`, …
        detail: one sentence, for people.
    """

    field: str
    code: str
    detail: str


class InvalidRequest(NotificationError):
    """A request's fields are wrong."""

    def __init__(self, *fields: FieldError) -> None:
        super().__init__("; ".join(f"{error.field}: {error.detail}" for error in fields))
        self.fields = fields


class Malformed(NotificationError):
    """A request's body cannot be read at all."""


class TooLarge(NotificationError):
    """A request's body is over the limit."""


class Unauthenticated(NotificationError):
    """No credentials, or none that are valid."""


class Forbidden(NotificationError):
    """Valid credentials that do not open this."""


class NotFound(NotificationError):
    """There is no such thing."""


class UnknownRoute(NotificationError):
    """The API has no such path."""


class MethodNotAllowed(NotificationError):
    """The API has that path, but not with this method.

    Args:
        allowed: the methods that it has there, in the order in which they are told.
    """

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"This path takes {', '.join(allowed)}.")
        self.allowed = allowed


class NoNotifications(NotificationError):
    """The user never had any notification; the first API answers 400 to that."""


class KeyReused(NotificationError):
    """An idempotency key comes with another request than before."""


class InFlight(NotificationError):
    """The first request with this idempotency key is still under way.

    Args:
        retry_after: the seconds until it has certainly ended.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__("The first request with this key is still under way.")
        self.retry_after = retry_after


class RateLimited(NotificationError):
    """The caller has sent, or the user been sent, as much as is allowed for now.

    Args:
        allowance: of the bucket that had no token left.
    """

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(allowance.bucket.party)
        self.allowance = allowance


class Unavailable(NotificationError):
    """The queue or the table cannot take it now; nothing was accepted."""


class Misconfiguration(NotificationError):
    """The service's own settings do not make sense."""


class AlreadySettled(NotificationError):
    """The notification has reached a final state."""


class LeaseHeld(NotificationError):
    """Another worker may be sending the notification right now.

    Args:
        until: when its lease ends, in milliseconds since the epoch.
    """

    def __init__(self, until: int) -> None:
        super().__init__(f"leased until {until}")
        self.until = until


class LeaseLost(NotificationError):
    """Another worker has taken the notification over."""


class InboxChanged(NotificationError):
    """Somebody else has changed the inbox since it was looked at; nothing was stored."""


class TooLate(NotificationError):
    """What is to be cancelled is sent, or may have been."""


class TemplateFault(NotificationError):
    """A template's text has a mistake, or cannot be rendered with the values it is given.

    Args:
        code: `syntax`, `undefined`, `unrenderable`, `too_long` or `too_expensive`.
        detail: what is wrong, for the template's author.
        line: where, counted from 1; None where the text as a whole is at fault.
        column: counted from 1.
        variable: the name at the start of the path that leads nowhere, for `undefined`.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        line: int | None = None,
        column: int | None = None,
        variable: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.line = line
        self.column = column
        self.variable = variable


class VersionTaken(NotificationError):
    """Somebody else has stored a template's next version, or deleted it; nothing was stored."""


class ConnectionGone(NotificationError):
    """The socket is closed and will not come back."""


class DeliveryError(NotificationError):
    """What a provider call can end in, other than acceptance.

    Args:
        text: the provider's own words, or the transport's.
        code: the provider's own code, or the HTTP status. Codes are logged, so what does not look
            like one is left out.
        retry_after: the seconds that the provider asked for, if it did.
    """

    def __init__(
        self, text: str, *, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code if code is not None and _CODE.fullmatch(code) else None
        self.retry_after = retry_after


class Permanent(DeliveryError):
    """The provider refused this message or this address.

    Args:
        address_at_fault: no other provider would do better.
    """

    def __init__(
        self, text: str, *, code: str | None = None, address_at_fault: bool = True
    ) -> None:
        super().__init__(text, code=code)
        self.address_at_fault = address_at_fault


class Retryable(DeliveryError):
    """It was not sent; another try may work."""


class OutcomeUnknown(DeliveryError):
    """It may or may not have been sent."""


class Misconfigured(DeliveryError):
    """The provider refused our credentials or our sender."""
