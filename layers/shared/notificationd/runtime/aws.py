"""The AWS clients: one session for all, each made when it is first needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

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
def _session() -> boto3.session.Session:
    return boto3.session.Session()


@cache
def dynamodb() -> DynamoDBClient:
    """Return the table's client."""
    return _session().client("dynamodb", config=_STORAGE)


@cache
def sqs() -> SQSClient:
    """Return the queues' client."""
    return _session().client("sqs", config=_STORAGE)


@cache
def ssm() -> SSMClient:
    """Return the secrets' client."""
    return _session().client("ssm", config=_STORAGE)


@cache
def sockets(endpoint: str) -> ApiGatewayManagementApiClient:
    """Return the client that writes to sockets of a WebSocket API."""
    return _session().client("apigatewaymanagementapi", endpoint_url=endpoint, config=_SOCKETS)


@cache
def scheduler() -> EventBridgeSchedulerClient:
    """Return the client that schedules what a queue cannot wait for."""
    return _session().client("scheduler", config=_STORAGE)


@cache
def sesv2() -> SESV2Client:
    """Return the client that sends emails. It never retries."""
    return _session().client("sesv2", config=_ONCE)


@cache
def sns() -> SNSClient:
    """Return the client that sends SMS. It never retries."""
    return _session().client("sns", config=_ONCE)
