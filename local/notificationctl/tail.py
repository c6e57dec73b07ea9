"""`notificationctl tail`: what happens on a stack, in the lines that `make run` shows."""

import select
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from local.endpoints import Endpoints
from local.function_logs import FunctionLogs
from local.happenings import Happening, wants_colours
from local.notificationctl.target import Target
from local.settings import from_environment
from local.tail import Tail
from notificationd.domain.notification import Channel

_LOCAL_SECONDS: Final = 0.3
_AWS_SECONDS: Final = 5.0
"""A look is a request for each of a dozen log groups, and a region takes few of them a second."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are meant: those that fit all that is given.

    Attributes:
        channel: of their notification.
        user: whom they are about, as a string.

    """

    channel: Channel | None = None
    user: str | None = None

    def fits(self, happening: Happening) -> bool:
        """Tell whether a line is meant. One that says nothing of a channel or a user is not."""
        if self.channel is not None and happening.channel != self.channel:
            return False
        return self.user is None or str(happening.details.get("user_id")) == self.user


class _Source(Protocol):
    def poll(self) -> Iterator[Happening] | list[Happening]:
        """Return what happened since the last call."""


def follow(target: Target, since_ms: int, wanted: Filter) -> None:
    """Print what happens until it is interrupted.

    Args:
        target: the stack.
        since_ms: what has happened from then on, in milliseconds since the epoch, is shown first.
        wanted: which lines.

    Raises:
        LocalError: the local run has ended.
        BrokenPipeError: nobody reads any more, though there may be nothing to print for long.

    """
    source, pause = _source(target, since_ms)
    coloured = wants_colours()
    while True:
        for happening in sorted(source.poll(), key=lambda each: each.time):
            if wanted.fits(happening):
                print(happening.line(coloured=coloured), flush=True)
        time.sleep(pause)
        _check_reader()
        if target.is_local:
            Endpoints.read(from_environment().state)  # raises once it has ended


def _check_reader() -> None:
    poll = select.poll()
    poll.register(sys.stdout, 0)  # errors are told without being asked for
    if poll.poll(0):
        raise BrokenPipeError


def _source(target: Target, since_ms: int) -> tuple[_Source, float]:
    if not target.is_local:
        return FunctionLogs(target.cloud, since_ms), _AWS_SECONDS
    settings = from_environment()
    endpoints = Endpoints.read(settings.state)
    emulator_log = settings.logs / "emulator.log"
    return Tail(target.cloud, endpoints.sandbox_url, emulator_log, since_ms), _LOCAL_SECONDS
