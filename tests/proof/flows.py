"""The flows whose every step is put to the proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notificationd.domain.dead_letter import Wanted
from notificationd.domain.errors import ConnectionGone, InFlight, Unavailable
from notificationd.domain.notification import Channel, Delivery
from notificationd.services.compose import SendCommand
from tests.proof.faulty import Fault, Killed, Tap
from tests.proof.ledger import DENIED, DOWN, Answer, LedgerProvider, LedgerSockets, scripted
from tests.proof.queues import MAX_RECEIVES
from tests.proof.world import LOOK_SECONDS, USER, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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
        then: what is done when it has come to rest, again and again.
        times: how often.
        is_keyed: whoever asks has an idempotency key.
        is_purged: nobody delivers it before that.
        ahead: how many seconds before its time it is asked for.
    """

    name: str
    channel: Channel = Channel.EMAIL
    providers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    sockets: Mapping[str, Sequence[NotificationError]] = field(default_factory=dict)
    late: bool = False
    then: Callable[[World], None] | None = None
    times: int = 0
    is_purged: bool = False
    is_keyed: bool = False
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A flow that has come to rest.

    Args:
        accepted: the ids that a caller was given with a 201.
    """

    world: World
    accepted: tuple[str, ...]


def _redrive(world: World) -> None:
    world.dead_letters.come_to_light()
    world.office.redrive(Wanted())


def _purge_and_reconcile(world: World) -> None:
    world.queue.messages.clear()
    world.dead_letters.come_to_light()
    world.clock.advance(LOOK_SECONDS + 1)
    world.stream()
    world.reconcile()


SENT = Flow(name="sent", providers={"first": ()})
FAILOVER = Flow(name="failover", providers={"first": (DOWN,), "second": ()})
RETRY = Flow(name="retry", providers={"first": (DOWN,)})
EXHAUSTED = Flow(name="exhausted", providers={"first": (DOWN,) * MAX_RECEIVES})
MISCONFIGURED = Flow(name="misconfigured", providers={"first": (DENIED,) * MAX_RECEIVES})
PUSHED = Flow(name="pushed", channel=Channel.IN_APP, sockets={"live": ()})
PUSHED_LATE = Flow(name="pushed_late", channel=Channel.IN_APP, sockets={"live": ()}, late=True)
GONE = Flow(name="gone", channel=Channel.IN_APP, sockets={"gone": (ConnectionGone(),) * 9})
BUSY = Flow(name="busy", channel=Channel.IN_APP, sockets={"busy": (Unavailable(),)})
KEYED = Flow(name="keyed", providers={"first": ()}, is_keyed=True)
KEYED_PUSHED = Flow(
    name="keyed_pushed", channel=Channel.IN_APP, sockets={"live": ()}, is_keyed=True
)
LATER = Flow(name="later", providers={"first": ()}, ahead=7_200)
SOON = Flow(name="soon", providers={"first": ()}, ahead=60)
APPEARS = Flow(name="appears", channel=Channel.IN_APP, sockets={"live": ()}, ahead=7_200)
BATCH = (
    SendCommand(user_id=int(USER), channel=Channel.EMAIL, content="now"),
    SendCommand(user_id=int(USER), channel=Channel.IN_APP, content="in the inbox"),
    SendCommand(user_id=int(USER), channel=Channel.EMAIL, content="now, too"),
)
REDRIVEN = Flow(name="redriven", providers={"first": (DENIED,)}, then=_redrive, times=2)
ABANDONED = Flow(name="abandoned", then=_purge_and_reconcile, times=2, is_purged=True)


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
    send_at = world.clock() + flow.ahead * 1000 if flow.ahead else None
    asked = command(flow.channel, delivery, send_at)
    key = "key" if flow.is_keyed else None
    accepted = _ask(world, lambda: (world.send(asked, key),))
    if not flow.is_purged:
        world.drain()
    for _ in range(flow.times):
        run_again(world, flow)
    return Run(world, accepted)


def run_again(world: World, flow: Flow) -> None:
    """Do what comes after the flow's rest; whatever ends it half-way, somebody does it again."""
    assert flow.then is not None
    for _ in range(PATIENCE):
        try:
            flow.then(world)
        except Unavailable:
            continue
        except Killed:
            world.deaths += 1
            continue
        break
    world.drain()


def run_batch(plan: Mapping[str, Fault] | None = None) -> Run:
    """Ask for a batch, again while an entry of it is refused, and let it be delivered."""
    provider = LedgerProvider("first", scripted())
    world = World(Tap(plan), providers=[provider], sockets=LedgerSockets({"live": ()}))
    world.connections.add(USER, "live", world.clock())

    def ask() -> tuple[str, ...] | None:
        ids = world.send_all(BATCH, "key")
        return None if None in ids else tuple(each for each in ids if each is not None)

    accepted = _ask(world, ask)
    world.drain()
    return Run(world, accepted)


def command(channel: Channel, delivery: Delivery, send_at: int | None = None) -> SendCommand:
    """Return what a caller asks for."""
    return SendCommand(
        user_id=int(USER),
        channel=channel,
        content="hello, world!",
        delivery=delivery,
        send_at=send_at,
    )


def _ask(world: World, ask: Callable[[], tuple[str, ...] | None]) -> tuple[str, ...]:
    """Ask until there are ids."""
    for _ in range(PATIENCE):
        try:
            if ids := ask():
                return ids
        except InFlight as busy:
            world.clock.advance(busy.retry_after)
        except Unavailable:
            continue
        except Killed:
            world.deaths += 1
    return ()
