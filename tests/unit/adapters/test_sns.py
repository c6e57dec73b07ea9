"""Amazon SNS: what is sent to it, and what its answers mean."""

import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from notificationd.adapters.sns import Sns
from notificationd.domain.errors import DeliveryError, Misconfigured, Permanent, Retryable
from tests.unit.adapters.conftest import REGION, Client, MakeClient
from tests.unit.adapters.samples import PHONE, sms

TRANSACTIONAL = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}


@pytest.fixture
def sns(client: MakeClient) -> Client:
    return client("sns")


def test_an_sms_is_sent_as_it_was_accepted(sns: Client) -> None:
    """As a transactional one, which SNS delivers with priority."""
    request = {"PhoneNumber": PHONE, "Message": "Grüße 👋", "MessageAttributes": TRANSACTIONAL}
    with Stubber(sns) as stub:
        stub.add_response("publish", {"MessageId": "m-1"}, request)

        assert Sns(sns).send(sms(content="Grüße 👋")) == "m-1"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("AuthorizationError", 403, Misconfigured),
        ("InvalidSecurity", 403, Misconfigured),
        ("AccessDenied", 403, Misconfigured),
        ("InvalidClientTokenId", 403, Misconfigured),
        ("InvalidParameter", 400, Permanent),
        ("InvalidParameterValue", 400, Permanent),
        ("OptedOut", 400, Permanent),
        ("SomethingNew", 400, Permanent),
        ("InternalError", 500, Retryable),
        ("Throttled", 429, Retryable),
        ("Throttling", 400, Retryable),
        ("ThrottledException", 429, Retryable),
        ("RequestTimeout", 408, Retryable),
        ("SomethingNew", 503, Retryable),
    ],
)
def test_an_error_means(
    sns: Client,
    code: str,
    status: int,
    expected: type[DeliveryError],
) -> None:
    """https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, Errors."""
    with Stubber(sns) as stub:
        stub.add_client_error("publish", code, "SNS's own words", http_status_code=status)

        with pytest.raises(expected) as caught:
            Sns(sns).send(sms())

    assert type(caught.value) is expected
    assert (caught.value.code, caught.value.text) == (code, "SNS's own words")


@pytest.mark.parametrize(
    ("code", "at_fault"),
    [
        ("InvalidParameter", True),
        ("InvalidParameterValue", True),
        ("OptedOut", True),
        ("SomethingNew", False),
    ],
)
def test_only_what_may_be_the_number_s_fault_stops_the_next_provider(
    sns: Client,
    code: str,
    *,
    at_fault: bool,
) -> None:
    with Stubber(sns) as stub:
        stub.add_client_error("publish", code, http_status_code=400)

        with pytest.raises(Permanent) as caught:
            Sns(sns).send(sms())

    assert caught.value.address_at_fault is at_fault


@mock_aws
def test_an_sms_is_accepted(client: MakeClient) -> None:
    message_id = Sns(client("sns")).send(sms())

    sent = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
    assert sent[message_id][:2] == (PHONE, "hello, world!")
