"""What cannot be counted, in one place. Times are milliseconds."""

from __future__ import annotations

from typing import Final

PROVIDER_MS: Final = 200.0
"""From handing a message to a provider to its answer."""
CALL_MS: Final = {
    "dynamodb": 4.0,
    "sqs": 8.0,
    "apigatewaymanagementapi": 15.0,
    "ssm": 15.0,
    "scheduler": 25.0,
}
"""Within a region, on a warm connection. A service's own figure is in its CloudWatch metrics."""
INVOCATION_CPU_MS: Final = 0.3
"""Of our own code in an invocation: `python -m bench.warm` measures it."""
CALL_CPU_MS: Final = 0.5
"""Of botocore for a call (`python -m bench.warm`), and of `requests` for a provider's."""
MB_PER_CPU: Final = 1769
"""Memory at which a function has one whole processor, of which it gets its share.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

REQUESTS_PER_LOOK_AT_A_KEY: Final = 60
"""API Gateway keeps the authorizer's answer for 60 s; a caller makes a request a second."""
LONE_SECONDS: Final = 20
"""From one lone notification to the next: too long for a batch of the queue's, while a batch of the
stream's, which waits for its window, has those of the window's seconds."""

LAMBDA_LOG_BYTES: Final = 400
"""Lambda's own START, END and REPORT lines, with the 26 bytes that CloudWatch adds to each.
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""
LOG_EVENT_BYTES: Final = 26
"""What CloudWatch adds to each line.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

AGE_MS: Final = 500
"""From a notification's acceptance to its provider's yes: its digits stand in the log."""

IDLE_POLLERS: Final = 5
"""Of a queue's event source mapping.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""
POLL_SECONDS: Final = 20
"""An empty poll waits for so long."""
MONTH_MINUTES: Final = 30 * 24 * 60
