"""What the functions' metrics lines come to, added up from their logs.

CloudWatch makes metrics of the same lines; but the emulator does not, and the lines know more than
what is made of them. So the logs are read, on AWS and off it alike.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.cloud import Cloud
from notificationd.runtime.metrics import DIMENSION_SETS, NONE, Metric

GROUPS: Final = ("DeadLettersLogs", "DispatchLogs", "ReconcileLogs", "SendLogs")
"""The log groups of the functions that write such lines."""
_METRICS_LINES: Final = "{ $._aws.Timestamp > 0 }"


@dataclass(slots=True)
class Figures:
    """What has been measured.

    Attributes:
        counts: by metric and the values of its finest dimensions.
        ages: from acceptance to a provider's yes in milliseconds, in order, by channel.
        is_complete: there was the time to read all lines.

    """

    counts: Counter[tuple[Metric, tuple[str, ...]]] = field(default_factory=Counter)
    ages: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    is_complete: bool = True

    def of(self, metric: Metric) -> Mapping[tuple[str, ...], int]:
        """Return a metric's counts by the values of its dimensions."""
        return {
            values: number for (other, values), number in self.counts.items() if other == metric
        }

    def by_channel(self, metric: Metric, channel: str) -> int:
        """Return a metric's count on one channel, over all its other dimensions."""
        return sum(number for values, number in self.of(metric).items() if values[0] == channel)

    def add(self, line: Mapping[str, Any]) -> None:
        """Add what a line says; names that it does not know are passed over."""
        for metric in Metric:
            found = line.get(metric)
            values = tuple(str(line.get(name, NONE)) for name in DIMENSION_SETS[metric][0])
            if isinstance(found, list):
                self.ages[values[0]].extend(found)
            elif found:
                self.counts[metric, values] += int(found)


def read_figures(cloud: Cloud, since_ms: int, seconds: float) -> Figures:
    """Add up the metrics lines of a stack.

    Args:
        cloud: where the stack is.
        since_ms: from when on, in milliseconds since the epoch.
        seconds: for as long logs are read; a busy hour's may take longer.

    """
    figures = Figures()
    until = time.monotonic() + seconds
    for events in _pages(cloud, since_ms):
        for message in events:
            line = _metrics_line(message)
            if line is not None:
                figures.add(line)
        if time.monotonic() > until:
            figures.is_complete = False
            break
    for ages in figures.ages.values():
        ages.sort()
    return figures


def _pages(cloud: Cloud, since_ms: int) -> Iterator[list[str]]:
    client = cloud.session.client("logs", endpoint_url=cloud.endpoint_url, config=cloud.config)
    groups = cloud.resources("AWS::Logs::LogGroup")
    for name in GROUPS:
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=groups[name], startTime=since_ms, filterPattern=_METRICS_LINES
        )
        for page in pages:
            yield [event["message"] for event in page["events"]]


def _metrics_line(message: str) -> Mapping[str, Any] | None:
    """Return a metrics line; the emulator passes every line through such a filter."""
    if '"_aws"' not in message:
        return None
    try:
        line = json.loads(message)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "_aws" in line else None
