"""What a failed call of an AWS service that sends for us means for the notification."""

from __future__ import annotations

from http import HTTPStatus
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from notificationd.domain.errors import (
    DeliveryError,
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Retryable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CALL_ERRORS = (BotoCoreError, ClientError, ResponseParserError)
"""What a call raises; the last where a proxy in between answers with a page of its own."""

type CallError = BotoCoreError | ClientError | ResponseParserError

_NEVER_LEFT = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
_OURS = (NoCredentialsError, ParamValidationError)
_DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "ExpiredTokenException"}
_PASSING = {"Throttling", "ThrottlingException", "ThrottledException", "RequestTimeout"}


def aws_failure(error: CallError, table: Mapping[str, type[DeliveryError]]) -> DeliveryError:
    """Return what an SDK error means.

    Args:
        table: what the service's own error codes mean; the ones common to all are known here.
    """
    if isinstance(error, ClientError):
        return _refusal(error, table)
    name = type(error).__name__
    if isinstance(error, _NEVER_LEFT) or _refused_certificate(error):
        return Retryable(f"The provider could not be reached ({name}).", code=name)
    if isinstance(error, _OURS):
        return Misconfigured(f"The call was not made ({name}).", code=name)
    return OutcomeUnknown(f"The provider did not answer ({name}).", code=name)


def accepted_id(answer: Mapping[str, object]) -> str:
    """Return the id that an answer gives to the message.

    Raises:
        OutcomeUnknown: it gives none, so it is nobody's acceptance.
    """
    message_id = answer.get("MessageId")
    if not message_id:
        text = "The provider's answer names no message."
        raise OutcomeUnknown(text)
    return str(message_id)


def _refused_certificate(error: CallError) -> bool:
    """Tell whether TLS failed before anything was written; later it proves nothing."""
    cause = error.kwargs.get("error") if isinstance(error, SSLError) else None
    reason = cause.args[0] if isinstance(cause, Exception) and cause.args else None
    return isinstance(reason, SSLCertVerificationError)


def _refusal(error: ClientError, table: Mapping[str, type[DeliveryError]]) -> DeliveryError:
    details = error.response.get("Error", {})
    code, text = details.get("Code", "Unknown"), details.get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if kind := table.get(code):
        return kind(text, code=code)
    if code in _DENIED or status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Misconfigured(text, code=code)
    if (
        code in _PASSING
        or status == HTTPStatus.TOO_MANY_REQUESTS
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return Retryable(text, code=code)
    return Permanent(text, code=code, address_at_fault=False)
