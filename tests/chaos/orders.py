"""What is asked for: a seeded mix of channels, users and policies."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from notificationd.domain.notification import Channel, Delivery

USERS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """A run.

    Args:
        seed: of all that is random, but for the order in which threads get on.
        notifications: how many are asked for, over the three channels.
        clients: how many ask at once.
        kills: how often half of the functions' processes are killed.
    """

    seed: int
    notifications: int
    clients: int
    kills: int


@dataclass(frozen=True, slots=True)
class Order:
    """One notification that somebody wants sent."""

    number: int
    user: str
    channel: Channel
    delivery: Delivery


def orders(plan: Plan) -> list[Order]:
    """Return what is asked for, in the order in which the clients take it up."""
    random = Random(plan.seed)  # noqa: S311 - picks test data, guards nothing
    channels = tuple(Channel)
    return [
        Order(
            number=number,
            user=users()[random.randrange(USERS)],
            channel=channels[number % len(channels)],
            delivery=random.choice(list(Delivery)),
        )
        for number in range(plan.notifications)
    ]


def users() -> list[str]:
    """Return the users' ids."""
    return [f"chaos-{number}" for number in range(USERS)]
