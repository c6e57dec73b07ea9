"""A simulation of things that flow through stages, second by second, as resources let them.

A stage needs something of one or more resources for each thing; resources are shared. What has
come furthest goes first, so that a queue is emptied while it is filled. It is a model of rates:
nothing waits, fails or comes in bursts that last for less than a second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LONGEST_SECONDS = 40 * 24 * 3600
_NEARLY_NOTHING = 1e-6

type Rate = Callable[[int], float]
"""What a resource gives in a second, by the number of that second."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step that each thing goes through.

    Args:
        needs: what it takes of each resource, for one thing.
    """

    name: str
    needs: Mapping[str, float]


@dataclass(slots=True)
class Flow:
    """What became of it.

    Args:
        ended: the second in which a stage was done with the last thing.
        limited: for how many seconds a resource held a stage up.
        first: the resource that did so first, and in which second.
        longest: the most things that waited before each stage, but the first.
    """

    ended: dict[str, int] = field(default_factory=dict)
    limited: Counter[str] = field(default_factory=Counter)
    first: tuple[str, int] | None = None
    longest: dict[str, float] = field(default_factory=dict)

    @property
    def bottleneck(self) -> str:
        """What held it up for longest."""
        return self.limited.most_common(1)[0][0] if self.limited else "nothing"


def constant(rate: float) -> Rate:
    """Return the rate of what gives the same at all times."""
    return lambda _: rate


def simulate(things: float, stages: Sequence[Stage], resources: Mapping[str, Rate]) -> Flow:
    """Let things that are all there at the beginning flow through stages.

    Raises:
        ValueError: it would not end within LONGEST_SECONDS.
    """
    waiting = [things, *(0.0 for _ in stages)]
    flow = Flow(longest={stage.name: 0.0 for stage in stages[1:]})
    for second in range(LONGEST_SECONDS):
        left = {name: rate(second) for name, rate in resources.items()}
        for place in reversed(range(len(stages))):
            stage = stages[place]
            held_by, possible = _most(stage, left)
            done = min(waiting[place], possible)
            if waiting[place] > possible + _NEARLY_NOTHING:
                flow.limited[held_by] += 1
                flow.first = flow.first or (held_by, second)
            for name, need in stage.needs.items():
                left[name] -= need * done
            waiting[place] -= done
            waiting[place + 1] += done
            if place:
                flow.longest[stage.name] = max(flow.longest[stage.name], waiting[place])
        for place, stage in enumerate(stages):
            if sum(waiting[: place + 1]) < _NEARLY_NOTHING * things:
                flow.ended.setdefault(stage.name, second + 1)
        if len(flow.ended) == len(stages):
            return flow
    message = f"It takes more than {LONGEST_SECONDS} s."
    raise ValueError(message)


def _most(stage: Stage, left: Mapping[str, float]) -> tuple[str, float]:
    """Return how many things a stage can take now, and what it is that limits them."""
    possible = {name: max(0.0, left[name]) / need for name, need in stage.needs.items() if need > 0}
    name = min(possible, key=lambda each: possible[each])
    return name, possible[name]
