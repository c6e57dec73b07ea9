"""What waits for longer than a queue can: one-time schedules that put messages onto the queues.

https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notificationd.adapters.messages import write_message
from notificationd.domain.errors import Unavailable
from notificationd.domain.watch import SCHEDULER_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_scheduler import EventBridgeSchedulerClient

    from notificationd.domain.notification import Channel, Notification


class EventBridgeSchedule:
    """Fulfils `domain.ports.Schedule`.

    Args:
        client: returns the client, which is made by the first notification that needs it.
        group: of the schedules; they are named after the notifications.
        role: that puts the messages onto the queues.
        queues: the ARN of each channel's queue.
        dead_letters: the ARN of the queue that takes what the scheduler cannot deliver.
    """

    def __init__(
        self,
        client: Callable[[], EventBridgeSchedulerClient],
        *,
        group: str,
        role: str,
        queues: Mapping[Channel, str],
        dead_letters: str,
    ) -> None:
        self._client = client
        self._group = group
        self._role = role
        self._queues = queues
        self._dead_letters = dead_letters

    def put(self, notification: Notification) -> None:
        """Have a notification put onto its channel's queue when its time has come, to the minute.

        The schedule deletes itself afterwards.
        """
        client = self._client()
        try:
            client.create_schedule(
                GroupName=self._group,
                Name=notification.id,
                ScheduleExpression=f"at({_moment(notification.send_at or 0)})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self._queues[notification.channel],
                    "RoleArn": self._role,
                    "Input": write_message(notification),
                    "RetryPolicy": {"MaximumEventAgeInSeconds": SCHEDULER_MS // 1000},
                    "DeadLetterConfig": {"Arn": self._dead_letters},
                },
            )
        except client.exceptions.ConflictException:
            return  # it is there: this is a retry
        except (BotoCoreError, ClientError) as error:
            message = f"the scheduler: {type(error).__name__}"
            raise Unavailable(message) from error

    def drop(self, notification: Notification) -> None:
        """Delete a notification's schedule, if there is one."""
        with suppress(BotoCoreError, ClientError):
            self._client().delete_schedule(GroupName=self._group, Name=notification.id)


def _moment(at: int) -> str:
    """Return a time as a schedule has it: the first second that is not before it."""
    return datetime.fromtimestamp(ceil(at / 1000), UTC).strftime("%Y-%m-%dT%H:%M:%S")
