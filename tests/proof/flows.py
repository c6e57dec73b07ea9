"""The flows whose every step is put to the proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notificationd.domain.errors import ConnectionGone, Unavailable
from notificationd.domain.notification import Channel, Delivery
from notificationd.services.send import SendCommand
from tests.proof.faulty import Fault, Killed, Tap
from tests.proof.ledger import DENIED, DOWN, Answer, LedgerProvider, LedgerSockets, scripted
from tests.proof.queues import MAX_RECEIVES
from tests.proof.world import USER, World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notificationd.domain.errors import NotificationError

PATIENCE = 3
"""How often a caller asks: once, once more after the one fault of a run, and one to spare."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """One way through the service.

    Args:
        providers: by name, how each notification's first calls go there.
        sockets: the live ones, and how the first posts to each end.
        late: the answers of calls that go side by side come last.
    """

    name: str
    channel: Channel = Channel.EMAIL
    providers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    sockets: Mapping[str, Sequence[NotificationError]] = field(default_factory=dict)
    late: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A flow that has come to rest.

    Args:
        accepted: the ids that a caller was given with a 201.
    """

    world: World
    accepted: tuple[str, ...]


SENT = Flow(name="sent", providers={"first": ()})
FAILOVER = Flow(name="failover", providers={"first": (DOWN,), "second": ()})
RETRY = Flow(name="retry", providers={"first": (DOWN,)})
EXHAUSTED = Flow(name="exhausted", providers={"first": (DOWN,) * MAX_RECEIVES})
MISCONFIGURED = Flow(name="misconfigured", providers={"first": (DENIED,) * MAX_RECEIVES})
PUSHED = Flow(name="pushed", channel=Channel.IN_APP, sockets={"live": ()})
PUSHED_LATE = Flow(name="pushed_late", channel=Channel.IN_APP, sockets={"live": ()}, late=True)
GONE = Flow(name="gone", channel=Channel.IN_APP, sockets={"gone": (ConnectionGone(),) * 9})
BUSY = Flow(name="busy", channel=Channel.IN_APP, sockets={"busy": (Unavailable(),)})


def run(flow: Flow, delivery: Delivery, plan: Mapping[str, Fault] | None = None) -> Run:
    """Go through a flow with calls spoiled as planned, and recover from that.

    A caller who got no 201 asks again; a message that was not finished with is delivered again.
    """
    providers = [LedgerProvider(name, scripted(*s)) for name, s in flow.providers.items()]
    world = World(
        Tap(plan), providers=providers, sockets=LedgerSockets(flow.sockets), late=flow.late
    )
    for connection_id in flow.sockets:
        world.connections.add(USER, connection_id, world.clock())
    accepted = _ask(world, command(flow.channel, delivery))
    world.drain()
    return Run(world, accepted)


def command(channel: Channel, delivery: Delivery) -> SendCommand:
    """Return what a caller asks for."""
    return SendCommand(
        user_id=int(USER), channel=channel, content="hello, world!", delivery=delivery
    )


def _ask(world: World, asked: SendCommand) -> tuple[str, ...]:
    for _ in range(PATIENCE):
        try:
            return (world.send(asked).id,)
        except Unavailable:
            continue
        except Killed:
            world.deaths += 1
    return ()
