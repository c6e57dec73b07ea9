"""One call to a provider and the answer to it, without any HTTP library.

`mailgun` and `twilio` turn a `Call` into an `Answer`; `provider_calls` moves both over the wire.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ProviderName(StrEnum):
    """The providers that the sandbox plays."""

    MAILGUN = "mailgun"
    TWILIO = "twilio"


class Refusal(StrEnum):
    """A refusal that can be asked for by `POST /faults`; each provider words it in its own way."""

    SERVER_ERROR = "500"
    RATE_LIMITED = "429"
    BAD_ADDRESS = "bad_address"
    UNAUTHORIZED = "unauthorized"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a provider sees it.

    Attributes:
        method: the HTTP method.
        path: without the sandbox's own prefix: `/v3/…` or `/2010-04-01/…`.
        user: user name and password of basic authentication, None without any.
        form: every text field with all of its values, in the order in which they came.
        files: names of the uploaded files; their contents are not kept.

    """

    method: str
    path: str
    user: tuple[str, str] | None = None
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Sequence[str] = ()

    def first(self, name: str) -> str:
        """Return the first value of a field, an empty string without one."""
        return next(iter(self.form.get(name, ())), "")

    def others(self, *names: str) -> dict[str, list[str]]:
        """Return the fields that are not among `names`."""
        return {name: list(values) for name, values in self.form.items() if name not in names}


@dataclass(frozen=True, slots=True)
class Message:
    """An email or SMS that a provider accepted.

    Attributes:
        id: the provider's id, as it was given to the caller.
        time: when it was accepted.
        provider: who accepted it.
        sender: bare address, phone number or messaging service.
        to: bare addresses, or one phone number.
        subject: empty for an SMS.
        text: plain text of an email, or the body of an SMS.
        html: empty for an SMS.
        notification_id: our own id, where the provider has a field for it (Mailgun), else None.
        options: every other form field, under the provider's own name.
        files: names of the attachments.

    """

    id: str
    time: datetime
    provider: ProviderName
    sender: str
    to: Sequence[str]
    text: str
    subject: str = ""
    html: str = ""
    notification_id: str | None = None
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets.

    Attributes:
        status: the HTTP status.
        body: a mapping is sent as JSON, a string as plain text.
        headers: beside those that every answer has.
        message: what was accepted by this call, None when it was refused.

    """

    status: int
    body: Mapping[str, object] | str
    headers: Mapping[str, str] = field(default_factory=dict)
    message: Message | None = None

    @property
    def reason(self) -> str:
        """The provider's own words, for the record of the call."""
        return self.body if isinstance(self.body, str) else str(self.body.get("message", ""))


class Provider(Protocol):
    """The side of a provider that the sandbox plays."""

    @property
    def name(self) -> ProviderName:
        """Which provider this is."""

    def recipients(self, call: Call) -> list[str]:
        """Return whom the call is for, also when those addresses are not valid."""

    def notification_id(self, call: Call) -> str | None:
        """Return our own id of the notification, where the call carries one."""

    def answer(self, call: Call, now: datetime) -> Answer:
        """Check the call as the provider would, and accept or refuse it."""

    def refuse(self, refusal: Refusal, call: Call) -> Answer:
        """Refuse the call whatever it holds."""

    def refuse_with(self, status: int, code: int | None) -> Answer:
        """Refuse with an HTTP status, and with an error code where the provider has such."""

    def too_large(self) -> Answer:
        """Refuse a body that is larger than the sandbox reads."""
