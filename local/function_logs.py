"""What the functions write to CloudWatch Logs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from local.cloud import Cloud
from local.happenings import NAMES, Happening

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

_OVERLAP_MS: Final = 5_000  # lines of concurrent invocations arrive out of order
_HIDDEN: Final = frozenset(
    {"level", "location", "message", "timestamp", "service", "xray_trace_id"}
)
_OF_LAMBDA: Final = frozenset({"function_name", "function_memory_size", "function_arn"})
_LAMBDA_IDS: Final = frozenset({"function_request_id", "cold_start"})
_UNHANDLED: Final = ("[ERROR]", "Traceback", "Task timed out", "Runtime.")


class FunctionLogs:
    """Reads the log groups of a stack, each line once."""

    def __init__(self, cloud: Cloud, since_ms: int) -> None:
        """Read lines from `since_ms` (milliseconds since the epoch) on."""
        self._client = cloud.session.client(
            "logs", endpoint_url=cloud.endpoint_url, config=cloud.config
        )
        self._groups = sorted(cloud.resources("AWS::Logs::LogGroup").items())
        self._since_ms = since_ms
        self._seen: dict[tuple[str, int, str, int], None] = {}

    def poll(self) -> Iterator[Happening]:
        """Yield what happened since the last call."""
        newest = self._since_ms
        fresh: dict[tuple[str, int, str, int], None] = {}
        for name, group in self._groups:
            for event, key in self._events(group):
                fresh[key] = None
                newest = max(newest, event["timestamp"])
                if key not in self._seen:
                    happening = parse(event["message"], event["timestamp"], name)
                    if happening is not None:
                        yield happening
        self._seen = fresh
        self._since_ms = max(self._since_ms, newest - _OVERLAP_MS)

    def _events(
        self, group: str
    ) -> Iterator[tuple["FilteredLogEventTypeDef", tuple[str, int, str, int]]]:
        """Yield the group's lines with a key for each; the emulator gives them no id."""
        times: dict[tuple[str, int, str], int] = {}
        pages = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=self._since_ms
        )
        for page in pages:
            for event in page["events"]:
                same = (event["logStreamName"], event["timestamp"], event["message"])
                times[same] = times.get(same, 0) + 1
                yield event, (*same, times[same])


def parse(message: str, timestamp_ms: int, group: str) -> Happening | None:
    """Return what a log line tells, or None if it is not for a person.

    Args:
        message: the line.
        timestamp_ms: when it was taken in, in milliseconds since the epoch.
        group: the logical id of the log group, such as `SendLogs`.

    """
    time = datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    function = group.removesuffix("Logs")
    try:
        line = json.loads(message)
    except ValueError:
        line = None
    if not isinstance(line, dict):
        if any(mark in message for mark in _UNHANDLED):
            return Happening(time, function, details={"log": message.strip()}, level="ERROR")
        return None
    if "level" not in line:  # the metrics line, for one
        return None
    return _happening(line, time, function)


def _happening(line: Mapping[str, Any], time: datetime, function: str) -> Happening:
    details = {
        name: value
        for name, value in line.items()
        if name not in _HIDDEN | _OF_LAMBDA | _LAMBDA_IDS
    }
    level, name = str(line["level"]), str(line.get("message", ""))
    with suppress(ValueError):
        time = datetime.fromisoformat(str(line.get("timestamp")))
    return Happening(
        time=time,
        name=name,
        notification_id=str(details.pop("notification_id", "")),
        channel=str(details.pop("channel", "")),
        details=details if name in NAMES else {**details, "function": function},
        level=level,
    )
