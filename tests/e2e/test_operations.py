"""What operators look at: the health, the metrics lines, `notificationctl status` and `tail`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from local.metric_lines import GROUPS
from local.settings import ROOT
from notificationd.version import VERSION
from tests.e2e.service import eventually
from tests.e2e.test_commands import environment, notificationctl
from tests.e2e.test_dead_letters import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.service import Service, Someone

CONTENT = "the quick brown secret"


def metrics_lines(service: Service, since_ms: int) -> list[dict[str, Any]]:
    """Return the lines of which CloudWatch makes metrics, since a time."""
    groups = service.stack.cloud.resources("AWS::Logs::LogGroup")
    pages = service.client("logs").get_paginator("filter_log_events")
    return [
        json.loads(event["message"])
        for name in GROUPS
        for page in pages.paginate(logGroupName=groups[name], startTime=since_ms)
        for event in page["events"]
        if '"_aws"' in event["message"]
    ]


def status(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(notificationctl(service, "status", "--json"))
    return found


def outcomes(service: Service) -> dict[str, int]:
    """Return the last hour's figures, flat: `email.sent`, `email.mailgun.permanent` and so on."""
    hour = status(service)["last_hour"]
    found = {
        f"{channel}.{name}": number
        for channel, numbers in hour["channels"].items()
        for name, number in numbers.items()
        if isinstance(number, int)
    }
    for entry in (*hour["failures"], *hour["attempts"]):
        *names, number = entry.values()
        found[".".join(names)] = number
    return found | {f"pushes.{name}": number for name, number in hour["pushes"].items()}


def test_anybody_may_ask_whether_the_service_is_up(service: Service) -> None:
    answer = requests.get(service.url("/health"), timeout=60)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": VERSION}
    assert answer.headers["Cache-Control"] == "public, max-age=5"


def test_what_becomes_of_notifications_is_counted_and_nobody_is_named(
    service: Service, someone: Callable[[], Someone]
) -> None:
    user, refused = someone(), someone()
    since = time.time_ns() // 1_000_000
    before = outcomes(service)
    service.sandbox.fault("mailgun", "500", times=1, to=user.email)
    service.sandbox.fault("twilio", "bad_address", times=1, to=refused.phone)
    with service.connect(user) as socket:
        service.send(user, "in-app", CONTENT)
        assert socket.receive()["type"] == "notification"
    ids = [service.send(user, channel, CONTENT) for channel in ("email", "sms")]
    bad = service.send(refused, "sms", CONTENT)
    assert [service.settled(user, each)["status"] for each in ids] == ["sent", "sent"]
    assert service.settled(refused, bad)["status"] == "failed"

    expected = {
        "in-app.accepted": 1,
        "in-app.delivered": 1,
        "pushes.taken": 1,
        "email.accepted": 1,
        "email.sent": 1,
        "email.mailgun.retryable": 1,
        "email.ses.accepted": 1,
        "sms.accepted": 2,
        "sms.sent": 1,
        "sms.failed": 1,
        "sms.twilio.accepted": 1,
        "sms.twilio.permanent": 1,
        "sms.twilio.refused": 1,
    }
    eventually(
        lambda: outcomes(service),
        lambda now: all(now.get(key, 0) - before.get(key, 0) >= n for key, n in expected.items()),
    )
    age = status(service)["last_hour"]["channels"]["email"]["age_ms"]
    assert 0 <= age["p50"] <= age["p99"]  # one that is sent within a millisecond is 0 ms old
    lines = metrics_lines(service, since)
    text = json.dumps(lines)
    for each in (user, refused):
        assert not [told for told in (each.id, each.email, each.phone, CONTENT) if told in text]
    assert not [each for each in (*ids, bad) if each in text]
    namespaces = {d["Namespace"] for line in lines for d in line["_aws"]["CloudWatchMetrics"]}
    assert namespaces == {"notificationd"}


def test_the_status_tells_depths_and_why_there_are_dead_letters(
    service: Service, user: Someone
) -> None:
    service.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",  # on AWS it is SQS that does so
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [
                    {
                        "Name": "QueueName",
                        "Value": service.outputs["SmsQueueUrl"].rpartition("/")[2],
                    }
                ],
                "Value": 77,
            }
        ],
    )
    letter = put(service, "not one of ours")
    later = service.post(
        "/notifications",
        {
            "user_id": user.id,
            "notification_type": "email",
            "content": "hello",
            "send_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600)),
        },
    ).json()["id"]

    # Whoever looks at a dead letter hides it from others for a moment.
    found = eventually(
        lambda: status(service), lambda seen: "malformed" in seen["dead_letters"]["by_reason"]
    )
    shown = eventually(
        lambda: notificationctl(service, "status"), lambda text: "\nmalformed" in text
    )

    assert found["queues"]["email"]["delayed"] >= 1
    assert found["queues"]["sms"]["oldest_seconds"] == 77
    assert found["queues"]["in-app"]["oldest_seconds"] is None
    assert found["dead_letters"]["by_reason"]["malformed"] >= 1
    assert found["dead_letters"]["total"] >= 1
    assert found["last_hour"]["is_complete"] is True
    assert [line for line in shown.splitlines() if line.startswith("malformed")]
    assert [line for line in shown.splitlines() if line.startswith("sms") and "77 s" in line]
    notificationctl(service, "dead-letters", "discard", letter)
    assert service.delete(f"/users/{user.id}/notifications/{later}").status_code == 200


@contextmanager
def tailing(
    variables: dict[str, str], output: Path, *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """Run `notificationctl … tail`, and end it should the test not have done so."""
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.notificationctl", *arguments],
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=variables,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(60)


def as_on_aws(service: Service) -> dict[str, str]:
    """Return the variables of a stack that is called by its name."""
    settings = service.stack.settings
    return environment(settings.state, settings.port, settings.sandbox_port) | {
        "AWS_ENDPOINT_URL": service.endpoints.aws_endpoint_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


@pytest.mark.parametrize("named", [(), ("--stack", "notificationd")], ids=["local", "by_its_name"])
def test_a_tail_shows_what_happens_and_has_happened_until_ctrl_c(
    service: Service, someone: Callable[[], Someone], tmp_path: Path, named: tuple[str, ...]
) -> None:
    user, other = someone(), someone()
    before = service.send(user, "email", CONTENT)
    service.settled(user, before)
    output = tmp_path / "printed.txt"
    arguments = ("tail", *named, "--since", "10m", "--user", user.id, "--channel", "email")

    with tailing(as_on_aws(service), output, *arguments) as process:

        def lines_of(notification_id: str) -> list[str]:
            lines = output.read_text("utf-8").splitlines()
            return [line.split()[1] for line in lines if notification_id in line]

        eventually(lambda: lines_of(before), lambda words: {"accepted", "sent"} <= set(words))
        unwanted = [service.send(other, "email"), service.send(user, "sms")]
        after = service.send(user, "email", CONTENT)
        eventually(lambda: lines_of(after), lambda words: {"accepted", "sent"} <= set(words))
        process.send_signal(signal.SIGINT)

        assert process.wait(60) == 130
    printed = output.read_text("utf-8")
    assert "Traceback" not in printed
    assert not [told for told in (*unwanted, user.email, CONTENT) if told in printed]


def test_a_tail_ends_quietly_with_whoever_reads_it(service: Service, user: Someone) -> None:
    service.send(user, "in-app", CONTENT)
    command = f"'{sys.executable}' -m local.notificationctl --stack notificationd tail --since 1h"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1"],  # noqa: S607 - the shell of the path
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **as_on_aws(service)},
        timeout=120,
    )

    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_the_dashboard_is_deployed(service: Service) -> None:
    found = service.client("cloudwatch").get_dashboard(DashboardName="notificationd")

    assert len(json.loads(found["DashboardBody"])["widgets"]) == 9
