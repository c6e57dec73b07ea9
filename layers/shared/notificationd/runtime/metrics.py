"""What becomes of notifications, in figures: collected during an invocation, written at its end.

A line in the embedded metric format is all it takes: CloudWatch makes metrics of it by itself, so
nothing is called, and nothing waits. An invocation that has nothing to tell writes none.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

A line holds one value of each dimension. What fits together goes into one line, so an invocation
nearly always writes one; a failover or a batch of several channels makes another one.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, TextIO, cast

from notificationd.domain.ids import now_ms
from notificationd.domain.notification import Channel
from notificationd.runtime import config

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Metric(StrEnum):
    """All that is measured, by its name in CloudWatch."""

    ACCEPTED = "Accepted"
    """Notifications that were accepted: what got a 201."""
    SENT = "Sent"
    """Emails and SMS that a provider has accepted. What it made of them is not known here."""
    DELIVERED = "Delivered"
    """In-app notifications that at least one live socket has taken, counted once for each push.
    The others wait in the inbox for their user."""
    FAILED = "Failed"
    """Emails and SMS that were given up, by the provider asked last and by the reason."""
    EXPIRED = "Expired"
    CANCELLED = "Cancelled"
    REDRIVEN = "Redriven"
    """Dead letters that were put back onto their queue over the API."""
    ATTEMPTS = "Attempts"
    """Provider calls by what they ended in (`domain.record.Outcome`), if their worker lived on."""
    AGE_AT_SEND = "AgeAtSend"
    """From the time a notification was accepted for to a provider's yes, in milliseconds."""
    PUSHES = "Pushes"
    """Frames to sockets of new notifications: taken, missed (left to the queue) or gone; and
    notifications whose push was dropped after the last try."""
    PROVIDER_MISCONFIGURED = "ProviderMisconfigured"
    """Provider calls that were refused for our credentials or our sender."""


class Dimension(StrEnum):
    """By what it is measured. Each has a handful of values: a metric costs by the combination."""

    CHANNEL = "Channel"
    PROVIDER = "Provider"
    OUTCOME = "Outcome"
    REASON = "Reason"


type Dimensions = tuple[Dimension, ...]

_BY_CHANNEL: tuple[Dimensions, ...] = ((Dimension.CHANNEL,),)
DIMENSION_SETS: Mapping[Metric, tuple[Dimensions, ...]] = {
    **dict.fromkeys(Metric, _BY_CHANNEL),
    # An alarm cannot add up what it does not know by name: so the sum of a channel as well.
    Metric.FAILED: (
        (Dimension.CHANNEL, Dimension.PROVIDER, Dimension.REASON),
        (Dimension.CHANNEL,),
    ),
    Metric.ATTEMPTS: ((Dimension.CHANNEL, Dimension.PROVIDER, Dimension.OUTCOME),),
    Metric.PUSHES: ((Dimension.CHANNEL, Dimension.OUTCOME),),
    Metric.PROVIDER_MISCONFIGURED: ((),),
}
"""By what each is measured, the finest first."""

UNITS: Mapping[Metric, str] = {
    **dict.fromkeys(Metric, "Count"),
    Metric.AGE_AT_SEND: "Milliseconds",
}
_DETAILS: Mapping[Metric, tuple[str, ...]] = {
    metric: tuple(str(dimension).lower() for dimension in finest)
    for metric, (finest, *_) in DIMENSION_SETS.items()
}
"""What an event calls the dimensions of the finest set."""
NONE = "none"
"""The value of a dimension that an event does not know: of a lost one nobody knows the provider."""


@dataclass(frozen=True, slots=True)
class _Measure:
    """What an event of the journal's counts for.

    Args:
        amount: how much, or the detail that says it.
        known: values of dimensions that follow from the event alone.
    """

    metric: Metric
    amount: str | int = 1
    known: Mapping[str, str] = field(default_factory=dict)


def _pushes(outcome: str, amount: str | int = "connections") -> _Measure:
    return _Measure(Metric.PUSHES, amount, {"channel": Channel.IN_APP, "outcome": outcome})


EVENTS: Mapping[str, tuple[_Measure, ...]] = {
    "accepted": (_Measure(Metric.ACCEPTED),),
    "attempted": (_Measure(Metric.ATTEMPTS),),
    "sent": (_Measure(Metric.SENT), _Measure(Metric.AGE_AT_SEND, "age_ms")),
    # None sent, said in so many words: the alarms have no share of what is not there.
    "failed": (_Measure(Metric.FAILED), _Measure(Metric.SENT, 0)),
    "abandoned": (_Measure(Metric.FAILED), _Measure(Metric.SENT, 0)),
    "expired": (_Measure(Metric.EXPIRED),),
    "cancelled": (_Measure(Metric.CANCELLED),),
    "redriven": (_Measure(Metric.REDRIVEN),),
    "pushed": (_Measure(Metric.DELIVERED), _pushes("taken")),
    "push_missed": (_pushes("missed"),),
    "push_gone": (_pushes("gone"),),
    "push_dropped": (_pushes("dropped", 1),),
    "provider_misconfigured": (_Measure(Metric.PROVIDER_MISCONFIGURED),),
}
"""The events of the journal that are counted."""


@dataclass(slots=True)
class _Line:
    values: dict[Dimension, str] = field(default_factory=dict)
    amounts: dict[Metric, Sequence[int]] = field(default_factory=dict)

    def takes(self, metric: Metric, values: Mapping[Dimension, str]) -> bool:
        return metric not in self.amounts and all(
            self.values.get(dimension, value) == value for dimension, value in values.items()
        )


class Metrics:
    """Collects what one invocation has to tell. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._amounts: dict[tuple[Metric, tuple[str, ...]], list[int]] = {}

    def take(self, event: str, details: Mapping[str, object]) -> None:
        """Count what an event of the journal's counts for, if for anything."""
        for measure in EVENTS.get(event, ()):
            known, names = measure.known, _DETAILS[measure.metric]
            values = tuple([str(known.get(name) or details.get(name) or NONE) for name in names])
            amount = details[measure.amount] if isinstance(measure.amount, str) else measure.amount
            with self._lock:
                amounts = self._amounts.setdefault((measure.metric, values), [])
                amounts.append(cast("int", amount))

    def lines(self, namespace: str, at: int) -> list[str]:
        """Return what there is to tell, and begin anew.

        Args:
            namespace: of the metrics.
            at: milliseconds since the epoch.
        """
        with self._lock:
            amounts, self._amounts = self._amounts, {}
        return [_embedded(line, namespace, at) for line in _together(amounts)]


_METRICS = Metrics()
_encode = json.JSONEncoder(separators=(",", ":")).encode


def take(event: str, details: Mapping[str, object]) -> None:
    """Count an event in this invocation's figures."""
    _METRICS.take(event, details)


def write(stream: TextIO | None = None) -> None:
    """Write this invocation's figures into the log.

    Args:
        stream: where to; None for the log.
    """
    out = sys.stdout if stream is None else stream
    for line in _METRICS.lines(config.metrics_namespace(), now_ms()):
        out.write(f"{line}\n")
    out.flush()


def _together(
    amounts: Mapping[tuple[Metric, tuple[str, ...]], Sequence[int]],
) -> Iterable[_Line]:
    """Put what does not contradict each other into one line; the finest first, to lean on."""
    lines: list[_Line] = []
    for (metric, texts), each in sorted(amounts.items(), key=lambda entry: -len(entry[0][1])):
        values = dict(zip(DIMENSION_SETS[metric][0], texts, strict=True))
        line = next((line for line in lines if line.takes(metric, values)), None)
        if line is None:
            lines.append(line := _Line())
        line.values |= values
        line.amounts[metric] = each
    return lines


def _embedded(line: _Line, namespace: str, at: int) -> str:
    """Return a line's text. Its directives are kept: the same metrics have the same each time."""
    directives = _directives(namespace, tuple(line.amounts))
    values = _encode(line.values | dict(_figures(line)))
    return f'{{"_aws":{{"Timestamp":{at},"CloudWatchMetrics":{directives}}},{values[1:]}'


@lru_cache(maxsize=64)
def _directives(namespace: str, metrics: tuple[Metric, ...]) -> str:
    by_sets: dict[tuple[Dimensions, ...], list[Metric]] = {}
    for metric in metrics:
        by_sets.setdefault(DIMENSION_SETS[metric], []).append(metric)
    return _encode(
        [
            {
                "Namespace": namespace,
                "Dimensions": sets,
                "Metrics": [{"Name": metric, "Unit": UNITS[metric]} for metric in together],
            }
            for sets, together in by_sets.items()
        ]
    )


def _figures(line: _Line) -> Iterator[tuple[str, object]]:
    """Yield a count as its sum; what is not a count value by value, for its percentiles.

    The format takes a hundred values; a batch of the queue's has ten records.
    """
    for metric, amounts in line.amounts.items():
        yield metric, sum(amounts) if UNITS[metric] == "Count" else amounts
