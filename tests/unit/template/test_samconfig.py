"""samconfig.toml: `sam deploy` for the local run and for AWS."""

import tomllib
from typing import Any

import pytest

from local.sandbox import credentials
from tests.unit.template.loader import ROOT, Template

type Settings = dict[str, Any]


@pytest.fixture
def samconfig() -> Settings:
    return tomllib.loads((ROOT / "samconfig.toml").read_text())


def overrides(samconfig: Settings) -> dict[str, str]:
    pairs = samconfig["local"]["deploy"]["parameters"]["parameter_overrides"]
    return dict(pair.split("=", 1) for pair in pairs)


def test_a_deploy_to_aws_shows_its_changes_and_asks(samconfig: Settings) -> None:
    assert samconfig["prod"]["deploy"]["parameters"]["confirm_changeset"] is True


def test_a_deploy_may_make_roles_but_not_name_them(samconfig: Settings) -> None:
    capabilities = [
        settings["deploy"]["parameters"]["capabilities"]
        for settings in samconfig.values()
        if isinstance(settings, dict)
    ]

    assert capabilities == ["CAPABILITY_IAM", "CAPABILITY_IAM"]


def test_a_deploy_to_aws_takes_over_nothing_of_the_local_run(samconfig: Settings) -> None:
    """Its parameters are the template's defaults and what is given on the command line."""
    assert "parameter_overrides" not in samconfig["prod"]["deploy"]["parameters"]


def test_the_local_run_sets_parameters_that_exist(samconfig: Settings, template: Template) -> None:
    assert overrides(samconfig).keys() <= template.document["Parameters"].keys()


def test_the_local_run_calls_the_sandbox_as_the_sandbox_expects_it(samconfig: Settings) -> None:
    given = overrides(samconfig)

    assert given["Environment"] == "local"
    assert given["MailgunDomain"] == credentials.MAILGUN_DOMAIN
    assert given["TwilioAccountSid"] == credentials.TWILIO_ACCOUNT_SID
    assert given["TwilioFrom"] == credentials.TWILIO_FROM
    assert given["MailgunBaseUrl"].endswith("/mailgun")
    assert given["TwilioBaseUrl"].endswith("/twilio")
