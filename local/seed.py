"""What a stack needs beside its template: secrets, a verified sender, an API key and users."""

from typing import Final

from local.cloud import Cloud
from local.credentials import Credentials
from local.sandbox.credentials import MAILGUN_API_KEY, TWILIO_AUTH_TOKEN
from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
from notificationd.adapters.dynamodb.profiles import DynamoProfiles
from notificationd.domain.identity import Scope
from notificationd.domain.ids import now_ms
from notificationd.domain.profile import Profile
from notificationd.services.authenticate import digest

# The demo users. No such mailbox exists (RFC 2606), and 555-01xx numbers belong to nobody.
USERS: Final = {
    "4": Profile(email="ada@example.com", phone="+14155550104"),
    "5": Profile(email="grace@example.com", phone="+14155550105"),
}


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


def put_users(cloud: Cloud) -> None:
    """Give the demo users their addresses.

    Straight into the table: over the API it would wait for two functions to start, several
    seconds here, where each start unpacks the layers anew.
    """
    client = cloud.session.client("dynamodb", endpoint_url=cloud.endpoint_url, config=cloud.config)
    profiles = DynamoProfiles(client, cloud.outputs()["TableName"])
    for user, profile in USERS.items():
        profiles.put(user, profile)
