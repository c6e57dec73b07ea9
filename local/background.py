"""`make start`, `make stop` and `status`: the service in the background."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from local import compose, endpoints, process_table, processes
from local.endpoints import Endpoints
from local.errors import ERROR_PREFIX, LocalError
from local.lock import RunLock
from local.process_table import Entry
from local.runner import READY
from local.settings import Emulator, Settings
from local.signals import Stopped, stopping_by_exception
from local.summary import summary

_STOP_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05


def start(settings: Settings) -> None:
    """Start the service in the background and return when it is ready.

    Raises:
        LocalError: it could not be started.

    """
    RunLock(settings.state).require_free()  # before the log of the one that runs is overwritten
    log = settings.logs / "run.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with stopping_by_exception():
        if not _start_runner(settings, log):
            raise LocalError(*_why_it_ended(log))
    print(summary(Endpoints.read(settings.state)))
    print(f"It runs in the background: 'make stop' ends it; what happens is in {log}.")


def _start_runner(settings: Settings, log: Path) -> bool:
    """Start a runner, show its steps, and return whether it got ready."""
    read, write = os.pipe()
    with os.fdopen(read, encoding="utf-8") as steps, log.open("wb") as output:
        runner = subprocess.Popen(
            [sys.executable, "-m", "local", "run", "--ready", str(write)],
            cwd=settings.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[write],
            start_new_session=True,
        )
        os.close(write)
        try:
            for step in map(str.rstrip, steps):
                if step == READY:
                    return True
                print(step, flush=True)
            runner.wait()
        except Stopped:
            runner.terminate()
            runner.wait()
            raise
    return False


def stop(settings: Settings) -> None:
    """Stop the service, however it was started; does nothing when it does not run.

    Raises:
        LocalError: it does not stop.

    """
    holder = RunLock(settings.state).holder()
    runner = process_table.find(holder) if holder is not None else None
    if runner is not None:
        _stop_runner(runner)
    if settings.emulator is Emulator.LOCALSTACK:
        compose.down(settings)
    left = processes.stop_left_overs(settings.records)
    endpoints.remove(settings.state)
    print("Stopped" if runner or left else "The service is not running")


def _stop_runner(runner: Entry) -> None:
    """Ask a runner to end, and wait until its process is gone, not only what it ran."""
    os.kill(runner.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while process_table.find(runner.pid) == runner:
        if time.monotonic() > deadline:
            raise LocalError(
                f"Process {runner.pid} does not stop: end it with 'kill -9 {runner.pid}'."
            )
        time.sleep(_POLL_SECONDS)


def status(settings: Settings) -> bool:
    """Print whether the service runs and, if so, what to call; return whether it does."""
    try:
        found = Endpoints.read(settings.state)
    except LocalError:
        found = None
    if found is None or RunLock(settings.state).holder() is None:
        print("The service is not running")
        return False
    print(summary(found))
    return True


def _why_it_ended(log: Path) -> tuple[str, Path | None]:
    """Return the sentence that a runner ended with, or where to look for what it wrote else."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""]
    sentence = lines[-1].removeprefix(ERROR_PREFIX)
    if sentence != lines[-1]:
        return sentence, None
    return "The service ended while it started: see why in its log.", log
