"""Somebody is told when something needs a person."""

from tests.unit.template.loader import Json, Template

ALARMS = ("ProviderMisconfiguredAlarm", "DeadLettersAlarm")


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


def test_an_alarm_goes_off_at_the_first_one_and_tells_what_to_do(template: Template) -> None:
    for name in ALARMS:
        watched = alarm(template, name)
        assert (watched["Threshold"], watched["ComparisonOperator"]) == (0, "GreaterThanThreshold")
        assert watched["TreatMissingData"] == "notBreaching"
        assert watched["AlarmDescription"]
        assert watched["AlarmActions"]["Fn::If"][:2] == [
            "HasAlarmTopic",
            [{"Ref": "AlarmTopicArn"}],
        ]
