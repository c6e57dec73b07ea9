"""The published limits that the model of figure 6 goes by, each with the page that has it.

They are AWS's defaults for an account and region; all but a partition's can be raised on request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """A published limit.

    Args:
        value: per second, where nothing else is said.
        page: where it stands.
    """

    name: str
    value: float
    page: str


API_REQUESTS: Final = Limit(
    "API Gateway: requests of all APIs, pushes among them",
    10_000,
    "API Gateway Developer Guide, Quotas: account-level throttling per Region",
)
NEW_SOCKETS: Final = Limit(
    "API Gateway: new sockets",
    500,
    "API Gateway Developer Guide, Quotas for configuring and running a WebSocket API",
)
SOCKET_SECONDS: Final = Limit(
    "API Gateway: longest life of a socket, seconds",
    7_200,
    "API Gateway Developer Guide, Quotas for configuring and running a WebSocket API",
)
IDLE_SECONDS: Final = Limit(
    "API Gateway: a socket that says nothing is ended after, seconds",
    600,
    "API Gateway Developer Guide, Quotas for configuring and running a WebSocket API",
)
CONCURRENCY: Final = Limit(
    "Lambda: invocations at once",
    1_000,
    "Lambda Developer Guide, Lambda quotas: concurrent executions",
)
CONCURRENCY_STEP: Final = Limit(
    "Lambda: more invocations at once, of a function, each 10 seconds",
    1_000,
    "Lambda Developer Guide, Understanding Lambda function scaling",
)
POLLERS: Final = Limit(
    "SQS to Lambda: batches at once at first",
    5,
    "Lambda Developer Guide, Configuring scaling behavior for SQS event source mappings",
)
POLLERS_STEP: Final = Limit(
    "SQS to Lambda: more batches at once, each minute",
    300,
    "Lambda Developer Guide, Configuring scaling behavior for SQS event source mappings",
)
TABLE_WRITES: Final = Limit(
    "DynamoDB: write units of a new on-demand table; double after each half an hour",
    4_000,
    "DynamoDB Developer Guide, On-demand capacity mode: initial throughput and scaling properties",
)
TABLE_READS: Final = Limit(
    "DynamoDB: read units of a new on-demand table; double after each half an hour",
    12_000,
    "DynamoDB Developer Guide, On-demand capacity mode: initial throughput and scaling properties",
)
TABLE_MOST: Final = Limit(
    "DynamoDB: read units, and write units, of a table",
    40_000,
    "DynamoDB Developer Guide, Quotas: throughput default quotas",
)
PARTITION_WRITES: Final = Limit(
    "DynamoDB: write units of a partition",
    1_000,
    "DynamoDB Developer Guide, Understanding warm throughput in different scenarios",
)
PARTITION_READS: Final = Limit(
    "DynamoDB: read units of a partition",
    3_000,
    "DynamoDB Developer Guide, Understanding warm throughput in different scenarios",
)
SES: Final = Limit(
    "SES: emails, of an account that has just left the sandbox",
    14,
    "SES Developer Guide, Service quotas: sending quotas (the account's own figure counts)",
)
TWILIO_SHORT_CODE: Final = Limit(
    "Twilio: segments from a short code in the US",
    100,
    "Twilio Docs, Understanding Twilio rate limits and message queues",
)
TWILIO_NUMBER: Final = Limit(
    "Twilio: segments from a long code in the US",
    1,
    "Twilio Docs, Understanding Twilio rate limits and message queues",
)
ALL: Final = tuple(value for value in list(globals().values()) if isinstance(value, Limit))
