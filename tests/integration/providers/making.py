"""The providers' adapters and notifications for them."""

from collections.abc import Callable
from typing import Any

from requests import Session

from local.sandbox import credentials
from notificationd.adapters.mailgun import Mailgun
from notificationd.adapters.twilio import Twilio
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.ports import Provider

ID = "0199a2b3-0000-7000-8000-000000000004"
EMAIL = "ada@example.com"
PHONE = "+14155550123"
SENDER = f"notifications@{credentials.MAILGUN_DOMAIN}"

type Make = Callable[[str], Provider]
"""Makes a provider's adapter for a base address."""


def notification(channel: Channel, **changes: Any) -> Notification:  # noqa: ANN401 - its fields
    fields: dict[str, Any] = {
        "id": ID,
        "user_id": 4,
        "channel": channel,
        "content": "hello, world!",
        "created_at": 1_764_000_000_000,
        "to": EMAIL if channel is Channel.EMAIL else PHONE,
    }
    return Notification(**fields | changes)


def email(**changes: Any) -> Notification:  # noqa: ANN401 - its fields
    return notification(Channel.EMAIL, **changes)


def sms(**changes: Any) -> Notification:  # noqa: ANN401 - its fields
    return notification(Channel.SMS, **changes)


def mailgun(
    session: Session,
    base_url: str,
    *,
    domain: str = credentials.MAILGUN_DOMAIN,
    key: str = credentials.MAILGUN_API_KEY,
) -> Mailgun:
    return Mailgun(session, base_url=base_url, domain=domain, sender=SENDER, api_key=lambda: key)


def twilio(
    session: Session,
    base_url: str,
    *,
    sender: str = credentials.TWILIO_FROM,
    token: str = credentials.TWILIO_AUTH_TOKEN,
) -> Twilio:
    return Twilio(
        session,
        base_url=base_url,
        account_sid=credentials.TWILIO_ACCOUNT_SID,
        sender=sender,
        auth_token=lambda: token,
    )
