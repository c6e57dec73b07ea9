"""What the metrics lines of a stack come to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from local.metric_lines import GROUPS, Figures, read_figures
from notificationd.runtime.metrics import Metric, Metrics
from tests.unit.local.cloud import FakeStack

if TYPE_CHECKING:
    from collections.abc import Mapping

_GROUPS = {name: ("AWS::Logs::LogGroup", f"/logs/{name}") for name in GROUPS}
_EMAIL = {"channel": "email", "provider": "ses"}


def _written(*events: tuple[str, Mapping[str, object]]) -> list[str]:
    metrics = Metrics()
    for event, details in events:
        metrics.take(event, details)
    return metrics.lines("stack", 0)


def _read(*messages: str, seconds: float = 60) -> Figures:
    stack = FakeStack(resources=_GROUPS)
    pages = stack["logs"].get_paginator.return_value.paginate
    empty: list[dict[str, list[dict[str, str]]]] = [{"events": []}]
    pages.side_effect = [
        [{"events": [{"message": message} for message in messages]}],
        *[empty] * (len(GROUPS) - 1),
    ]
    return read_figures(stack.cloud, 0, seconds)


def test_the_reader_understands_what_the_writer_writes() -> None:
    figures = _read(
        *_written(
            ("accepted", _EMAIL),
            ("attempted", {**_EMAIL, "outcome": "retryable", "provider": "mailgun"}),
            ("attempted", {**_EMAIL, "outcome": "accepted"}),
            ("sent", {**_EMAIL, "age_ms": 90}),
        ),
        *_written(("sent", {**_EMAIL, "age_ms": 10}), ("failed", {**_EMAIL, "reason": "refused"})),
        *_written(("failed", {**_EMAIL, "reason": "retries_exhausted"})),
    )

    assert figures.by_channel(Metric.ACCEPTED, "email") == 1
    assert figures.by_channel(Metric.SENT, "email") == 2
    assert figures.by_channel(Metric.FAILED, "email") == 2
    assert figures.by_channel(Metric.FAILED, "sms") == 0
    assert figures.of(Metric.ATTEMPTS) == {
        ("email", "mailgun", "retryable"): 1,
        ("email", "ses", "accepted"): 1,
    }
    assert figures.ages["email"] == [10, 90]
    assert figures.is_complete


def test_other_lines_are_passed_over() -> None:
    figures = _read("START RequestId: 1", '{"_aws"', '["_aws"]', json.dumps({"level": "INFO"}))

    assert figures.counts.total() == 0


def test_a_log_that_is_too_long_is_read_in_part_and_that_is_said() -> None:
    figures = _read(*_written(("accepted", _EMAIL)), seconds=-1)

    assert figures.by_channel(Metric.ACCEPTED, "email") == 1
    assert not figures.is_complete
