"""The functions' metrics lines: one at the end of an invocation that has something to tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.dispatch.app import handler as dispatch
from functions.send.app import handler as send
from notificationd.adapters.messages import write_message
from notificationd.domain.errors import ConnectionGone, Permanent, Retryable, Unavailable
from notificationd.domain.notification import Channel
from notificationd.runtime import services
from tests.fakes import make
from tests.fakes.delivery import RecordingSockets, ScriptedProvider
from tests.unit.functions.conftest import api_event, call
from tests.unit.functions.test_dispatch import CONTEXT, Hidden, record, use

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

BODY = {"user_id": 4, "notification_type": "in-app", "content": "hello"}


@pytest.fixture(autouse=True)
def _settings(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - order
    monkeypatch.setattr(services, "visibility", Hidden)
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    for name, value in {
        "MAX_RECEIVES": "5",
        "RETRY_BASE_SECONDS": "10",
        "LEASE_SECONDS": "30",
    }.items():
        monkeypatch.setenv(name, value)


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the metrics lines since the last look, without their headers."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    for line in lines:
        (namespace,) = {each["Namespace"] for each in line.pop("_aws")["CloudWatchMetrics"]}
        assert namespace == "test-stack"
    return lines


def test_a_batch_that_is_sent_is_one_line_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, ScriptedProvider("first"))
    batch = [record(number, write_message(make.notification())) for number in range(10)]

    dispatch({"Records": batch}, CONTEXT)

    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 1
    line = json.loads(printed)
    assert (line["Sent"], line["Attempts"], line["Provider"]) == (10, 10, "first")
    assert len(line["AgeAtSend"]) == 10
    assert len(printed) < 700  # what a line costs is told in the decision on metrics


def test_a_failover_and_a_failure_are_told_by_provider_and_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(
        monkeypatch,
        ScriptedProvider("first", Retryable("down", code="500")),
        ScriptedProvider("second", Permanent("no", code="400")),
    )

    dispatch({"Records": [record(0, write_message(make.notification()), receives=1)]}, CONTEXT)

    lines = told(capsys)
    assert {
        (line.get("Provider"), line.get("Outcome"), line.get("Attempts")) for line in lines
    } == {
        ("first", "retryable", 1),
        ("second", "permanent", 1),
    }
    (failed,) = [line for line in lines if "Failed" in line]
    assert (failed["Channel"], failed["Provider"], failed["Reason"]) == (
        "email",
        "second",
        "refused",
    )


def test_an_accepted_one_and_its_pushes_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sockets = RecordingSockets()
    sockets.failing = {"busy": Unavailable(), "gone": ConnectionGone()}
    monkeypatch.setattr(services, "sockets", lambda _endpoint: sockets)
    for connection in ("busy", "fine", "gone"):
        services.connections().add("4", connection, 1_800_000_000_000)

    assert call(send, api_event("POST /notifications", body=BODY))[0] == 201

    lines = told(capsys)
    assert sum(line.get("Accepted", 0) for line in lines) == 1
    assert sum(line.get("Delivered", 0) for line in lines) == 1
    assert {line["Outcome"]: line["Pushes"] for line in lines if "Pushes" in line} == {
        "taken": 1,
        "missed": 1,
        "gone": 1,
    }


def test_what_is_refused_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(send, api_event("POST /notifications", body={**BODY, "user_id": None}))[0] == 422

    assert told(capsys) == []


def test_figures_are_told_also_where_the_request_ends_in_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was counted before belongs to this invocation, not to the next one."""

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("functions.send.app._accepted", fail)

    assert call(send, api_event("POST /notifications", body=BODY))[0] == 500

    (line,) = told(capsys)
    assert (line["Channel"], line["Accepted"]) == (Channel.IN_APP, 1)
