"""The environment of the functions, read in one place and at first use, never at import."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notificationd.domain.errors import Misconfiguration
from notificationd.domain.limits import Limit
from notificationd.domain.notification import Channel
from notificationd.domain.watch import Patience

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_QUEUES = {
    Channel.EMAIL: "EMAIL_QUEUE_URL",
    Channel.SMS: "SMS_QUEUE_URL",
    Channel.IN_APP: "IN_APP_QUEUE_URL",
}
_PERIODS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_QUEUE_ARNS = {
    Channel.EMAIL: "EMAIL_QUEUE_ARN",
    Channel.SMS: "SMS_QUEUE_ARN",
    Channel.IN_APP: "IN_APP_QUEUE_ARN",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleConfig:
    """Where schedules are kept.

    Args:
        role: the ARN of the role that puts messages onto the queues.
        queues: the ARN of each channel's queue.
        dead_letters: the ARN of the dead-letter queue.
    """

    group: str
    role: str
    queues: Mapping[Channel, str]
    dead_letters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsConfig:
    """How much may be sent in a while.

    Args:
        per_caller: None for no limit.
        per_recipient: by channel; those that are not named have none.
    """

    per_caller: Limit | None
    per_recipient: Mapping[Channel, Limit]


NO_LIMITS = LimitsConfig(per_caller=None, per_recipient={})


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchConfig:
    """How the dispatcher retries.

    Args:
        max_receives: as the queues' redrive policy has it.
        retry_base_seconds: the longest delay after the first try.
        lease_seconds: as long as the function may run.
    """

    max_receives: int
    retry_base_seconds: float
    lease_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailgunConfig:
    """Where Mailgun is, and as whom we send."""

    base_url: str
    domain: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioConfig:
    """Where Twilio is, and as whom we send."""

    base_url: str
    account_sid: str
    sender: str


def table_name() -> str:
    """Return the name of the table."""
    return _required("TABLE_NAME")


def secrets_prefix() -> str:
    """Return the path below which the secrets lie in SSM."""
    return _required("SECRETS_PREFIX")


def queue_urls(channels: Iterable[Channel] = tuple(Channel)) -> dict[Channel, str]:
    """Return the queue of each channel."""
    return {channel: _required(_QUEUES[channel]) for channel in channels}


def schedule() -> ScheduleConfig:
    """Return where schedules are kept, and what they put onto which queue."""
    return ScheduleConfig(
        group=_required("SCHEDULE_GROUP"),
        role=_required("SCHEDULE_ROLE_ARN"),
        queues={channel: _required(name) for channel, name in _QUEUE_ARNS.items()},
        dead_letters=_required("DEAD_LETTER_QUEUE_ARN"),
    )


def dead_letter_queue_url() -> str:
    """Return the dead-letter queue."""
    return _required("DEAD_LETTER_QUEUE_URL")


def websocket_endpoint() -> str:
    """Return where API Gateway takes frames for live sockets."""
    return _required("WEBSOCKET_ENDPOINT")


def websocket_url() -> str:
    """Return where browsers connect."""
    return "ws" + websocket_endpoint().removeprefix("http")


def websocket_endpoint_of(api_id: str, stage: str) -> str:
    """Return where API Gateway takes frames for live sockets, for a function of that API itself.

    Its environment cannot name the API: the API's routes depend on the function.
    """
    if is_local():
        return f"{_required('AWS_ENDPOINT_URL')}/_aws/execute-api/{api_id}/{stage}"
    return (
        f"https://{api_id}.execute-api.{_required('AWS_REGION')}.{_required('URL_SUFFIX')}/{stage}"
    )


def limits() -> LimitsConfig:
    """Return how much may be sent in a while: `600/minute` by a caller, `sms=5/hour` to a user."""
    per_caller = os.environ.get("CALLER_LIMIT", "")
    per_recipient = os.environ.get("RECIPIENT_LIMITS", "")
    named = [entry.partition("=") for entry in per_recipient.split(",") if entry.strip()]
    return LimitsConfig(
        per_caller=_limit("CALLER_LIMIT", per_caller) if per_caller else None,
        per_recipient={
            _channel("RECIPIENT_LIMITS", name): _limit("RECIPIENT_LIMITS", limit)
            for name, _, limit in named
        },
    )


def dispatch() -> DispatchConfig:
    """Return how the dispatcher retries."""
    return DispatchConfig(
        max_receives=int(_required("MAX_RECEIVES")),
        retry_base_seconds=float(_required("RETRY_BASE_SECONDS")),
        lease_seconds=int(_required("LEASE_SECONDS")),
    )


def patience() -> Patience:
    """Return how long it takes until a message is missed."""
    return Patience(
        look=int(_required("LOOK_SECONDS")) * 1000,
        queued=int(_required("QUEUE_RETENTION_SECONDS")) * 1000,
        # A letter that is set aside for a fix is queued anew, after at most that time.
        dead=int(_required("QUEUE_RETENTION_SECONDS")) * 1000
        + int(_required("DEAD_LETTER_RETENTION_SECONDS")) * 1000,
    )


def provider_names(channel: Channel) -> list[str]:
    """Return the providers of a channel, in the order in which they are tried."""
    variable = {Channel.EMAIL: "EMAIL_PROVIDERS", Channel.SMS: "SMS_PROVIDERS"}[channel]
    return [name.strip() for name in _required(variable).split(",")]


def email_sender() -> str:
    """Return the address that emails come from."""
    return _required("EMAIL_FROM")


def mailgun() -> MailgunConfig:
    """Return where Mailgun is, and as whom we send."""
    return MailgunConfig(
        base_url=_provider_url("MAILGUN_BASE_URL"),
        domain=_required("MAILGUN_DOMAIN"),
        sender=email_sender(),
    )


def twilio() -> TwilioConfig:
    """Return where Twilio is, and as whom we send."""
    return TwilioConfig(
        base_url=_provider_url("TWILIO_BASE_URL"),
        account_sid=_required("TWILIO_ACCOUNT_SID"),
        sender=_required("TWILIO_FROM"),
    )


def worker_seconds() -> int:
    """Return how long this function may run, at most."""
    return int(_required("WORKER_SECONDS"))


def is_local() -> bool:
    """Tell whether this is the embedded run, and not AWS."""
    return os.environ.get("ENVIRONMENT") == "local"


def log_level() -> str:
    """Return from which level on the logs are written."""
    return os.environ.get("LOG_LEVEL", "WARNING")


def _limit(variable: str, value: str) -> Limit:
    count, _, period = value.strip().partition("/")
    if not count.isascii() or not count.isdigit() or int(count) < 1 or period not in _PERIODS:
        message = f"{variable} must have limits like 5/hour, but there is {value!r}."
        raise Misconfiguration(message)
    return Limit(int(count), _PERIODS[period])


def _channel(variable: str, value: str) -> Channel:
    try:
        return Channel(value.strip())
    except ValueError as error:
        message = f"{variable} names {value!r}, which is no channel."
        raise Misconfiguration(message) from error


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        message = f"The environment variable {name} is not set."
        raise Misconfiguration(message)
    return value


def _provider_url(name: str) -> str:
    """Return a provider's address: credentials and addresses go there, so it must be https."""
    url = _required(name).rstrip("/")
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.hostname
    except ValueError:  # a bracket that is not closed
        scheme, host = "", None
    allowed = {"https", "http"} if is_local() else {"https"}
    if scheme not in allowed or not host:
        message = f"{name} must be an https address, but it is {url!r}."
        raise Misconfiguration(message)
    return url
