"""AWS clients that reach nothing: made-up credentials, no sockets, no retries."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

REGION = "us-east-1"

type Client = Any
"""botocore makes the types of its clients at run time."""
type MakeClient = Callable[[str], Client]


@pytest.fixture(scope="session")
def aws_session() -> boto3.session.Session:
    return boto3.session.Session("testing", "testing", region_name=REGION)


@pytest.fixture
def client(aws_session: boto3.session.Session) -> MakeClient:
    """Make a client of a service."""
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})

    def make(service: str) -> Client:
        return aws_session.client(service, config=once)  # type: ignore[call-overload]

    return make
