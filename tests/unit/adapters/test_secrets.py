"""Secrets: read from SSM when they are needed, and then kept for a while."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from notificationd.adapters import secrets
from notificationd.adapters.secrets import Secrets
from notificationd.domain.errors import Misconfiguration, Unavailable
from tests.unit.adapters.conftest import Client, MakeClient

NAME = "/notificationd/token-secret"


class Clock:
    """Stands in for the module `time`."""

    def __init__(self, now: float) -> None:
        self.now = now

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(params=[0.1, 100.3, 299.9, 300.0, 123_456.789])
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Start at different times: a Lambda's monotonic clock may be seconds old."""
    clock = Clock(request.param)
    monkeypatch.setattr(secrets, "time", clock)
    return clock


@pytest.fixture
def ssm(client: MakeClient) -> Client:
    return client("ssm")


def stored(value: str) -> dict[str, Any]:
    return {"Parameter": {"Name": NAME, "Type": "SecureString", "Value": value}}


def request() -> dict[str, Any]:
    return {"Name": NAME, "WithDecryption": True}


@mock_aws
def test_a_secure_string_is_read_decrypted(client: MakeClient) -> None:
    ssm = client("ssm")
    ssm.put_parameter(Name=NAME, Value="s3cret", Type="SecureString")

    assert Secrets(ssm, "/notificationd").get("token-secret") == "s3cret"


@mock_aws
def test_a_secret_that_nobody_has_stored_is_named(client: MakeClient) -> None:
    with pytest.raises(Misconfiguration, match="/notificationd/token-secret does not exist"):
        Secrets(client("ssm"), "/notificationd").get("token-secret")


def test_a_secret_is_read_once_in_five_minutes(ssm: Client, clock: Clock) -> None:
    kept = Secrets(ssm, "/notificationd")
    with Stubber(ssm) as stub:
        stub.add_response("get_parameter", stored("first"), request())
        stub.add_response("get_parameter", stored("second"), request())

        assert kept.get("token-secret") == "first"
        clock.now += 299
        assert kept.get("token-secret") == "first"
        clock.now += 2
        assert kept.get("token-secret") == "second"
        assert kept.get("token-secret") == "second"


def test_secrets_are_kept_apart(ssm: Client) -> None:
    kept = Secrets(ssm, "/notificationd")
    other = "/notificationd/mailgun-api-key"
    with Stubber(ssm) as stub:
        stub.add_response("get_parameter", stored("one"), request())
        stub.add_response("get_parameter", stored("two"), {"Name": other, "WithDecryption": True})

        assert (kept.get("token-secret"), kept.get("mailgun-api-key")) == ("one", "two")


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ThrottlingException", "InternalServerError"]
)
def test_a_secret_that_cannot_be_read_now_is_unavailable_and_asked_for_again(
    ssm: Client, code: str
) -> None:
    kept = Secrets(ssm, "/notificationd")
    with Stubber(ssm) as stub:
        stub.add_client_error("get_parameter", code)
        stub.add_response("get_parameter", stored("s3cret"), request())

        with pytest.raises(Unavailable):
            kept.get("token-secret")
        assert kept.get("token-secret") == "s3cret"


def test_an_ssm_that_cannot_be_reached_is_unavailable(ssm: Client) -> None:
    def fail(request: object, **_: object) -> None:  # noqa: ARG001 - botocore's hook
        raise EndpointConnectionError(endpoint_url="https://ssm.example.com")

    ssm.meta.events.register("before-send", fail)

    with pytest.raises(Unavailable):
        Secrets(ssm, "/notificationd").get("token-secret")
