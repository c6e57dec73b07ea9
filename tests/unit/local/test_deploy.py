"""The parameters of the local deploy come from samconfig.toml, and fit this run and its sandbox."""

from dataclasses import replace

from local.deploy import parameters
from local.sandbox import credentials
from local.settings import ROOT, Emulator, Settings


def _named(settings: Settings) -> dict[str, str]:
    pairs = (each.partition("=") for each in parameters(replace(settings, root=ROOT)))
    return {name: value for name, _, value in pairs}


def test_addresses_are_those_of_this_run(settings: Settings) -> None:
    found = _named(settings)

    assert found["AwsEndpointUrl"] == "http://127.0.0.1:14566"
    assert found["MailgunBaseUrl"] == "http://127.0.0.1:18025/mailgun"
    assert found["TwilioBaseUrl"] == "http://127.0.0.1:18025/twilio"


def test_functions_are_deployed_for_the_architecture_that_they_were_built_for(
    settings: Settings,
) -> None:
    assert _named(settings)["Architecture"] == "arm64"


def test_accounts_are_those_that_the_sandbox_knows(settings: Settings) -> None:
    found = _named(settings)

    assert found["MailgunDomain"] == credentials.MAILGUN_DOMAIN
    assert found["TwilioAccountSid"] == credentials.TWILIO_ACCOUNT_SID
    assert found["TwilioFrom"] == credentials.TWILIO_FROM


def test_localstack_gets_addresses_that_hold_in_its_containers(settings: Settings) -> None:
    found = _named(replace(settings, emulator=Emulator.LOCALSTACK, port=4566))

    assert found["AwsEndpointUrl"] == "http://localhost.localstack.cloud:4566"
    assert found["MailgunBaseUrl"] == "http://host.docker.internal:18025/mailgun"
