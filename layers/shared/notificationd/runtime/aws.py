"""The AWS clients: one session for all, each made when it is first needed.

The session is botocore's own. What boto3 puts around it, its transfers from S3 and what these
import, no function needs, and each would load it when it starts.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import Session

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

POOL_SIZE = 10
"""As many connections as a batch has records."""
SOCKET_POOL_SIZE = 20
"""Of threads that write to sockets, and of their connections: ten that hang leave ten to go on."""

_STORAGE = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=POOL_SIZE,
)
_ONCE = Config(  # after a lost answer a retry of the SDK's would send twice
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=POOL_SIZE,
)
_SOCKETS = Config(  # a push that is slow is left to the in-app queue; a socket takes about 20 ms
    connect_timeout=1,
    read_timeout=1,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=SOCKET_POOL_SIZE,
)


@cache
def _session() -> Session:
    return Session()


def _client(service: str, config: Config, endpoint: str | None = None) -> Any:  # noqa: ANN401 - its callers know which
    return _session().create_client(service, endpoint_url=endpoint, config=config)


@cache
def dynamodb() -> DynamoDBClient:
    """Return the table's client."""
    client: DynamoDBClient = _client("dynamodb", _STORAGE)
    return client


@cache
def sqs() -> SQSClient:
    """Return the queues' client."""
    client: SQSClient = _client("sqs", _STORAGE)
    return client


@cache
def ssm() -> SSMClient:
    """Return the secrets' client."""
    client: SSMClient = _client("ssm", _STORAGE)
    return client


@cache
def sockets(endpoint: str) -> ApiGatewayManagementApiClient:
    """Return the client that writes to sockets of a WebSocket API."""
    client: ApiGatewayManagementApiClient = _client("apigatewaymanagementapi", _SOCKETS, endpoint)
    return client


@cache
def scheduler() -> EventBridgeSchedulerClient:
    """Return the client that schedules what a queue cannot wait for."""
    client: EventBridgeSchedulerClient = _client("scheduler", _STORAGE)
    return client


@cache
def sesv2() -> SESV2Client:
    """Return the client that sends emails. It never retries."""
    client: SESV2Client = _client("sesv2", _ONCE)
    return client


@cache
def sns() -> SNSClient:
    """Return the client that sends SMS. It never retries."""
    client: SNSClient = _client("sns", _ONCE)
    return client
