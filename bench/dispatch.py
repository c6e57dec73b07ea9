"""Figure 4, dispatch: a batch of ten with a provider that takes 200 ms.

`python -m bench.dispatch [--rounds 9]`

The function as it is built, under AWS's runtime client and interface emulator; Mailgun is a server
on loopback that answers after 200 ms, AWS one that answers at once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.assumptions import PROVIDER_MS
from bench.first_invoke import batch, environment, prepared
from bench.servers import Aws, Mailgun, serving
from bench.tables import heading, table
from local import process_table
from notificationd.adapters.messages import write_message
from tests.e2e import rie
from tests.fakes import make

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL: Final = 1.15
BATCH: Final = 10


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.dispatch")
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    heading("4. Dispatch")
    settings = prepared()
    with serving(Aws) as aws, serving(Mailgun) as mailgun:
        variables = environment(aws, mailgun)
        with rie.running(settings, "DispatchFunction", variables) as invoke:
            one, ten = measure(invoke, rounds)
            memory = _megabytes()
    print(
        f"The provider answers after {PROVIDER_MS:.0f} ms. Medians of {rounds} batches of each, "
        "in turn, in one warm worker.\n"
    )
    rows: list[list[object]] = [
        ["a batch of 10 / a batch of 1", ten / one, GOAL],
        [f"a batch of 10 / {PROVIDER_MS:.0f} ms", ten / PROVIDER_MS, None],
        ["notifications per second and worker", BATCH / ten * 1000, None],
        ["the same, one by one", 1000 / one, None],
        ["memory of the worker at its peak, MB", memory, None],
    ]
    table(["what", "figure", "goal"], rows)


def measure(invoke: Callable[[object], Any], rounds: int) -> tuple[float, float]:
    """Return the milliseconds that a batch of one takes, and a batch of ten."""
    taken: dict[int, list[float]] = {1: [], BATCH: []}
    for number in range(rounds + 1):
        for size, measured in taken.items():
            bodies = [write_message(make.notification()) for _ in range(size)]
            began = time.perf_counter()
            answer = invoke(batch("email", bodies))
            milliseconds = (time.perf_counter() - began) * 1000
            assert answer == {"batchItemFailures": []}, answer
            if number:  # the first of each opens connections
                measured.append(milliseconds)
    return statistics.median(taken[1]), statistics.median(taken[BATCH])


def _megabytes() -> str:
    """Return the most memory that the worker has held; only Linux tells."""
    found = [_peak(entry.pid) for entry in process_table.descendants(os.getpid())]
    peaks = [kilobytes for kilobytes in found if kilobytes is not None]
    # The interface emulator is its parent, and smaller.
    return f"{max(peaks) / 1024:.0f}" if peaks else "unknown"


def _peak(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return None
    lines = [line.split() for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0][1]) if lines else None


if __name__ == "__main__":
    main()
