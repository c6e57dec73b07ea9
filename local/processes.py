"""Starts processes so that none is left behind.

Each one leads a session of its own: Ctrl-C reaches the runner alone, which ends the others in
order, and a process's whole offspring (the emulator's Lambda workers, SAM's pip) is one process
group. A record of each lies in a folder, so that the next run finds what a killed runner left.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from local import process_table
from local.signals import undisturbed

GRACE_SECONDS: Final = 10.0  # from SIGTERM to SIGKILL
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Program:
    """What to run.

    Attributes:
        name: a short name, also of its log and its record.
        command: the program and its arguments.
        environment: the whole of its environment; nothing of ours is inherited.
        folder: its working directory.

    """

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str] = field(repr=False)
    folder: Path


class Process:
    """A running program."""

    def __init__(self, program: Program, log: Path, records: Path) -> None:
        """Start it, with its output in `log`, and record it in the folder `records`.

        Raises:
            OSError: it can't be started.

        """
        self.name = program.name
        self.log = log
        self._record = records / f"{program.name}.json"
        self._is_stopped = False
        log.parent.mkdir(parents=True, exist_ok=True)
        records.mkdir(parents=True, exist_ok=True)
        with undisturbed(), log.open("wb") as output:
            self._popen = subprocess.Popen(
                program.command,
                cwd=program.folder,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            _write_record(self._record, self._popen.pid)

    @property
    def pid(self) -> int:
        """Its process id, which is its process group's too."""
        return self._popen.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._popen.poll() is None

    def wait(self) -> int:
        """Wait until it ends, stop what it left of its group, and return its exit code."""
        code = self._popen.wait()
        self.stop()
        return code

    def stop(self, grace_seconds: float | None = None) -> None:
        """End it and all of its process group; does nothing when that is done already.

        Args:
            grace_seconds: how long it may take to end by itself; GRACE_SECONDS for None.

        """
        if self._is_stopped:
            return  # the id of the group may be another's by now
        with undisturbed():
            if self.is_alive:
                _end_leader(self.pid, lambda: self.is_alive, grace_seconds)
                self._popen.wait()
            _end_group(self.pid)
            self._record.unlink(missing_ok=True)
            self._is_stopped = True


def run(program: Program, log: Path, records: Path) -> int:
    """Run a program to its end and return its exit code; when interrupted, stop it first."""
    process = Process(program, log, records)
    try:
        return process.wait()
    finally:
        process.stop()


def stop_left_overs(records: Path) -> list[str]:
    """Stop the processes whose runner was killed, and return their names.

    A recorded id counts only while its start time is that of the record: the system may have
    given the id to somebody else's process since.
    """
    stopped = []
    for path in sorted(records.glob("*.json")):
        with undisturbed(), suppress(ValueError, KeyError, TypeError):
            record = json.loads(path.read_text(encoding="utf-8"))
            pid, identity = int(record["pid"]), str(record["identity"])
            if _is(pid, identity):
                _end_leader(pid, partial(_is, pid, identity))
                _end_group(pid)
                stopped.append(path.stem)
        path.unlink(missing_ok=True)
    return stopped


def _write_record(path: Path, pid: int) -> None:
    entry = process_table.find(pid)
    if entry is not None:  # else it ended at once, and whoever waits for it will tell
        path.write_text(json.dumps({"pid": pid, "identity": entry.identity}), encoding="utf-8")


def _is(pid: int, identity: str) -> bool:
    entry = process_table.find(pid)
    return entry is not None and entry.identity == identity


def _end_leader(pid: int, is_alive: Callable[[], bool], grace_seconds: float | None = None) -> None:
    """Ask the leader of a group to end, and wait: it may have children to end itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    grace = GRACE_SECONDS if grace_seconds is None else grace_seconds
    deadline = time.monotonic() + grace
    while is_alive() and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    if is_alive():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _end_group(group: int) -> None:
    """Kill what is left of a process group, and wait until it is gone."""
    deadline = time.monotonic() + GRACE_SECONDS
    while process_table.group_members(group) and time.monotonic() < deadline:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)
