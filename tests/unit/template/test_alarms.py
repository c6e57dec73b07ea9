"""Somebody is told when something needs a person, and finds out what to do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from notificationd.runtime.metrics import DIMENSION_SETS, Metric
from tests.unit.template.loader import CHANNEL_QUEUES, ROOT, Json, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNBOOK = (ROOT / "docs/runbook.md").read_text("utf-8")
OURS = {"Ref": "AWS::StackName"}
HOUR = 60 * 60
THRESHOLDS = {
    "ApiErrorsAlarm": 4,
    "DeadLettersAlarm": 0,
    "EmailAgeAlarm": HOUR // 2,
    "EmailFailureShareAlarm": 10,  # percent
    "InAppAgeAlarm": HOUR // 2,
    "ProviderMisconfiguredAlarm": 0,
    "SmsAgeAlarm": HOUR // 2,
    "SmsFailureShareAlarm": 10,
    "SocketErrorsAlarm": 4,
    "TallyLagAlarm": HOUR * 1000,  # a 24th of what the stream keeps, in milliseconds
    "ThrottlesAlarm": 0,
    "WatchLagAlarm": HOUR * 1000,
    "WorkerErrorsAlarm": 0,
}
FREE_METRICS = 10
"""What CloudWatch watches for nothing."""


def alarm(template: Template, name: str) -> Json:
    return template.resource(name)


def watched_metrics(properties: Json) -> Iterator[Json]:
    """Yield the metrics that an alarm looks at."""
    if "MetricName" in properties:
        yield properties
    for query in properties.get("Metrics", []):
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"]


def by(metric: Json) -> tuple[str, ...]:
    return tuple(dimension["Name"] for dimension in metric.get("Dimensions", []))


def test_every_alarm_goes_off_where_it_should_and_somebody_is_told(template: Template) -> None:
    assert template.all("AWS::CloudWatch::Alarm").keys() == THRESHOLDS.keys()
    for name, threshold in THRESHOLDS.items():
        watched = alarm(template, name)
        assert watched["Threshold"] == threshold
        assert watched["ComparisonOperator"] == "GreaterThanThreshold"
        assert watched["TreatMissingData"] == "notBreaching"
        assert watched["AlarmActions"]["Fn::If"][:2] == [
            "HasAlarmTopic",
            [{"Ref": "AlarmTopicArn"}],
        ]


def test_every_alarm_says_what_is_wrong_and_where_it_stands_what_to_do(template: Template) -> None:
    pointers = {
        name: properties["AlarmDescription"].partition(". What to do - ")
        for name, properties in template.all("AWS::CloudWatch::Alarm").items()
    }

    assert {name: where for name, (what, _, where) in pointers.items() if what} == {
        name: f"docs/runbook.md#{name.lower()}" for name in pointers
    }


def test_the_runbook_has_a_section_for_every_alarm_and_no_other(template: Template) -> None:
    sections = re.findall(r"^## (\w+Alarm)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)

    assert sorted(name for name, _ in sections) == sorted(template.all("AWS::CloudWatch::Alarm"))
    for name, text in sections:
        parts = re.findall(r"^\*\*(.+?)\.\*\*", text, re.MULTILINE)
        assert parts == ["What it means", "Look at", "Do"], name
        assert "```sh\n" in text, name


def test_alarms_watch_what_the_functions_measure(template: Template) -> None:
    """A name that nothing writes never goes off."""
    ours = [
        metric
        for properties in template.all("AWS::CloudWatch::Alarm").values()
        for metric in watched_metrics(properties)
        if metric["Namespace"] == OURS
    ]

    assert {metric["MetricName"] for metric in ours} == {
        Metric.FAILED,
        Metric.SENT,
        Metric.PROVIDER_MISCONFIGURED,
    }
    assert [m for m in ours if by(m) not in DIMENSION_SETS[Metric(m["MetricName"])]] == []


def test_the_functions_write_under_the_name_that_alarms_look_under(template: Template) -> None:
    namespaces = {
        name: function["Environment"]["Variables"].get("METRICS_NAMESPACE")
        for name, function in template.functions().items()
    }

    assert namespaces == dict.fromkeys(namespaces, OURS)


def test_a_share_is_that_of_the_alarm_s_own_channel(template: Template) -> None:
    for channel in ("email", "sms"):
        watched = alarm(template, f"{channel.title()}FailureShareAlarm")
        asked = {query["Id"]: query for query in watched["Metrics"]}

        assert asked["share"]["Expression"] == (
            "IF(failed + sent >= 20, 100 * failed / (failed + sent), 0)"
        )
        assert [name for name, query in asked.items() if query["ReturnData"]] == ["share"]
        for name, metric in (("failed", Metric.FAILED), ("sent", Metric.SENT)):
            assert asked[name]["MetricStat"]["Metric"]["MetricName"] == metric
            assert asked[name]["MetricStat"]["Metric"]["Dimensions"] == [
                {"Name": "Channel", "Value": channel}
            ]
            assert asked[name]["MetricStat"]["Stat"] == "Sum"


def test_every_queue_is_watched(template: Template) -> None:
    watched = {
        (metric["MetricName"], metric["Dimensions"][0]["Value"]["Fn::GetAtt"][0])
        for properties in template.all("AWS::CloudWatch::Alarm").values()
        for metric in watched_metrics(properties)
        if metric["Namespace"] == "AWS/SQS"
    }

    assert watched == {
        ("ApproximateNumberOfMessagesVisible", "DeadLetterQueue"),
        *(("ApproximateAgeOfOldestMessage", queue) for queue in CHANNEL_QUEUES),
    }


def test_a_message_may_wait_for_as_long_as_it_is_let_wait(template: Template) -> None:
    """15 minutes for its time and as long for a retry: no alarm before that."""
    ages = [alarm(template, name)["Threshold"] for name in THRESHOLDS if "AgeAlarm" in name]

    assert len(ages) == len(CHANNEL_QUEUES)
    assert min(ages) >= 2 * 900


def test_the_functions_that_nobody_waits_for_are_watched(template: Template) -> None:
    """Whoever has events of its own answers no caller: API Gateway counts the others' errors."""
    watched = {
        metric["Dimensions"][0]["Value"]["Ref"]
        for metric in watched_metrics(alarm(template, "WorkerErrorsAlarm"))
        if metric["MetricName"] == "Errors"
    }
    lagging = {
        properties["Dimensions"][0]["Value"]["Ref"]
        for properties in template.all("AWS::CloudWatch::Alarm").values()
        if properties.get("MetricName") == "IteratorAge"
    }
    events = {
        name: {event["Type"] for event in own["Events"].values()}
        for name, own in template.functions().items()
        if "Events" in own
    }

    # A reader of a stream that fails tries again: that it does not get on is what matters.
    assert lagging == {name for name, types in events.items() if types == {"DynamoDB"}}
    assert watched == events.keys() - lagging


def test_both_apis_errors_are_watched(template: Template) -> None:
    watched = {
        (metric["MetricName"], metric["Dimensions"][0]["Value"]["Ref"])
        for properties in template.all("AWS::CloudWatch::Alarm").values()
        for metric in watched_metrics(properties)
        if metric["Namespace"] == "AWS/ApiGateway"
    }

    assert watched == {("5xx", "HttpApi"), ("IntegrationError", "WebSocketApi")}


def test_only_what_the_emulator_does_not_know_is_left_out_of_the_local_run(
    template: Template,
) -> None:
    resources = template.document["Resources"]
    alarms = template.all("AWS::CloudWatch::Alarm")
    left_out = {name for name in alarms if resources[name].get("Condition") == "IsOnAws"}

    assert left_out == {name for name, properties in alarms.items() if "Metrics" in properties}
    assert "Condition" not in resources["Dashboard"]


def test_an_idle_service_watches_little_more_than_is_free(template: Template) -> None:
    """The README gives the price: ten cents a month for each above the free ones."""
    watched = [
        metric
        for properties in template.all("AWS::CloudWatch::Alarm").values()
        for metric in watched_metrics(properties)
    ]

    assert len(watched) <= FREE_METRICS + 6


def dashboard_metrics(template: Template) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield what the dashboard shows: namespace, metric, and by what."""
    body = json.loads(template.text(template.resource("Dashboard")["DashboardBody"]))
    for widget in body["widgets"]:
        for entry in widget["properties"]["metrics"]:
            if isinstance(entry[0], dict):
                yield from searched(entry[0]["expression"])
            else:
                names = [part for part in entry if isinstance(part, str)]
                yield names[0], names[1], tuple(names[2::2])


def searched(expression: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield what a SEARCH is for, which has to be all that it says."""
    form = r"SEARCH\('\{\"(.+?)\",([\w,]+)\} MetricName=(\(.+\)|\"\w+\")', 'Sum', 300\)"
    found = re.fullmatch(form, expression)
    assert found, expression
    namespace, dimensions, names = found.groups()
    for name in re.findall(r"\"(\w+)\"", names):
        yield namespace, name, tuple(dimensions.split(","))


def test_the_dashboard_shows_all_that_is_measured_as_it_is_measured(template: Template) -> None:
    ours = [
        (metric, dimensions)
        for namespace, metric, dimensions in dashboard_metrics(template)
        if namespace == "${AWS::StackName}"
    ]

    assert {metric for metric, _ in ours} == set(Metric)
    assert [(m, d) for m, d in ours if d not in DIMENSION_SETS[Metric(m)]] == []


def test_the_dashboard_shows_what_alarms_watch(template: Template) -> None:
    shown = {metric for _, metric, _ in dashboard_metrics(template)}
    watched = {
        metric["MetricName"]
        for properties in template.all("AWS::CloudWatch::Alarm").values()
        for metric in watched_metrics(properties)
    }

    assert watched - shown == {"IteratorAge"}  # means something to its alarm only
