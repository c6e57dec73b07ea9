"""Which stack the command works on: the local run, or a named one on AWS."""

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import Cloud, emulator_cloud
from local.endpoints import Endpoints
from local.errors import LocalError
from local.settings import from_environment
from notificationd.domain.notification import Channel

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient


class Target:
    """A deployed stack.

    Args:
        stack: its name on AWS; None is the local run.
        region: its region; None is the profile's own.
        profile: the AWS profile; None is the default one.

    Raises:
        LocalError: there is no such stack, or it can't be read.

    """

    def __init__(
        self, stack: str | None = None, region: str | None = None, profile: str | None = None
    ) -> None:
        self.is_local = stack is None
        try:
            self._cloud = _cloud(stack, region, profile)
            self._outputs = self._cloud.outputs()
        except (BotoCoreError, ClientError) as error:
            where = f"stack '{stack}'" if stack else "local stack"
            raise LocalError(f"The {where} can't be read: {error}") from error

    @property
    def cloud(self) -> Cloud:
        """Where it is."""
        return self._cloud

    @property
    def table(self) -> str:
        """The name of its table."""
        return self._output("TableName")

    @property
    def token_secret(self) -> str:
        """The name of the SSM parameter that has its token secrets."""
        return f"/{self._cloud.stack}/token-secret"

    @property
    def dead_letter_queue(self) -> str:
        """The address of its dead-letter queue."""
        return self._output("DeadLetterQueueUrl")

    @property
    def queues(self) -> dict[Channel, str]:
        """The addresses of the queues that dead letters can go back to."""
        return {
            Channel.EMAIL: self._output("EmailQueueUrl"),
            Channel.SMS: self._output("SmsQueueUrl"),
        }

    @property
    def channel_queues(self) -> dict[Channel, str]:
        """The addresses of all channels' queues."""
        return {**self.queues, Channel.IN_APP: self._output("InAppQueueUrl")}

    def dynamodb(self) -> "DynamoDBClient":
        """Return a client of its table's service."""
        return self._cloud.session.client(
            "dynamodb", endpoint_url=self._cloud.endpoint_url, config=self._cloud.config
        )

    def sqs(self) -> "SQSClient":
        """Return a client of its queues' service."""
        return self._cloud.session.client(
            "sqs", endpoint_url=self._cloud.endpoint_url, config=self._cloud.config
        )

    def cloudwatch(self) -> "CloudWatchClient":
        """Return a client of its metrics' service."""
        return self._cloud.session.client(
            "cloudwatch", endpoint_url=self._cloud.endpoint_url, config=self._cloud.config
        )

    def ssm(self) -> "SSMClient":
        """Return a client of its secrets' service."""
        return self._cloud.session.client(
            "ssm", endpoint_url=self._cloud.endpoint_url, config=self._cloud.config
        )

    def _output(self, name: str) -> str:
        if name not in self._outputs:
            raise LocalError(f"The stack has no output {name}: is it one of notificationd's?")
        return self._outputs[name]


def _cloud(stack: str | None, region: str | None, profile: str | None) -> Cloud:
    if stack is None:
        return emulator_cloud(Endpoints.read(from_environment().state).aws_endpoint_url)
    return Cloud(stack, boto3.Session(profile_name=profile, region_name=region))
