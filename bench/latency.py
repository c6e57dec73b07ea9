"""Figure 5, socket latency: from a POST until its frame has arrived, on the local stack.

`python -m bench.latency [--posts 200]`

Beside a bare echo (bench/echo.py) through the same emulator, the same socket and the same kind of
client: what is above it is what the service adds. One POST at a time, the two in turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from bench import echo
from bench.operations import CONTENT
from bench.tables import heading, table
from local.stack import Stack, settings_beside
from tests.e2e.service import Service, Someone

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.client import InboxClient

USER: Final = Someone("4", "", "")
WARM_UP: Final = 10


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency")
    parser.add_argument("--posts", type=int, default=200)
    posts = parser.parse_args().posts
    heading("5. Socket latency")
    with Stack(settings_beside("bench")) as stack, Service(stack) as service:
        ours, bare = measure(service, posts)
    print(f"{posts} POSTs each, in turn; milliseconds until the frame is there.\n")
    rows = []
    for name, take in (("p50", _p50), ("p95", _p95)):
        rows.append([name, f"{take(ours):.1f}", f"{take(bare):.1f}", take(ours) / take(bare)])
    table(["", "service, ms here", "bare echo, ms here", "ratio"], rows)


def measure(service: Service, posts: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each POST: to the service, and to the echo."""
    url = echo.deploy(service)
    ours: list[float] = []
    bare: list[float] = []
    with service.connect(USER) as device:
        connection = _connection(service)

        def send(text: str) -> None:
            service.send(USER, "in-app", text)

        def post(text: str) -> None:
            body = {"connection": connection, "text": text}
            answer = service.session.post(url, json=body, timeout=60)
            assert answer.ok, answer.text

        for number in range(posts + WARM_UP):
            for kind, act, taken in (("ours", send, ours), ("bare", post, bare)):
                milliseconds = _until_it_arrives(device, act, f"{kind} {number}: {CONTENT}")
                if number >= WARM_UP:
                    taken.append(milliseconds)
    return ours, bare


def _until_it_arrives(device: InboxClient, act: Callable[[str], None], text: str) -> float:
    """Do something and return the milliseconds until a frame with its text has arrived.

    That may be before the POST is answered, so it is waited for beside it.
    """
    with ThreadPoolExecutor(1) as beside:
        began = time.perf_counter()
        done = beside.submit(act, text)
        frame: dict[str, Any] = {}
        try:
            while text not in json.dumps(frame):
                frame = device.receive()
        except TimeoutError:
            done.result()  # says what went wrong, if it was there
            raise
        taken = (time.perf_counter() - began) * 1000
        done.result()
    return taken


def _connection(service: Service) -> str:
    (key,) = (key for key in service.items_of(USER.id) if key.startswith("CONNECTION#"))
    return key.removeprefix("CONNECTION#")


def _p50(values: list[float]) -> float:
    return statistics.median(values)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
