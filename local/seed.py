"""What a stack needs beside its template: secrets, a verified sender, an API key and users."""

from http import HTTPStatus
from typing import Final

import requests

from local.cloud import Cloud
from local.credentials import Credentials
from local.endpoints import Endpoints
from local.errors import LocalError
from local.sandbox.credentials import MAILGUN_API_KEY, TWILIO_AUTH_TOKEN
from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
from notificationd.domain.identity import Scope
from notificationd.domain.ids import now_ms
from notificationd.services.authenticate import digest

# The demo users. No such mailbox exists (RFC 2606), and 555-01xx numbers belong to nobody.
USERS: Final = {
    "4": {"email": "ada@example.com", "phone": "+14155550104"},
    "5": {"email": "grace@example.com", "phone": "+14155550105"},
}
_ANSWER_SECONDS: Final = 30.0  # a function's first call here unpacks its layers


def put_secrets(cloud: Cloud, credentials: Credentials) -> None:
    """Store the secrets that the functions read at run time."""
    client = cloud.session.client("ssm", endpoint_url=cloud.endpoint_url, config=cloud.config)
    secrets = {
        "token-secret": credentials.token_secret,
        "mailgun-api-key": MAILGUN_API_KEY,
        "twilio-auth-token": TWILIO_AUTH_TOKEN,
    }
    for name, value in secrets.items():
        path = f"/{cloud.stack}/{name}"
        client.put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)


def verify_sender(cloud: Cloud) -> None:
    """Make SES accept the service's sender, as its owner would do on AWS."""
    client = cloud.session.client("sesv2", endpoint_url=cloud.endpoint_url, config=cloud.config)
    client.create_email_identity(EmailIdentity=cloud.parameters()["SesIdentity"])


def put_api_key(cloud: Cloud, credentials: Credentials) -> None:
    """Store the run's API key, with all scopes."""
    client = cloud.session.client("dynamodb", endpoint_url=cloud.endpoint_url, config=cloud.config)
    keys = DynamoApiKeys(client, cloud.outputs()["TableName"])
    keys.create(digest(credentials.api_key), "local", frozenset(Scope), now_ms())


def put_users(endpoints: Endpoints) -> None:
    """Give the demo users their addresses, over the API: that shows that it works.

    Raises:
        LocalError: it does not.

    """
    for user in USERS:  # one after the other: each concurrent call would unpack a worker more
        _put_user(endpoints, user)


def _put_user(endpoints: Endpoints, user: str) -> None:
    with requests.Session() as session:
        session.trust_env = False  # a proxy can't reach loopback
        answer = session.put(
            f"{endpoints.api_url}/users/{user}",
            json=USERS[user],
            headers={"Authorization": f"Bearer {endpoints.api_key}"},
            timeout=_ANSWER_SECONDS,
        )
    if answer.status_code != HTTPStatus.OK:
        raise LocalError(
            f"The service is deployed, but PUT /users/{user} answered {answer.status_code}: "
            f"look for its cause in {answer.text.strip()[:300]!r} and in the logs."
        )
