"""A sandbox in this process, on a free port of loopback, and the real clients to talk to it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import requests
from requests.auth import HTTPBasicAuth
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client as TwilioClient

from local.sandbox.client import SandboxClient
from local.sandbox.credentials import (
    MAILGUN_API_KEY,
    MAILGUN_DOMAIN,
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN,
)
from local.sandbox.provider_calls import Sandbox
from tests.integration.serving import served_sandbox

type PostMail = Callable[..., requests.Response]
type Serve = Callable[[Sandbox], AbstractContextManager[SandboxClient]]


@pytest.fixture
def serve() -> Serve:
    """Serve a sandbox that the test has made itself."""
    return served_sandbox


@pytest.fixture
def sandbox() -> Iterator[SandboxClient]:
    """Serve an empty sandbox."""
    with served_sandbox(Sandbox()) as client:
        yield client


@pytest.fixture
def mail() -> dict[str, Any]:
    """Return the fields of an email that Mailgun accepts."""
    return {
        "from": f"Notifications <no-reply@{MAILGUN_DOMAIN}>",
        "to": "ada@example.com",
        "subject": "Your order",
        "text": "It left today.",
        "v:notification_id": "0199-ada",
    }


@pytest.fixture
def post_mail(sandbox: SandboxClient) -> PostMail:
    """Call Mailgun's route with `requests`; keyword arguments change what is sent."""

    def post(
        fields: Any = None,  # noqa: ANN401 - passed on to requests
        *,
        key: str = MAILGUN_API_KEY,
        path: str = f"/v3/{MAILGUN_DOMAIN}/messages",
        timeout: float = 10,
        **options: Any,  # noqa: ANN401 - passed on to requests
    ) -> requests.Response:
        options.setdefault("auth", HTTPBasicAuth("api", key))
        url = f"{sandbox.mailgun_url}{path}"
        return requests.post(url, data=fields, timeout=timeout, **options)

    return post


class _Redirected(TwilioHttpClient):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's own HTTP client, calling the sandbox in the place of api.twilio.com."""

    def __init__(self, base_url: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base_url = base_url

    def request(self, method: str, url: str, **options: Any) -> TwilioResponse:  # noqa: ANN401
        url = url.replace("https://api.twilio.com", self._base_url, 1)
        return super().request(method, url, **options)


@pytest.fixture
def twilio(sandbox: SandboxClient) -> Callable[..., TwilioClient]:
    """Make the real Twilio SDK talk to the sandbox; keyword arguments change its credentials."""

    def client(
        token: str = TWILIO_AUTH_TOKEN,
        account: str = TWILIO_ACCOUNT_SID,
        timeout: float = 10,
    ) -> TwilioClient:
        http = _Redirected(sandbox.twilio_url, timeout)
        return TwilioClient(TWILIO_ACCOUNT_SID, token, account, http_client=http)

    return client
