"""Ctrl-C, `kill` and a closed terminal: when they may interrupt, and when they wait."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """Somebody asked this process to end."""


@contextmanager
def stopping_by_exception() -> Iterator[None]:
    """Let any of the stop signals raise Stopped, so that `finally` and `with` clean up."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    with _handled_by(stop):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep stop signals back for the length of the block, and deliver the first one after it.

    Between the start of a process and its record, or half way through a clean-up, an
    exception would leave a process behind.
    """
    received: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    with _handled_by(keep):
        yield
    if received:
        signal.raise_signal(received[0])


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # signals arrive in the main thread only
        return
    previous = {number: signal.signal(number, handler) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, former in previous.items():
            signal.signal(number, former)
