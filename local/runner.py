"""`make run`: the service in the foreground, and what happens in it."""

import os
import time
from contextlib import suppress
from functools import partial
from typing import Final

from local.happenings import wants_colours
from local.settings import Settings
from local.signals import Stopped, stopping_by_exception
from local.stack import Stack
from local.summary import summary
from local.tail import Tail

READY: Final = "ready"
"""The last step that `run` tells."""
_POLL_SECONDS: Final = 0.3


def run(settings: Settings, ready: int | None = None) -> None:
    """Run the service in the foreground until a signal stops it.

    Args:
        settings: the run.
        ready: a file descriptor that `start` reads: the steps, and the end of it when ready.

    Raises:
        LocalError: it could not be started, or a part of it has ended.

    """
    with stopping_by_exception():
        try:
            with Stack(settings, _say if ready is None else partial(_tell, ready)) as stack:
                _say(summary(stack.endpoints))
                if ready is not None:
                    _pass_on(ready, READY)
                    os.close(ready)
                _follow(stack)
        except Stopped:
            _say("Stopped")


def _follow(stack: Stack) -> None:
    coloured = wants_colours()
    tail = Tail(stack.cloud, stack.settings.sandbox_url, stack.emulator_log)
    while True:
        for happening in tail.poll():
            print(happening.line(coloured=coloured), flush=True)
        stack.check()
        time.sleep(_POLL_SECONDS)


def _say(text: str) -> None:
    print(text, flush=True)


def _tell(descriptor: int, step: str) -> None:
    _say(step)
    _pass_on(descriptor, step)


def _pass_on(descriptor: int, step: str) -> None:
    with suppress(BrokenPipeError):  # nobody waits any more
        os.write(descriptor, f"{step}\n".encode())
