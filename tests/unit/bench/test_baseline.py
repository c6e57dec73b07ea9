"""What the first invokes are measured beside has the versions that the layer has."""

from __future__ import annotations

from bench import first_invoke
from local.settings import ROOT


def versions(path: str) -> set[str]:
    lines = (ROOT / path).read_text("utf-8").splitlines()
    return {line.split()[0] for line in lines if "==" in line}


def test_the_baseline_has_the_layers_versions() -> None:
    baseline = versions("bench/baseline/function/requirements.txt")

    assert len(baseline) == 3
    assert baseline <= versions("layers/dependencies/requirements.in")


def test_every_function_with_a_goal_is_measured() -> None:
    goals = {case.function: case.goal for case in first_invoke.cases() if case.goal}

    assert goals == {
        "SendFunction": 0.33,
        "AuthorizeFunction": 0.25,
        "WsConnectFunction": 0.25,
        "DispatchFunction": 0.25,
    }
