"""What goes wrong: providers, the functions' processes, and the whole emulator once."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

from local import process_table
from notificationd.domain.ids import now_ms

if TYPE_CHECKING:
    from local.sandbox.client import SandboxClient
    from local.sandbox.documents import Kind, Provider
    from local.stack import Stack
    from tests.chaos.orders import Plan

PROVIDERS: tuple[Provider, ...] = ("mailgun", "twilio")
# Of all calls. Of those that get no answer, one half is carried out all the same.
SHARES: tuple[tuple[Kind, float, bool | None], ...] = (
    ("500", 0.20, None),
    ("429", 0.10, None),
    ("drop", 0.025, False),
    ("drop", 0.025, True),
    ("timeout", 0.01, False),
    ("timeout", 0.01, True),
)
SLOW_SHARE = 0.5
SLOW_SECONDS = 0.5
"""So that a process that is killed is likely to have a call under way."""

OF_A_MAPPING = (
    "EventSourceArn",
    "StartingPosition",
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "BisectBatchOnFunctionError",
    "FilterCriteria",
)


def cloud_over(sandbox: SandboxClient, plan: Plan) -> None:
    """Let the providers fail from now on."""
    for place, provider in enumerate(PROVIDERS):
        left = 1.0
        for number, (kind, share, accept) in enumerate(SHARES):
            seed = plan.seed + 100 * place + number
            # The first fault that hits a call decides it, so each is a share of what is left.
            sandbox.fault(provider, kind, share=share / left, seed=seed, accept=accept)
            left -= share
        sandbox.fault(provider, "slow", share=SLOW_SHARE, seed=plan.seed, latency=SLOW_SECONDS)


def deliver_again(stack: Stack) -> None:
    """Let everything that the table's stream holds be delivered once more, from its beginning.

    As Lambda may, and worse: to the functions on the stream it is all that has happened so far.
    """
    cloud = stack.cloud
    client = cloud.session.client("lambda", endpoint_url=cloud.endpoint_url, config=cloud.config)
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        if ":dynamodb:" in mapping["EventSourceArn"]:
            client.delete_event_source_mapping(UUID=mapping["UUID"])
            found: Any = mapping
            same: Any = {name: found[name] for name in OF_A_MAPPING if name in found}
            client.create_event_source_mapping(FunctionName=mapping["FunctionArn"], **same)


STORMY_SHARE = 0.7
"""Of the orders. In the calm after them, where no worker dies, every call must be accounted for."""


class Storm:
    """Strikes as the callers get on: kills here and there, and a restart half-way."""

    def __init__(self, stack: Stack, plan: Plan) -> None:
        self._stack = stack
        self._random = Random(plan.seed)  # noqa: S311 - picks victims, guards nothing
        stormy = int(plan.notifications * STORMY_SHARE)
        strikes = [(stormy * (n + 1) // plan.kills, self._kill) for n in range(plan.kills)]
        self._strikes = sorted(
            [*strikes, (plan.notifications // 2, self._restart)], key=lambda s: s[0]
        )
        self.killed = 0
        self.restarts = 0
        self.last_at = now_ms()

    def strike(self, finished: int) -> None:
        """Do what is due when so many orders are finished."""
        while self._strikes and self._strikes[0][0] <= finished:
            _, strike = self._strikes.pop(0)
            strike()
            self.last_at = now_ms()

    def _kill(self) -> None:
        workers = process_table.descendants(self._stack.emulator.pid)
        for worker in self._random.sample(workers, (len(workers) + 1) // 2):
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(worker.pid, signal.SIGKILL)
                self.killed += 1

    def _restart(self) -> None:
        self._stack.restart_emulator()
        deliver_again(self._stack)
        self.restarts += 1
