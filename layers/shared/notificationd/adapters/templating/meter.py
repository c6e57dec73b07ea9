"""What a rendering may cost, in steps: the same template and values always come to the same.

A step takes less than a microsecond of CPU time. Steps are counted, and not the time, so that a
template that works today works on a busy machine, too, and in any thread.
"""

from __future__ import annotations

from io import StringIO

from notificationd.domain.content import CONTENT_BYTES

STEPS = 100_000
"""Of all texts of a notification: 65 ms at most, of whatever could be thought up to be slow."""
TEXT_CHARACTERS = CONTENT_BYTES
"""Of any text that is made on the way: no longer one could be sent."""
VALUE_STEPS = 20_000
"""The size of any list that is made on the way."""
_CHARACTERS_A_STEP = 64


class OutOfSteps(Exception):
    """The rendering costs too much."""


class TooLong(Exception):
    """The text, or something on the way to it, is too long."""


class Meter:
    """Counts the steps of one rendering.

    Args:
        steps: how many there may be.
    """

    __slots__ = ("left",)

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps

    def charge(self, steps: int) -> None:
        """Take down that something takes some steps.

        Raises:
            OutOfSteps: there have been too many.
        """
        self.left -= steps
        if self.left < 0:
            raise OutOfSteps


class MeteredBuffer(StringIO):
    """Takes the text as it is rendered, as much of it as could be sent."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter
        self._characters = 0

    def write(self, text: str) -> int:
        """Write some text.

        Raises:
            OutOfSteps, TooLong: it is too much.
        """
        self._meter.charge(1 + len(text) // _CHARACTERS_A_STEP)
        self._characters += len(text)
        if self._characters > TEXT_CHARACTERS:
            raise TooLong
        return super().write(text)


def size(value: object) -> int:
    """Return the steps that it takes to look at a value, with all that is in it."""
    if isinstance(value, str):
        return 1 + len(value) // _CHARACTERS_A_STEP
    if isinstance(value, list | tuple):
        return 1 + sum(map(size, value))
    if isinstance(value, dict):
        return 1 + sum(map(size, value)) + sum(map(size, value.values()))
    if isinstance(value, int):
        return 1 + value.bit_length() // _CHARACTERS_A_STEP
    return 1


def check(value: object) -> None:
    """Raise TooLong if a text or a list is too long to go on with."""
    if isinstance(value, str) and len(value) > TEXT_CHARACTERS:
        raise TooLong
    if isinstance(value, list | tuple) and size(value) > VALUE_STEPS:
        raise TooLong
