"""The providers by name, as configuration lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from notificationd.domain.errors import Misconfiguration, Misconfigured
from notificationd.domain.notification import Channel
from notificationd.runtime.providers import ConfiguredProviders
from tests.fakes import make

if TYPE_CHECKING:
    from notificationd.adapters.secrets import Secrets

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "EMAIL_FROM": "notifications@example.com",
    "MAILGUN_BASE_URL": "https://api.mailgun.net",
    "MAILGUN_DOMAIN": "mg.example.com",
    "TWILIO_BASE_URL": "https://api.twilio.com",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_FROM": "+15005550006",
}
NO_SECRETS = cast("Secrets", None)  # they are read by a provider's first call, not before


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("channel", "variable", "value", "names"),
    [
        (Channel.EMAIL, "EMAIL_PROVIDERS", "mailgun,ses", ["mailgun", "ses"]),
        (Channel.EMAIL, "EMAIL_PROVIDERS", "ses, mailgun", ["ses", "mailgun"]),
        (Channel.EMAIL, "EMAIL_PROVIDERS", "ses", ["ses"]),
        (Channel.SMS, "SMS_PROVIDERS", "twilio,sns", ["twilio", "sns"]),
    ],
)
def test_a_channels_providers_come_in_the_order_of_the_setting(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, variable: str, value: str, names: list[str]
) -> None:
    monkeypatch.setenv(variable, value)

    assert [provider.name for provider in ConfiguredProviders(NO_SECRETS)[channel]] == names


def test_a_provider_without_its_settings_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMAIL_PROVIDERS", "mailgun,ses")
    monkeypatch.setenv("MAILGUN_DOMAIN", "")

    mailgun, ses = ConfiguredProviders(NO_SECRETS)[Channel.EMAIL]

    assert (mailgun.name, ses.name) == ("mailgun", "ses")
    with pytest.raises(Misconfigured, match="MAILGUN_DOMAIN"):
        mailgun.send(make.notification())


def test_an_unknown_provider_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_PROVIDERS", "pigeon")

    with pytest.raises(Misconfiguration, match="pigeon"):
        ConfiguredProviders(NO_SECRETS)[Channel.SMS]
