"""Time that only calls take: the critical path of an operation, the same on every machine.

Everything runs in one thread. What is submitted to a pool runs at once, but starts at the time of
its submission, or when a worker of the pool is free; whoever waits for its result goes on when it
has ended.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time.

    Args:
        milliseconds: since the beginning.
        rounds: how many calls one after the other led to it.
    """

    milliseconds: float = 0.0
    rounds: int = 0

    def later(self, milliseconds: float) -> Moment:
        """Return when a call that starts now has its answer."""
        return Moment(self.milliseconds + milliseconds, self.rounds + 1)


@dataclass(slots=True)
class Clock:
    """The time of the thread that runs."""

    now: Moment = Moment()
    pools: list[Pool] = field(default_factory=list)

    def restart(self) -> None:
        """Go back to the beginning."""
        self.now = Moment()
        for pool in self.pools:
            pool.free()

    def call(self, milliseconds: float) -> None:
        """Let a call take its time."""
        self.now = self.now.later(milliseconds)

    def wait_for(self, moment: Moment) -> None:
        """Go on when something has ended, unless it has already."""
        self.now = max(self.now, moment, key=lambda each: (each.milliseconds, each.rounds))


class Pool(Executor):
    """Threads in virtual time.

    Args:
        workers: how many calls it makes at once.
    """

    def __init__(self, clock: Clock, workers: int) -> None:
        self._clock = clock
        self._workers = workers
        self.free()
        clock.pools.append(self)

    def free(self) -> None:
        """Let all workers be free from the beginning."""
        self._free = [Moment()] * self._workers

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run something beside the caller."""
        clock = self._clock
        called_at = clock.now
        worker = min(range(len(self._free)), key=lambda each: self._free[each].milliseconds)
        clock.wait_for(self._free[worker])
        future = _Future[T](clock)
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is raised where the result is waited for
            future.set_exception(error)
        future.ended_at = self._free[worker] = clock.now
        clock.now = called_at
        return future


class _Future[T](Future[T]):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.ended_at = Moment()

    def result(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - as its base has it
        self._clock.wait_for(self.ended_at)
        return super().result(timeout)
