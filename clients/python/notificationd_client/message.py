"""A notification as it is handed to the service."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Type: TypeAlias = Literal["in-app", "sms", "email"]
Delivery: TypeAlias = Literal["at_least_once", "at_most_once"]


def rfc3339(at: datetime) -> str:
    """Return a time as the service reads it, in UTC.

    Raises:
        ValueError: it has no zone, so nobody knows when it is.
    """
    if at.utcoffset() is None:
        raise ValueError("the time has no zone: say datetime(…, tzinfo=…)")
    return at.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Message:
    """A notification that is to be sent. The service checks it; what is None is left out.

    Args:
        user_id: whom to: a number, or a text of at most 128 characters.
        type: the channel.
        content: at most 1,600 characters for sms, 64 KB for the others. It or a template is needed.
        subject: of an email or an in-app notification; one line, at most 255 characters.
        html: of an email, beside its content; at most 64 KB.
        template: in place of content, subject and html: `welcome`, or one version, `welcome@3`.
        locale: with a template, like `de-AT`.
        variables: with a template; at most 16 KB as JSON.
        to: an address in place of the user's own, for email and sms.
        data: for your front end, at most 16 KB as JSON; in-app only.
        send_at: when to send it, at most a year ahead; an aware datetime.
        expires_in: what has not been sent by then is not sent late: whole seconds, up to 4 days,
            from now or from `send_at` on; email and sms.
        delivery: what to do when nobody can tell whether a provider has sent: `at_least_once` (the
            service's default) sends again, `at_most_once` does not.
    """

    user_id: int | str
    type: Type
    content: str | None = None
    _: KW_ONLY
    subject: str | None = None
    html: str | None = None
    template: str | None = None
    locale: str | None = None
    variables: Mapping[str, Any] | None = None
    to: str | None = None
    data: Mapping[str, Any] | None = None
    send_at: datetime | None = None
    expires_in: int | timedelta | None = None
    delivery: Delivery | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the body of a request.

        Raises:
            ValueError: `send_at` has no zone, or `expires_in` is no whole number of seconds.
        """
        body: dict[str, Any] = {
            "user_id": self.user_id,
            "notification_type": self.type,
            "content": self.content,
            "subject": self.subject,
            "html": self.html,
            "template": self.template,
            "locale": self.locale,
            "variables": None if self.variables is None else dict(self.variables),
            "to": self.to,
            "data": None if self.data is None else dict(self.data),
            "send_at": None if self.send_at is None else rfc3339(self.send_at),
            "expires_in": _seconds(self.expires_in),
            "delivery": self.delivery,
        }
        return {name: value for name, value in body.items() if value is not None}


def _seconds(duration: int | timedelta | None) -> int | None:
    if not isinstance(duration, timedelta):
        return duration
    seconds, rest = divmod(duration, timedelta(seconds=1))
    if rest:
        raise ValueError("`expires_in` is no whole number of seconds")
    return seconds
