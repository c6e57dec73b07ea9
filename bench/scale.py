"""Figure 6, scale: a million users, and a broadcast to all of them, against the published limits.

`python -m bench.scale [--users 1000000] [--online 0.2]`

What a notification takes of each resource is what bench/counts.py says, to which tests hold the
functions; the limits are in bench/limits.py, the times in bench/assumptions.py.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bench import limits
from bench.assumptions import CALL_CPU_MS, CALL_MS, INVOCATION_CPU_MS, MB_PER_CPU, PROVIDER_MS
from bench.counts import COUNTS, Count
from bench.flow import Flow, Rate, Stage, constant, simulate
from bench.tables import heading, table
from tests.unit.template import loader

if TYPE_CHECKING:
    from collections.abc import Mapping

API, CONCURRENCY, WRITES, READS = "API Gateway requests", "Lambda", "table writes", "table reads"
POLLERS, PROVIDER = "MaximumConcurrency of the queue", "provider"
HALF_AN_HOUR: Final = 1_800
BATCH: Final = 10
SYNC_READS: Final = COUNTS["sync"].read
MEGABYTES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a model is about.

    Args:
        users: how many there are.
        online: which part of them has a live socket.
        callers: how many batches of 100 are posted at once.
        concurrency: what the queue's event source has for MaximumConcurrency.
        table: how many times a new table's throughput it has: it was warmed, or had such a peak.
    """

    users: int = 1_000_000
    online: float = 0.2
    callers: int = 50
    concurrency: int = 10
    table: float = 1.0


def own_writes(count: Count) -> int:
    """Return an operation's write units without its share of the books, a partition of their own.

    A full batch of the stream's is one write for 500 changes: nothing to a table.
    """
    return int(count.write)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    parser.add_argument("--users", type=int, default=World().users)
    parser.add_argument("--online", type=float, default=World().online)
    arguments = parser.parse_args()
    world = World(
        users=arguments.users, online=arguments.online, concurrency=_maximum_concurrency()
    )
    heading("6. Scale")
    _print_broadcasts(world)
    _print_sockets(world)
    _print_hot_spots()
    table(["limit", "value", "page"], [[e.name, f"{e.value:,.0f}", e.page] for e in limits.ALL])


def _print_broadcasts(world: World) -> None:
    print(
        f"A broadcast to {world.users:,} users, {world.online:.0%} of them with a live socket, in "
        f"batches of 100, {world.callers} at once.\n"
    )
    big = replace(world, concurrency=1000, table=10, callers=500)
    rows = []
    for name, flow in (
        ("in-app", in_app(world)),
        ("in-app, warm table, 500 callers", in_app(big)),
        ("email, SES", queued(world, limits.SES.value)),
        ("email, a provider without a limit", queued(world, None)),
        ("email, that, all raised", queued(big, None)),
        ("sms, short code", queued(world, limits.TWILIO_SHORT_CODE.value)),
        ("sms, one long code", queued(world, limits.TWILIO_NUMBER.value)),
    ):
        first = "" if flow.first is None else f"{flow.first[0]}, after {flow.first[1]} s"
        waited = max(flow.longest.values(), default=0)
        ended = list(flow.ended.values())
        rows.append(
            [
                name,
                duration(ended[0]),
                duration(ended[-1]),
                first,
                flow.bottleneck,
                f"{waited:,.0f}",
            ]
        )
    table(
        ["channel", "accepted after", "done after", "saturates first", "for longest", "queue"], rows
    )


def in_app(world: World) -> Flow:
    """Return how a broadcast goes that is written to inboxes and pushed."""
    count = COUNTS["in-app, by 100"]
    needs = {
        WRITES: own_writes(count),
        READS: count.read,
        API: count.http + world.online * count.frames,
        CONCURRENCY: seconds_of_a_post("in-app, by 100") / 100,
        "callers": seconds_of_a_post("in-app, by 100") / 100,
    }
    return simulate(world.users, [Stage("send", needs)], resources(world))


def queued(world: World, provider: float | None) -> Flow:
    """Return how a broadcast goes that is queued and handed to a provider.

    Args:
        provider: how many messages it takes in a second, None for any number.
    """
    count = COUNTS["email, by 100"]
    post = seconds_of_a_post("email, by 100") / 100
    batch = seconds_of_a_batch()
    accept = {WRITES: 1.0, API: count.http, CONCURRENCY: post, "callers": post}
    deliver = {
        WRITES: own_writes(count) - 1,
        CONCURRENCY: batch / BATCH,
        POLLERS: batch / BATCH,
        PROVIDER: 1.0,
    }
    rates = {**resources(world), PROVIDER: constant(provider or float("inf"))}
    return simulate(world.users, [Stage("send", accept), Stage("dispatch", deliver)], rates)


def resources(world: World) -> Mapping[str, Rate]:
    """Return what there is of each resource in each second."""
    return {
        API: constant(limits.API_REQUESTS.value),
        # Ten seconds' step is the whole quota: it is there at once.
        CONCURRENCY: constant(min(limits.CONCURRENCY.value, limits.CONCURRENCY_STEP.value)),
        "callers": constant(world.callers),
        WRITES: growing(limits.TABLE_WRITES.value * world.table),
        READS: growing(limits.TABLE_READS.value * world.table),
        POLLERS: pollers(world.concurrency),
    }


def growing(units: float) -> Rate:
    """Return the rate of an on-demand table that is used as much as it lets itself be."""
    return lambda second: min(limits.TABLE_MOST.value, units * 2.0 ** (second // HALF_AN_HOUR))


def pollers(most: float) -> Rate:
    """Return how many batches of a queue are worked on at once."""
    per_second = limits.POLLERS_STEP.value / 60
    return lambda second: min(most, limits.POLLERS.value + per_second * second)


def seconds_of_a_post(name: str) -> float:
    """Return how long a POST of 100 takes, of which all calls' work goes one after the other."""
    count = COUNTS[name]
    calls = sum(count.calls.get(each, 0) for each in _SENDERS)
    cpu = (INVOCATION_CPU_MS + CALL_CPU_MS * calls) * MB_PER_CPU / MEGABYTES
    return (cpu + count.rounds * CALL_MS["sqs"]) / 1000


_SENDERS: Final = ("BatchExecuteStatement", "SendMessageBatch", "Query", "PostToConnection")


def seconds_of_a_batch() -> float:
    """Return how long the dispatcher takes for ten messages."""
    cpu = (INVOCATION_CPU_MS + CALL_CPU_MS * 3 * BATCH) * MB_PER_CPU / MEGABYTES
    return (cpu + 2 * CALL_MS["dynamodb"] + PROVIDER_MS) / 1000


def _print_sockets(world: World) -> None:
    sockets = world.users * world.online
    reconnect = sockets / limits.NEW_SOCKETS.value
    rows = [
        ["sockets that are open", f"{sockets:,.0f}"],
        [
            f"to open all of them, at {limits.NEW_SOCKETS.value:,.0f} a second (a deployment, say)",
            duration(reconnect),
        ],
        [
            "meanwhile: read units a second for their syncs",
            f"{limits.NEW_SOCKETS.value * SYNC_READS:,.0f}",
        ],
        [
            "new sockets a second, since each ends after 2 h",
            f"{sockets / limits.SOCKET_SECONDS.value:,.0f}",
        ],
        [
            "requests a second for a ping in 9 minutes, and its answer",
            f"{2 * sockets / (0.9 * limits.IDLE_SECONDS.value):,.0f}",
        ],
        [
            "most sockets that can be kept open at that rate",
            f"{limits.NEW_SOCKETS.value * limits.SOCKET_SECONDS.value:,.0f}",
        ],
    ]
    table(["sockets", "figure"], rows)


def hot_spots() -> list[tuple[str, str, float, str]]:
    """Return what lies in one partition: what, the operation, how many a second, and why."""
    writes, reads = limits.PARTITION_WRITES.value, limits.PARTITION_READS.value
    per_user = {name: COUNTS[name] for name in ("in-app, single", "email, single, queue idle")}
    single, email = per_user.values()
    change = COUNTS["read, two devices"]
    return [
        ("one user", "in-app notifications", min(writes / own_writes(single), reads), "writes"),
        ("one user", "emails or SMS", writes / own_writes(email), "writes"),
        ("one user", "syncs", reads / SYNC_READS, "reads"),
        ("one user", "changes of the inbox", writes / own_writes(change), "writes"),
        ("one API key", "looks of the authorizer", reads / 0.5, "reads"),
        # One entry holds 500 notifications, and one unit holds about 12 of its keys.
        ("the watch list", "notifications that stay open", writes * 12, "writes"),
    ]


def _print_hot_spots() -> None:
    print("What lies in one partition of the table, and can have no more than one partition's:\n")
    rows = [[what, operation, f"{rate:,.0f}", why] for what, operation, rate, why in hot_spots()]
    table(["hot", "operation", "most a second", "limited by"], rows)


def _maximum_concurrency() -> int:
    events = loader.Template(loader.load()).queue_events()
    return min(int(event["ScalingConfig"]["MaximumConcurrency"]) for event in events.values())


def duration(seconds: float) -> str:
    """Return a time in words."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


if __name__ == "__main__":
    main()
