"""`notificationctl status`: what it says of figures that are known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from moto import mock_aws

from local.metric_lines import Figures
from local.notificationctl import status
from notificationd.domain.notification import Channel
from notificationd.runtime.metrics import Metrics
from tests.unit.local.notificationctl.conftest import FakeTarget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.notificationctl.target import Target

type Capture = pytest.CaptureFixture[str]


class _NoMetrics:
    """Stands in for CloudWatch, where only one queue is known to be in use."""

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's own
        queries = asked["MetricDataQueries"]
        names = [each["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for each in queries]
        return {
            "MetricDataResults": [
                {"Id": query["Id"], "Values": [61.0, 9.0] if name == "sms" else []}
                for query, name in zip(queries, names, strict=True)
            ]
        }


class _Target(FakeTarget):
    cloud = None

    def __init__(self) -> None:
        super().__init__()
        in_app = self.sqs().create_queue(QueueName="in-app")["QueueUrl"]
        self.channel_queues = {**self.queues, Channel.IN_APP: in_app}

    def cloudwatch(self) -> _NoMetrics:
        return _NoMetrics()


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    figures = Figures(is_complete=False)
    metrics = Metrics()
    email = {"channel": "email", "provider": "ses"}
    for age in range(1, 201):
        metrics.take("sent", {**email, "age_ms": age})
    metrics.take("failed", {**email, "reason": "refused"})
    metrics.take("pushed", {"channel": "in-app", "connections": 3})
    for line in metrics.lines("stack", 0):
        figures.add(json.loads(line))
    monkeypatch.setattr(status, "read_figures", lambda *_: figures)
    with mock_aws():
        made = _Target()
        made.sqs().send_message(QueueUrl=made.queues[Channel.EMAIL], MessageBody="x")
        made.sqs().send_message(
            QueueUrl=made.queues[Channel.EMAIL], MessageBody="x", DelaySeconds=900
        )
        made.sqs().send_message(QueueUrl=made.dead_letter_queue, MessageBody="not ours")
        yield cast("Target", made)


def test_as_json_it_says_all_that_is_known_and_what_is_not(target: Target, capsys: Capture) -> None:
    status.show(target, as_json=True)

    said = json.loads(capsys.readouterr().out)
    assert said["queues"] == {
        "email": {"waiting": 1, "in_flight": 0, "delayed": 1, "oldest_seconds": None},
        "sms": {"waiting": 0, "in_flight": 0, "delayed": 0, "oldest_seconds": 61},
        "in-app": {"waiting": 0, "in_flight": 0, "delayed": 0, "oldest_seconds": None},
    }
    assert said["dead_letters"] == {"total": 1, "by_reason": {"malformed": 1}, "more": False}
    hour = said["last_hour"]
    assert hour["is_complete"] is False
    assert hour["channels"]["email"]["sent"] == 200
    assert hour["channels"]["email"]["failed"] == 1
    assert hour["channels"]["email"]["age_ms"] == {"p50": 100, "p99": 198}
    assert hour["channels"]["sms"]["age_ms"] is None
    assert hour["channels"]["in-app"]["delivered"] == 1
    assert hour["failures"] == [
        {"channel": "email", "provider": "ses", "reason": "refused", "number": 1}
    ]
    assert hour["pushes"] == {"taken": 3}


def test_for_people_it_is_tables(target: Target, capsys: Capture) -> None:
    status.show(target, as_json=False)

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["email", "1", "0", "1", "-"] in lines
    assert ["sms", "0", "0", "0", "61", "s"] in lines
    assert ["Dead", "letters:", "1"] in lines
    assert ["malformed", "1"] in lines
    assert ["email", "0", "200", "0", "1", "0", "0", "0", "100", "ms", "198", "ms"] in lines
    assert ["email", "ses", "refused", "1"] in lines
    assert ["Pushes:", "3", "taken"] in lines
    assert lines[-1][:4] == ["The", "logs", "hold", "more"]
