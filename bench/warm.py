"""Figure 3, the warm path: what a request takes when all is loaded.

`python -m bench.warm`

Time of the processor, not of the clock, and of the whole process: all its threads, on one
processor, since a function has a seventh of one; where two are free, what the kernel makes of the
threads is measured, too. botocore's
share is left out by answering its calls at once; then it is measured by letting it do everything
but the sending.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session
from moto.core.models import botocore_stubber

from bench import canned
from bench.counts import COUNTS
from bench.operations import CONTENT
from bench.tables import heading, table
from bench.world import ENDPOINT
from functions.send.app import handler
from notificationd.runtime import services
from tests.unit.functions.conftest import account_in, api_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest

GOAL_MICROSECONDS: Final = 150
GOAL_ROUNDS: Final = {
    "in-app, single": 2,
    "email, single, queue idle": 2,
    "sms, single, queue idle": 2,
    "list": 1,
}
CALLS: Final = 300
ROUNDS: Final = 7
_SOCKET: Final = {"Items": [{"sk": {"S": "CONNECTION#socket0="}}]}
_NOBODY: Final[dict[str, Any]] = {"Items": []}


@dataclass(frozen=True, slots=True)
class Case:
    """A POST that is measured.

    Args:
        live: what the look for live sockets finds.
        calls: how many calls of AWS it makes.
    """

    name: str
    fields: dict[str, Any]
    live: dict[str, Any]
    calls: int


_EMAIL: Final = {"notification_type": "email", "to": "user4@example.com"}
_SMS: Final = {"notification_type": "sms", "to": "+14155552671"}
_IN_APP: Final = {"notification_type": "in-app"}
CASES: Final = (
    Case("in-app, one device", _IN_APP, _SOCKET, 3),
    Case("in-app, no device", _IN_APP, _NOBODY, 2),
    Case("email", _EMAIL, _NOBODY, 2),
    Case("sms", _SMS, _NOBODY, 2),
)


def main() -> None:
    """Print the tables."""
    heading("3. Warm path")
    rows = []
    for case in CASES:
        own, whole = cpu_of_a_post(case, calls=False), cpu_of_a_post(case, calls=True)
        per_call = (whole - own) / case.calls
        share = f"{own / GOAL_MICROSECONDS:.2f}"
        rows.append([case.name, f"{own:.0f}", share, f"{per_call:.0f}", f"{own / whole:.0%}"])
    print(
        f"The processor's time for a POST; the goal is {GOAL_MICROSECONDS} µs without botocore.\n"
    )
    table(["POST", "own, µs", "of the goal", "botocore, µs a call", "own share of the whole"], rows)
    print("Calls one after the other that a caller waits for:\n")
    found = {name: COUNTS[name].rounds for name in GOAL_ROUNDS}
    table(
        ["operation", "round trips", "goal"],
        [[name, found[name], goal] for name, goal in GOAL_ROUNDS.items()],
    )


def cpu_of_a_post(case: Case, *, calls: bool) -> float:
    """Return the microseconds of the processor that a POST takes.

    Args:
        calls: with what botocore does before and after it sends.
    """
    body = {"user_id": 4, "content": CONTENT, **case.fields}
    event = api_event("POST /notifications", body=body)
    # From the beginning: a pool's threads keep to what their maker keeps to.
    with _on_one_processor(), _answered(case, calls=calls):
        status = handler(event, None)["statusCode"]
        if status != 201:  # noqa: PLR2004 - a refusal would be quick
            message = f"The POST was answered {status}."
            raise AssertionError(message)
        return min(_microseconds(event) for _ in range(ROUNDS))  # whatever disturbs, adds


@contextmanager
def _on_one_processor() -> Iterator[None]:
    """Keep to one processor. macOS has no way to ask for it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _microseconds(event: dict[str, Any]) -> float:
    began = time.process_time()
    for _ in range(CALLS):
        handler(event, None)
    return (time.process_time() - began) / CALLS * 1_000_000


@contextmanager
def _answered(case: Case, *, calls: bool) -> Iterator[None]:
    """Answer all that is asked of AWS, at once or after botocore's own work."""
    query = b'{"Count":0,"Items":[]}'
    if case.live is _SOCKET:
        query = b'{"Count":1,"Items":[{"sk":{"S":"CONNECTION#socket0="}}]}'

    def at_once(_: BaseClient, operation: str, __: dict[str, Any]) -> dict[str, Any]:
        return case.live if operation == "Query" else {}

    def unsent(_: URLLib3Session, request: AWSPreparedRequest) -> Any:  # noqa: ANN401 - botocore's own
        is_query = "Query" in str(request.headers.get("X-Amz-Target"))
        return canned.response(query if is_query else b"{}")

    with (
        pytest.MonkeyPatch.context() as patch,
        account_in(patch),
        Path(os.devnull).open("w", encoding="utf-8") as log,
        redirect_stdout(log),  # the lines of metrics are written, but not among the figures
    ):
        patch.setenv("LOG_LEVEL", "WARNING")
        patch.setenv("WEBSOCKET_ENDPOINT", ENDPOINT)
        services.send()
        if calls:
            patch.setattr(botocore_stubber, "enabled", False)  # moto's way in: it takes its time
            patch.setattr(URLLib3Session, "send", unsent)
        else:
            patch.setattr(BaseClient, "_make_api_call", at_once)
        yield


if __name__ == "__main__":
    main()
