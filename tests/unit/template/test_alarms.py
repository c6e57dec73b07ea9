"""Somebody is told when something needs a person."""

from tests.unit.template.loader import Json, Template

THRESHOLDS = {
    "ProviderMisconfiguredAlarm": 0,
    "DeadLettersAlarm": 0,
    "WatchLagAlarm": 60 * 60 * 1000,  # a 24th of what the stream keeps, in milliseconds
    "TallyLagAlarm": 60 * 60 * 1000,
}


def alarm(template: Template, name: str) -> Json:
    return template.resource(name)


def test_a_misconfigured_provider_is_counted_from_the_dispatchers_log(template: Template) -> None:
    """The line is `services.dispatch`'s; its level passes the log level of prod."""
    counted = template.resource("ProviderMisconfiguredCount")

    assert counted["LogGroupName"] == {"Ref": "DispatchLogs"}
    assert counted["FilterPattern"] == '{ $.message = "provider_misconfigured" }'
    (metric,) = counted["MetricTransformations"]
    watched = alarm(template, "ProviderMisconfiguredAlarm")
    assert metric["MetricName"] == watched["MetricName"]
    assert metric["MetricNamespace"] == watched["Namespace"]


def test_the_dead_letter_queue_is_watched(template: Template) -> None:
    watched = alarm(template, "DeadLettersAlarm")

    assert watched["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert watched["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": ["DeadLetterQueue", "QueueName"]}}
    ]


def test_a_stream_that_is_not_read_is_noticed(template: Template) -> None:
    for name in ("Watch", "Tally"):
        watched = alarm(template, f"{name}LagAlarm")

        assert (watched["Namespace"], watched["MetricName"]) == ("AWS/Lambda", "IteratorAge")
        (dimension,) = watched["Dimensions"]
        assert dimension == {"Name": "FunctionName", "Value": {"Ref": f"{name}Function"}}


def test_an_alarm_goes_off_at_the_first_one_and_tells_what_to_do(template: Template) -> None:
    assert template.all("AWS::CloudWatch::Alarm").keys() == THRESHOLDS.keys()
    for name, threshold in THRESHOLDS.items():
        watched = alarm(template, name)
        assert watched["Threshold"] == threshold
        assert watched["ComparisonOperator"] == "GreaterThanThreshold"
        assert watched["TreatMissingData"] == "notBreaching"
        assert watched["AlarmDescription"]
        assert watched["AlarmActions"]["Fn::If"][:2] == [
            "HasAlarmTopic",
            [{"Ref": "AlarmTopicArn"}],
        ]
