"""What each operation may take. Tests hold the functions to it: a call more, and they fail.

Whoever changes a number here changes what the service costs: `python -m bench.cost` says how much,
and docs/performance.md has to say it, too. Units, requests and messages are per notification, calls
are for all of them (1, 10 or 100), and rounds are the calls, one after the other, that a caller
waits for. A share of the authorizer and of the stream's function is in the units, not in the calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What an operation may take.

    Args:
        write: write units.
        read: read units.
        sqs: requests.
        http: requests of the HTTP API.
        frames: messages of the WebSocket API, both ways.
        invocations: of functions.
        log: bytes, those that Lambda itself writes included.
        calls: by name; `provider` is a call to a provider.
    """

    calls: dict[str, int]
    rounds: int
    write: float = 0
    read: float = 0
    sqs: float = 0
    http: float = 0
    frames: float = 0
    invocations: float = 0
    log: int = 0


COUNTS: Final[dict[str, Count]] = {
    "in-app, single": Count(
        calls={"PostToConnection": 1, "PutItem": 1, "Query": 1},
        rounds=2,
        write=1.002,
        read=1.0103,
        http=1,
        frames=1,
        invocations=1.0187,
        log=405,
    ),
    "in-app, by 100": Count(
        calls={"BatchExecuteStatement": 4, "PostToConnection": 100, "Query": 100},
        rounds=24,
        write=1.002,
        read=1.0021,
        http=0.01,
        frames=1,
        invocations=0.0122,
        log=4,
    ),
    "email, single, queue idle": Count(
        calls={"PutItem": 1, "SendMessage": 1, "UpdateItem": 2, "provider": 1},
        rounds=2,
        write=3.3333,
        read=0.3417,
        sqs=3,
        http=1,
        invocations=2.4167,
        log=662,
    ),
    "email, single, queue busy": Count(
        calls={"PutItem": 10, "SendMessage": 10, "UpdateItem": 20, "provider": 10},
        rounds=2,
        write=3.006,
        read=0.0143,
        sqs=1.2,
        http=1,
        invocations=1.1287,
        log=264,
    ),
    "email, by 100": Count(
        calls={
            "BatchExecuteStatement": 4,
            "SendMessageBatch": 10,
            "UpdateItem": 200,
            "provider": 100,
        },
        rounds=14,
        write=3.006,
        read=0.0061,
        sqs=0.3,
        http=0.01,
        invocations=0.1222,
        log=51,
    ),
    "email, busy, address looked up": Count(
        calls={"GetItem": 10, "PutItem": 10, "SendMessage": 10, "UpdateItem": 20, "provider": 10},
        rounds=3,
        write=3.006,
        read=1.0143,
        sqs=1.2,
        http=1,
        invocations=1.1287,
        log=264,
    ),
    "sms, single, queue idle": Count(
        calls={"PutItem": 1, "SendMessage": 1, "UpdateItem": 2, "provider": 1},
        rounds=2,
        write=3.3333,
        read=0.3417,
        sqs=3,
        http=1,
        invocations=2.4167,
        log=658,
    ),
    "sms, single, queue busy": Count(
        calls={"PutItem": 10, "SendMessage": 10, "UpdateItem": 20, "provider": 10},
        rounds=2,
        write=3.006,
        read=0.0143,
        sqs=1.2,
        http=1,
        invocations=1.1287,
        log=262,
    ),
    "sms, by 100": Count(
        calls={
            "BatchExecuteStatement": 4,
            "SendMessageBatch": 10,
            "UpdateItem": 200,
            "provider": 100,
        },
        rounds=14,
        write=3.006,
        read=0.0061,
        sqs=0.3,
        http=0.01,
        invocations=0.1222,
        log=50,
    ),
    "list": Count(
        calls={"GetItem": 1, "Query": 1},
        rounds=1,
        read=2.0083,
        http=1,
        invocations=1.0167,
    ),
    "sync": Count(
        calls={"GetItem": 1, "PostToConnection": 1, "Query": 2},
        rounds=3,
        read=5,
        frames=2,
        invocations=1,
    ),
    "read, two devices": Count(
        calls={"PostToConnection": 2, "Query": 2, "TransactGetItems": 1, "TransactWriteItems": 1},
        rounds=4,
        write=4,
        read=7,
        frames=3,
        invocations=1,
    ),
    "connect and disconnect": Count(
        calls={"DeleteItem": 1, "PutItem": 1},
        rounds=1,
        write=2,
        invocations=3,
    ),
    "reconcile, nothing open": Count(
        calls={"Query": 1},
        rounds=1,
        read=1,
        invocations=1,
    ),
}
