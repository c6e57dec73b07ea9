"""A deployed stack, on the emulator or on AWS, and how to reach it."""

from dataclasses import dataclass, field
from typing import Final

import boto3
from botocore.config import Config

from local.settings import REGION, Settings

# Both emulators take these for the owner of the account. They open nothing else.
ACCESS_KEY: Final = "test"
SECRET_KEY: Final = "test"  # noqa: S105 - see above
STACK: Final = "notificationd"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where a stack is.

    Attributes:
        stack: its name.
        session: the credentials and the region.
        endpoint_url: the emulator's address, None on AWS.
        config: settings of the clients.

    """

    stack: str
    session: boto3.Session
    endpoint_url: str | None = None
    config: Config = field(default_factory=Config)

    def outputs(self) -> dict[str, str]:
        """Return the outputs of the stack."""
        client = self.session.client(
            "cloudformation", endpoint_url=self.endpoint_url, config=self.config
        )
        found = client.describe_stacks(StackName=self.stack)["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def parameters(self) -> dict[str, str]:
        """Return the parameters that the stack was deployed with, defaults included."""
        client = self.session.client(
            "cloudformation", endpoint_url=self.endpoint_url, config=self.config
        )
        found = client.describe_stacks(StackName=self.stack)["Stacks"][0]
        return {
            each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])
        }

    def resources(self, kind: str) -> dict[str, str]:
        """Return the physical ids of the stack's resources of a type, by logical id."""
        client = self.session.client(
            "cloudformation", endpoint_url=self.endpoint_url, config=self.config
        )
        pages = client.get_paginator("list_stack_resources").paginate(StackName=self.stack)
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for page in pages
            for each in page["StackResourceSummaries"]
            if each["ResourceType"] == kind
        }


def local_cloud(settings: Settings) -> Cloud:
    """Return the stack of a local run."""
    return emulator_cloud(settings.aws_endpoint_url)


def emulator_cloud(endpoint_url: str) -> Cloud:
    """Return the stack on an emulator."""
    session = boto3.Session(
        aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=REGION
    )
    return Cloud(STACK, session, endpoint_url, Config(proxies={}))  # a proxy can't reach loopback
