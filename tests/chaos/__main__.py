"""`make chaos`: run the storm, and print what it came to."""

from __future__ import annotations

import argparse
import sys
import time

from tests.chaos.orders import Plan
from tests.chaos.run import run


def main() -> int:
    """Return 0 if nothing was lost, sent twice, or left unexplained, and the books agree."""
    arguments = _arguments()
    began = time.monotonic()
    plan = Plan(arguments.seed, arguments.notifications, arguments.clients, arguments.kills)
    result = run(plan, lambda text: print(text, flush=True))  # noqa: T201 - a command's own output
    print(  # noqa: T201
        f"\nSeed {plan.seed}: {plan.notifications} notifications from {plan.clients} clients, "
        f"{result.unanswered} calls without an answer, {result.calls} provider calls,\n"
        f"{result.killed} processes killed, {result.restarts} restart of the emulator, "
        f"{time.monotonic() - began:.0f} s.\n\n{result.balance.table()}\n\n{result.books}\n"
    )
    for finding in result.balance.findings:
        print(finding)  # noqa: T201
    return 1 if result.balance.findings or result.books.findings else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--notifications", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--kills", type=int, default=6)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
