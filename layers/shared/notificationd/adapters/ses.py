"""Email through Amazon SES: `SendEmail` of its second API.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from notificationd.adapters.aws_outcomes import (
    CALL_ERRORS,
    CallError,
    accepted_id,
    aws_failure,
)
from notificationd.adapters.email import subject_of
from notificationd.domain.errors import DeliveryError, Misconfigured, Permanent, Retryable

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import BodyTypeDef

    from notificationd.domain.notification import Notification

_CODES: dict[str, type[DeliveryError]] = {
    "AccountSuspendedException": Misconfigured,
    "MailFromDomainNotVerifiedException": Misconfigured,
    "NotFoundException": Misconfigured,
    "SendingPausedException": Misconfigured,
    "BadRequestException": Permanent,
    "LimitExceededException": Retryable,
    "TooManyRequestsException": Retryable,
}
_UNVERIFIED = "not verified"


class Ses:
    """Fulfils `domain.ports.Provider`.

    Args:
        client: must not retry by itself: after a lost answer that would send twice.
    """

    name = "ses"

    def __init__(self, client: SESV2Client, *, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, notification: Notification) -> str:
        """Hand over an email and return SES's id for it."""
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [notification.to or ""]},
                Content={
                    "Simple": {
                        "Subject": {"Data": subject_of(notification), "Charset": "UTF-8"},
                        "Body": _body(notification),
                    }
                },
            )
        except CALL_ERRORS as error:
            raise _failure(error) from error
        return accepted_id(answer)


def _body(notification: Notification) -> BodyTypeDef:
    body: BodyTypeDef = {"Text": {"Data": notification.content, "Charset": "UTF-8"}}
    if notification.html is not None:
        body["Html"] = {"Data": notification.html, "Charset": "UTF-8"}
    return body


def _failure(error: CallError) -> DeliveryError:
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        # MessageRejected says both "your content is refused" and "you may not send as this".
        if details.get("Code") == "MessageRejected" and _UNVERIFIED in details.get("Message", ""):
            return Misconfigured(details["Message"], code="MessageRejected")
    return aws_failure(error, _CODES)
