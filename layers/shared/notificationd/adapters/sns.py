"""SMS through Amazon SNS: `Publish` to a phone number.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notificationd.adapters.aws_outcomes import CALL_ERRORS, accepted_id, aws_failure
from notificationd.domain.errors import DeliveryError, Misconfigured, Permanent, Retryable

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

    from notificationd.domain.notification import Notification

_CODES: dict[str, type[DeliveryError]] = {
    "AuthorizationError": Misconfigured,
    "InvalidSecurity": Misconfigured,
    "InvalidParameter": Permanent,
    "InvalidParameterValue": Permanent,
    "OptedOut": Permanent,
    "InternalError": Retryable,
    "Throttled": Retryable,
}
_TRANSACTIONAL: dict[str, MessageAttributeValueTypeDef] = {
    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
}


class Sns:
    """Fulfils `domain.ports.Provider`.

    Args:
        client: must not retry by itself: after a lost answer that would send twice.
    """

    name = "sns"

    def __init__(self, client: SNSClient) -> None:
        self._client = client

    def send(self, notification: Notification) -> str:
        """Hand over an SMS and return SNS's id for it."""
        try:
            answer = self._client.publish(
                PhoneNumber=notification.to or "",
                Message=notification.content,
                MessageAttributes=_TRANSACTIONAL,
            )
        except CALL_ERRORS as error:
            raise aws_failure(error, _CODES) from error
        return accepted_id(answer)
