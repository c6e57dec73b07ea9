"""One run for each state folder."""

import os
from pathlib import Path

import pytest

from local.errors import LocalError
from local.lock import RunLock


def test_a_second_run_is_told_who_has_the_first(tmp_path: Path) -> None:
    first = RunLock(tmp_path)
    first.acquire()

    with pytest.raises(LocalError, match=f"already running .process {os.getpid()}.*make stop"):
        RunLock(tmp_path).acquire()

    first.release()


def test_the_holder_is_known_for_as_long_as_it_holds(tmp_path: Path) -> None:
    lock = RunLock(tmp_path)
    assert lock.holder() is None

    lock.acquire()
    assert RunLock(tmp_path).holder() == os.getpid()

    lock.release()
    assert RunLock(tmp_path).holder() is None


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text("1", encoding="ascii")

    assert RunLock(tmp_path).holder() is None
    RunLock(tmp_path).require_free()


def test_releasing_what_was_never_taken_is_fine(tmp_path: Path) -> None:
    RunLock(tmp_path).release()
