"""The Python client of notificationd.

`Client` calls the HTTP API. `notificationd_client.inbox` has `LiveInbox`, a user's inbox over a
WebSocket; it needs the extra `live`.
"""

from notificationd_client.answers import (
    Attempt,
    DeadLetter,
    DeadLetters,
    Inbox,
    Marked,
    Notification,
    NotificationDetails,
    ReadAll,
    Receipt,
    Redriven,
    Skipped,
    User,
    UserToken,
)
from notificationd_client.client import Client
from notificationd_client.errors import (
    Conflict,
    ConnectionFailed,
    FieldProblem,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotificationdError,
    Problem,
    ProblemError,
    RateLimited,
    Unauthenticated,
    Unavailable,
    UnexpectedAnswer,
)
from notificationd_client.message import Delivery, Message, Type
from notificationd_client.retries import NO_RETRIES, Retries
from notificationd_client.version import __version__

__all__ = [
    "NO_RETRIES",
    "Attempt",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "DeadLetter",
    "DeadLetters",
    "Delivery",
    "FieldProblem",
    "Forbidden",
    "Inbox",
    "InvalidRequest",
    "Marked",
    "Message",
    "NotFound",
    "Notification",
    "NotificationDetails",
    "NotificationdError",
    "Problem",
    "ProblemError",
    "RateLimited",
    "ReadAll",
    "Receipt",
    "Redriven",
    "Retries",
    "Skipped",
    "Type",
    "Unauthenticated",
    "Unavailable",
    "UnexpectedAnswer",
    "User",
    "UserToken",
    "__version__",
]
