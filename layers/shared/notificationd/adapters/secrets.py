"""Secrets from SSM's SecureString parameters, read when first needed and then kept for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notificationd.domain.errors import Misconfiguration, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

KEEP_SECONDS = 300
"""How long a rotated secret may still be used by a warm function."""


class Secrets:
    """Reads the secrets below a path.

    Args:
        prefix: of the parameters' names, without a slash at its end.
    """

    def __init__(self, client: SSMClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, name: str) -> str:
        """Return a secret.

        Raises:
            Misconfiguration: nobody has stored it.
            Unavailable: it cannot be read now.
        """
        now = time.monotonic()
        kept = self._kept.get(name)
        if kept is not None and now - kept[0] < KEEP_SECONDS:
            return kept[1]
        path = f"{self._prefix}/{name}"
        try:
            answer = self._client.get_parameter(Name=path, WithDecryption=True)
        except self._client.exceptions.ParameterNotFound as error:
            message = f"The SecureString parameter {path} does not exist; see the README."
            raise Misconfiguration(message) from error
        except (BotoCoreError, ClientError) as error:
            message = f"the secret: {type(error).__name__}"
            raise Unavailable(message) from error
        secret = answer["Parameter"]["Value"]
        self._kept[name] = (now, secret)
        return secret
