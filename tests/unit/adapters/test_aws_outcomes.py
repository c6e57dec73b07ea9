"""SES and SNS: what is known when no answer comes."""

import ssl
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from botocore import exceptions
from botocore.awsrequest import AWSRequest

from notificationd.adapters.ses import Ses
from notificationd.adapters.sns import Sns
from notificationd.domain.errors import DeliveryError, Misconfigured, OutcomeUnknown, Retryable
from tests.unit.adapters.conftest import MakeClient
from tests.unit.adapters.samples import email, sms

URL = "https://example.com"

type Fail = Callable[[Exception], None]


@pytest.fixture(params=["sesv2", "sns"])
def sending(request: pytest.FixtureRequest, client: MakeClient) -> Fail:
    """Send over a connection that fails, in the way that is given."""
    aws = client(request.param)

    def send(error: Exception) -> None:
        def fail(request: AWSRequest, **_: Any) -> None:  # noqa: ANN401, ARG001 - botocore's hook
            raise error

        aws.meta.events.register("before-send", fail)
        if request.param == "sns":
            Sns(aws).send(sms())
        else:
            Ses(aws, sender="notifications@example.com").send(email())

    return send


def tls(cause: Exception) -> exceptions.SSLError:
    return exceptions.SSLError(endpoint_url=URL, error=urllib3.exceptions.SSLError(cause))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        # Before the request was written.
        (exceptions.EndpointConnectionError(endpoint_url=URL, error="refused"), Retryable),
        (exceptions.ConnectTimeoutError(endpoint_url=URL), Retryable),
        (exceptions.ProxyConnectionError(proxy_url=URL), Retryable),
        (tls(ssl.SSLCertVerificationError("self-signed")), Retryable),
        # The call was never made.
        (exceptions.NoCredentialsError(), Misconfigured),
        (exceptions.ParamValidationError(report="To"), Misconfigured),
        # Afterwards, or nobody can say when.
        (exceptions.ReadTimeoutError(endpoint_url=URL), OutcomeUnknown),
        (exceptions.ConnectionClosedError(endpoint_url=URL), OutcomeUnknown),
        (exceptions.HTTPClientError(error="anything"), OutcomeUnknown),
        (tls(ssl.SSLError("bad record mac")), OutcomeUnknown),
        (exceptions.SSLError(endpoint_url=URL, error=OSError()), OutcomeUnknown),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_a_connection_that_fails_means(
    sending: Fail, error: Exception, expected: type[DeliveryError]
) -> None:
    """Only what proves that nothing was sent lets another provider have a go."""
    with pytest.raises(DeliveryError) as caught:
        sending(error)

    assert (type(caught.value), caught.value.code) == (expected, type(error).__name__)
