"""The environment of the functions: what must be in it, and what it may say."""

from collections.abc import Callable

import pytest

from notificationd.domain.errors import Misconfiguration
from notificationd.domain.limits import Limit
from notificationd.domain.notification import Channel
from notificationd.runtime import config

COMPLETE = {
    "AWS_REGION": "eu-central-1",
    "EMAIL_FROM": "notifications@example.com",
    "EMAIL_PROVIDERS": "mailgun,ses",
    "EMAIL_QUEUE_URL": "https://sqs.example.com/1/email",
    "IN_APP_QUEUE_URL": "https://sqs.example.com/1/in-app",
    "LEASE_SECONDS": "30",
    "MAILGUN_BASE_URL": "https://api.mailgun.net",
    "MAILGUN_DOMAIN": "mg.example.com",
    "MAX_RECEIVES": "5",
    "RETRY_BASE_SECONDS": "10",
    "SECRETS_PREFIX": "/notificationd",
    "SMS_PROVIDERS": "twilio",
    "SMS_QUEUE_URL": "https://sqs.example.com/1/sms",
    "TABLE_NAME": "table",
    "TWILIO_ACCOUNT_SID": "AC0",
    "TWILIO_BASE_URL": "https://api.twilio.com",
    "TWILIO_FROM": "+15005550006",
    "WEBSOCKET_ENDPOINT": "https://abc.execute-api.eu-central-1.amazonaws.com/live",
    "URL_SUFFIX": "amazonaws.com",
}
OPTIONAL = ("ENVIRONMENT", "LOG_LEVEL", "AWS_ENDPOINT_URL", "CALLER_LIMIT", "RECIPIENT_LIMITS")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OPTIONAL:
        monkeypatch.delenv(name, raising=False)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)


def email_providers() -> list[str]:
    return config.provider_names(Channel.EMAIL)


def sms_providers() -> list[str]:
    return config.provider_names(Channel.SMS)


def own_endpoint() -> str:
    return config.websocket_endpoint_of("abc", "live")


@pytest.mark.parametrize(
    ("read", "variable"),
    [
        (config.table_name, "TABLE_NAME"),
        (config.secrets_prefix, "SECRETS_PREFIX"),
        (config.queue_urls, "EMAIL_QUEUE_URL"),
        (config.queue_urls, "SMS_QUEUE_URL"),
        (config.queue_urls, "IN_APP_QUEUE_URL"),
        (config.websocket_endpoint, "WEBSOCKET_ENDPOINT"),
        (config.websocket_url, "WEBSOCKET_ENDPOINT"),
        (own_endpoint, "AWS_REGION"),
        (own_endpoint, "URL_SUFFIX"),
        (config.dispatch, "MAX_RECEIVES"),
        (config.dispatch, "RETRY_BASE_SECONDS"),
        (config.dispatch, "LEASE_SECONDS"),
        (email_providers, "EMAIL_PROVIDERS"),
        (sms_providers, "SMS_PROVIDERS"),
        (config.email_sender, "EMAIL_FROM"),
        (config.mailgun, "MAILGUN_BASE_URL"),
        (config.mailgun, "MAILGUN_DOMAIN"),
        (config.mailgun, "EMAIL_FROM"),
        (config.twilio, "TWILIO_BASE_URL"),
        (config.twilio, "TWILIO_ACCOUNT_SID"),
        (config.twilio, "TWILIO_FROM"),
    ],
)
def test_a_variable_that_is_missing_or_empty_is_named(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], variable: str
) -> None:
    read()

    monkeypatch.setenv(variable, "")
    with pytest.raises(Misconfiguration, match=rf"\b{variable} is not set"):
        read()
    monkeypatch.delenv(variable)
    with pytest.raises(Misconfiguration, match=rf"\b{variable} is not set"):
        read()


def test_what_is_there_is_read() -> None:
    assert config.queue_urls() == {
        Channel.EMAIL: "https://sqs.example.com/1/email",
        Channel.SMS: "https://sqs.example.com/1/sms",
        Channel.IN_APP: "https://sqs.example.com/1/in-app",
    }
    assert config.dispatch() == config.DispatchConfig(
        max_receives=5, retry_base_seconds=10, lease_seconds=30
    )
    assert config.mailgun() == config.MailgunConfig(
        base_url="https://api.mailgun.net",
        domain="mg.example.com",
        sender="notifications@example.com",
    )
    assert config.twilio() == config.TwilioConfig(
        base_url="https://api.twilio.com", account_sid="AC0", sender="+15005550006"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mailgun,ses", ["mailgun", "ses"]),
        ("ses,mailgun", ["ses", "mailgun"]),
        (" ses , mailgun ", ["ses", "mailgun"]),
        ("ses", ["ses"]),
    ],
)
def test_providers_are_tried_in_the_order_in_which_they_are_listed(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: list[str]
) -> None:
    monkeypatch.setenv("EMAIL_PROVIDERS", value)

    assert email_providers() == expected


PROVIDERS = [(config.mailgun, "MAILGUN_BASE_URL"), (config.twilio, "TWILIO_BASE_URL")]

type Settings = config.MailgunConfig | config.TwilioConfig


@pytest.mark.parametrize(("read", "variable"), PROVIDERS)
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8025/mailgun",
        "http://api.mailgun.net",
        "HTTP://api.mailgun.net",
        "ftp://api.mailgun.net",
        "file:///etc/passwd",
        "api.mailgun.net",
        "//api.mailgun.net",
        "https://",
        "https:///v3",
    ],
)
@pytest.mark.parametrize("environment_", ["prod", "", "LOCAL", None])
def test_credentials_never_leave_over_plain_http(
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[], Settings],
    variable: str,
    url: str,
    environment_: str | None,
) -> None:
    """Everywhere but in the local run, which has to say that it is one, exactly."""
    if environment_ is not None:
        monkeypatch.setenv("ENVIRONMENT", environment_)
    monkeypatch.setenv(variable, url)

    with pytest.raises(Misconfiguration, match=f"{variable} must be an https address"):
        read()


@pytest.mark.parametrize(("read", "variable"), PROVIDERS)
@pytest.mark.parametrize("environment_", ["prod", "local"])
def test_an_https_address_is_taken_everywhere_without_a_slash_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[], Settings],
    variable: str,
    environment_: str,
) -> None:
    monkeypatch.setenv("ENVIRONMENT", environment_)
    monkeypatch.setenv(variable, "https://eu.provider.example/")

    assert read().base_url == "https://eu.provider.example"


@pytest.mark.parametrize(("read", "variable"), PROVIDERS)
def test_the_local_run_may_call_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Settings], variable: str
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setenv(variable, "http://127.0.0.1:8025/sandbox")

    assert read().base_url == "http://127.0.0.1:8025/sandbox"


@pytest.mark.parametrize(("read", "variable"), PROVIDERS)
@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "127.0.0.1:8025"])
def test_the_local_run_needs_an_address_too(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Settings], variable: str, url: str
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setenv(variable, url)

    with pytest.raises(Misconfiguration, match=variable):
        read()


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (
            "https://abc.execute-api.eu.amazonaws.com/live",
            "wss://abc.execute-api.eu.amazonaws.com/live",
        ),
        ("http://127.0.0.1:4566/_aws/x/live", "ws://127.0.0.1:4566/_aws/x/live"),
    ],
)
def test_browsers_connect_to_where_frames_are_posted(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, expected: str
) -> None:
    monkeypatch.setenv("WEBSOCKET_ENDPOINT", endpoint)

    assert config.websocket_url() == expected


def test_a_function_of_the_websocket_api_finds_its_own_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert own_endpoint() == "https://abc.execute-api.eu-central-1.amazonaws.com/live"

    monkeypatch.setenv("ENVIRONMENT", "local")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert own_endpoint() == "http://127.0.0.1:4566/_aws/execute-api/abc/live"


def test_nothing_but_warnings_is_logged_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.log_level() == "WARNING"

    monkeypatch.setenv("LOG_LEVEL", "INFO")
    assert config.log_level() == "INFO"


def test_nothing_is_limited_unless_it_is_set() -> None:
    assert config.limits() == config.NO_LIMITS


def test_limits_are_a_number_in_a_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLER_LIMIT", "600/minute")
    monkeypatch.setenv("RECIPIENT_LIMITS", "sms=5/hour, in-app=50/day")

    limits = config.limits()

    assert limits.per_caller == Limit(count=600, seconds=60)
    assert limits.per_recipient == {
        Channel.SMS: Limit(count=5, seconds=3_600),
        Channel.IN_APP: Limit(count=50, seconds=86_400),
    }


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("CALLER_LIMIT", "600", "CALLER_LIMIT must have limits like 5/hour"),
        ("CALLER_LIMIT", "0/minute", "CALLER_LIMIT must have limits like 5/hour"),
        ("CALLER_LIMIT", "-1/minute", "CALLER_LIMIT must have limits like 5/hour"),
        ("CALLER_LIMIT", "²/minute", "CALLER_LIMIT must have limits like 5/hour"),
        ("CALLER_LIMIT", "5/week", "CALLER_LIMIT must have limits like 5/hour"),
        ("RECIPIENT_LIMITS", "5/hour", "RECIPIENT_LIMITS names '5/hour', which is no channel"),
        ("RECIPIENT_LIMITS", "fax=5/hour", "RECIPIENT_LIMITS names 'fax', which is no channel"),
        ("RECIPIENT_LIMITS", "sms=", "RECIPIENT_LIMITS must have limits like 5/hour"),
    ],
)
def test_a_limit_that_makes_no_sense_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(Misconfiguration) as caught:
        config.limits()

    assert str(caught.value).startswith(message)
