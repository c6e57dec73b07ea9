"""No process is left behind. These tests start real ones: short-lived Python interpreters."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local import process_table
from local.processes import Process, Program, run, stop_left_overs

_PATIENCE_SECONDS = 20.0
_SLEEP = "import time; time.sleep(600)"
_WITH_CHILD = f"""
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", {_SLEEP!r}]).pid, flush=True)
time.sleep(600)
"""
_DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""


def _program(code: str, folder: Path, **environment: str) -> Program:
    return Program("program", [sys.executable, "-c", code], environment, folder)


def _start(code: str, folder: Path) -> Process:
    return Process(_program(code, folder), folder / "log", folder / "records")


def _eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def _written(path: Path) -> str:
    _eventually(lambda: path.read_text(encoding="utf-8").endswith("\n"))
    return path.read_text(encoding="utf-8").strip()


def test_a_process_is_stopped_with_its_children(tmp_path: Path) -> None:
    process = _start(_WITH_CHILD, tmp_path)
    child = int(_written(process.log))
    assert process_table.find(child) is not None

    process.stop()

    assert process_table.find(process.pid) is None
    assert process_table.find(child) is None


def test_descendants_are_children_and_theirs_in_turn(tmp_path: Path) -> None:
    process = _start(_WITH_CHILD, tmp_path)
    child = int(_written(process.log))

    descendants = {entry.pid for entry in process_table.descendants(os.getpid())}

    assert {process.pid, child} <= descendants
    assert os.getpid() not in descendants
    process.stop()


def test_children_are_stopped_too_when_the_process_ended_by_itself(tmp_path: Path) -> None:
    process = _start(_WITH_CHILD, tmp_path)
    child = int(_written(process.log))
    os.kill(process.pid, signal.SIGKILL)
    _eventually(lambda: not process.is_alive)

    process.stop()

    assert process_table.find(child) is None


def test_a_process_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.processes.GRACE_SECONDS", 0.2)
    process = _start(_DEAF, tmp_path)
    _written(process.log)

    process.stop()

    assert process_table.find(process.pid) is None


def test_stopping_twice_is_stopping_once(tmp_path: Path) -> None:
    process = _start(_SLEEP, tmp_path)

    process.stop()
    process.stop()

    assert not process.is_alive


def test_a_process_sees_the_environment_that_it_is_given_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_CALLER", "1")
    code = "import os; print('GIVEN' in os.environ, 'OF_THE_CALLER' in os.environ)"

    run(_program(code, tmp_path, GIVEN="1"), tmp_path / "log", tmp_path / "records")

    assert (tmp_path / "log").read_text(encoding="utf-8").strip() == "True False"


def test_running_to_the_end_gives_the_exit_code_and_leaves_no_record(tmp_path: Path) -> None:
    code = run(_program("raise SystemExit(3)", tmp_path), tmp_path / "log", tmp_path / "records")

    assert code == 3
    assert list((tmp_path / "records").iterdir()) == []


def test_what_a_killed_runner_left_is_found_and_stopped(tmp_path: Path) -> None:
    process = _start(_WITH_CHILD, tmp_path)
    child = int(_written(process.log))

    assert stop_left_overs(tmp_path / "records") == ["program"]

    assert process_table.find(process.pid) is None
    assert process_table.find(child) is None
    assert stop_left_overs(tmp_path / "records") == []
    process.stop()


def test_a_recorded_id_that_is_somebody_elses_by_now_is_left_alone(tmp_path: Path) -> None:
    process = _start(_SLEEP, tmp_path)
    record = tmp_path / "records" / "program.json"
    document = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(document | {"identity": "earlier"}), encoding="utf-8")

    assert stop_left_overs(tmp_path / "records") == []

    assert process.is_alive
    process.stop()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "x", "identity": ""}'])
def test_a_broken_record_is_removed(tmp_path: Path, content: str) -> None:
    (tmp_path / "program.json").write_text(content, encoding="utf-8")

    assert stop_left_overs(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
