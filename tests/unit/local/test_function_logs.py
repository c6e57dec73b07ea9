"""What a person is told of the functions' log lines."""

import json
from typing import Any

import pytest

from local.function_logs import FunctionLogs, parse
from tests.unit.local.cloud import FakeStack

_AT_MS = 1_795_405_422_674


def _line(**fields: object) -> str:
    return json.dumps(
        {
            "level": "INFO",
            "location": "note:12",
            "message": "sent",
            "timestamp": "2026-11-23T03:43:42.646+00:00",
            "service": "notificationd",
            **fields,
        }
    )


def test_a_line_of_the_service_tells_what_happened_to_which_notification() -> None:
    found = parse(
        _line(notification_id="id-1", channel="email", user_id=4, provider="ses"),
        _AT_MS,
        "DispatchLogs",
    )

    assert found is not None
    assert (found.name, found.notification_id, found.channel) == ("sent", "id-1", "email")
    assert found.details == {"user_id": 4, "provider": "ses"}
    assert found.time.isoformat() == "2026-11-23T03:43:42.646000+00:00"


def test_a_warning_names_its_function() -> None:
    found = parse(_line(level="WARNING", message="lease_lost"), _AT_MS, "DispatchLogs")

    assert found is not None
    assert (found.level, found.details) == ("WARNING", {"function": "Dispatch"})


@pytest.mark.parametrize(
    "message",
    [
        "START RequestId: 1 Version: $LATEST",
        "REPORT RequestId: 1\tDuration: 51 ms",
        '{"_aws": {"CloudWatchMetrics": []}, "Accepted": [1]}',
        "[1, 2]",
        "",
    ],
)
def test_lambdas_own_lines_and_metrics_are_not_for_people(message: str) -> None:
    assert parse(message, _AT_MS, "SendLogs") is None


@pytest.mark.parametrize(
    "message",
    [
        "[ERROR] KeyError: 'user'",
        "Traceback (most recent call last):",
        "1 Task timed out after 3 s",
    ],
)
def test_what_a_function_died_of_is_shown(message: str) -> None:
    found = parse(message, _AT_MS, "SendLogs")

    assert found is not None
    assert (found.name, found.level, found.details) == ("Send", "ERROR", {"log": message})


def test_each_line_is_told_once_also_when_it_arrives_late_or_twice_the_same() -> None:
    stack = FakeStack(resources={"SendLogs": ("AWS::Logs::LogGroup", "/logs/send")})
    pages = stack["logs"].get_paginator.return_value.paginate
    logs = FunctionLogs(stack.cloud, since_ms=_AT_MS)

    def event(at: int, name: str) -> dict[str, Any]:
        return {"logStreamName": "one", "timestamp": at, "message": _line(message=name)}

    pages.return_value = [{"events": [event(_AT_MS, "accepted"), event(_AT_MS, "accepted")]}]
    assert [each.name for each in logs.poll()] == ["accepted", "accepted"]

    pages.return_value = [
        {
            "events": [
                event(_AT_MS - 1, "pushed"),
                event(_AT_MS, "accepted"),
                event(_AT_MS, "accepted"),
                event(_AT_MS + 9_000, "sent"),
            ]
        }
    ]
    assert [each.name for each in logs.poll()] == ["pushed", "sent"]
    pages.assert_called_with(logGroupName="/logs/send", startTime=_AT_MS)

    list(logs.poll())
    pages.assert_called_with(logGroupName="/logs/send", startTime=_AT_MS + 4_000)
