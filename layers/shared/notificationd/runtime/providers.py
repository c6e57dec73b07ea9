"""The providers by name. A new one is an adapter, its settings, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from notificationd.domain.errors import Misconfiguration, Misconfigured
from notificationd.domain.notification import Channel, Notification
from notificationd.runtime import aws, config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from requests import Session

    from notificationd.adapters.secrets import Secrets
    from notificationd.domain.ports import Provider


class _Unconfigured:
    """Stands in for a provider whose settings do not make sense: each call says so."""

    def __init__(self, name: str, fault: str) -> None:
        self.name = name
        self._fault = fault

    def send(self, notification: Notification) -> str:  # noqa: ARG002 - it gets nowhere
        """Raise Misconfigured."""
        raise Misconfigured(self._fault)


class ConfiguredProviders(Mapping[Channel, "Sequence[Provider]"]):
    """The providers of each channel, as configuration lists them.

    A channel's are made, and their SDKs loaded, by the first message that needs them.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._made: dict[Channel, Sequence[Provider]] = {}
        self._makers: dict[str, Callable[[], Provider]] = {
            "mailgun": self._mailgun,
            "ses": self._ses,
            "twilio": self._twilio,
            "sns": self._sns,
        }

    def __getitem__(self, channel: Channel) -> Sequence[Provider]:
        """Return a channel's providers, in the order in which they are tried."""
        if channel not in self._made:
            self._made[channel] = [self._make(name) for name in config.provider_names(channel)]
        return self._made[channel]

    def __iter__(self) -> Iterator[Channel]:
        """Yield the channels that need a provider."""
        return iter((Channel.EMAIL, Channel.SMS))

    def __len__(self) -> int:
        """Return how many channels need a provider."""
        return len(list(iter(self)))

    def _make(self, name: str) -> Provider:
        maker = self._makers.get(name)
        if maker is None:
            message = f"There is no provider {name!r}; there are {', '.join(self._makers)}."
            raise Misconfiguration(message)
        try:
            return maker()
        except Misconfiguration as error:  # the channel's other providers may do
            return _Unconfigured(name, str(error))

    @cached_property
    def _session(self) -> Session:
        from notificationd.adapters.http import new_session

        return new_session()

    def _mailgun(self) -> Provider:
        from notificationd.adapters.mailgun import Mailgun

        settings = config.mailgun()
        return Mailgun(
            self._session,
            base_url=settings.base_url,
            domain=settings.domain,
            sender=settings.sender,
            api_key=lambda: self._secrets.get("mailgun-api-key"),
        )

    def _twilio(self) -> Provider:
        from notificationd.adapters.twilio import Twilio

        settings = config.twilio()
        return Twilio(
            self._session,
            base_url=settings.base_url,
            account_sid=settings.account_sid,
            sender=settings.sender,
            auth_token=lambda: self._secrets.get("twilio-auth-token"),
        )

    def _ses(self) -> Provider:
        from notificationd.adapters.ses import Ses

        return Ses(aws.sesv2(), sender=config.email_sender())

    def _sns(self) -> Provider:
        from notificationd.adapters.sns import Sns

        return Sns(aws.sns())
