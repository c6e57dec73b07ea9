"""What is measured: each operation as it happens in the real functions."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from bench.assumptions import REQUESTS_PER_LOOK_AT_A_KEY
from bench.world import World, socket_event, world
from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
from notificationd.domain.identity import Scope
from notificationd.runtime import services
from tests.fakes import aws

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.billing import Bill

CONTENT: Final = "Your parcel is on its way: it will be with you on Tuesday between 9 and 11." * 2
"""150 bytes, a typical notification."""
MANY: Final = 100
BUSY: Final = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """What an operation takes, per notification where it is about some.

    Args:
        calls: how many calls of each kind its functions make in all, for all notifications.
        rounds: calls one after the other until its caller is answered.
    """

    bill: Bill
    calls: dict[str, int]
    rounds: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation.

    Args:
        run: does it, and returns how many notifications it is about, and how many round trips its
            caller waits for.
        goal: dollars for a million.
    """

    name: str
    run: Callable[[World], tuple[int, int]]
    goal: float | None = None

    def measure(self) -> Measured:
        """Do it in a fresh account and return what it took."""
        with world() as made:
            keys = DynamoApiKeys(made.account.dynamodb, aws.TABLE)
            keys.create(sha256(b"nd_key").hexdigest(), "backend", frozenset({Scope.SEND}), 0)
            number, rounds = self.run(made)
            calls = {name: made.calls.count(name) for name in sorted(set(made.calls))}
            return Measured(made.bill * (1 / number), calls, rounds)


def _body(channel: str, user: int = 4, *, to: bool = True) -> dict[str, Any]:
    addresses = {"email": "user4@example.com", "sms": "+14155552671"}
    address = {"to": addresses[channel]} if to and channel in addresses else {}
    return {"user_id": user, "notification_type": channel, "content": CONTENT, **address}


def _authorized(made: World) -> None:
    """Add a caller's share of the authorizer, whose answer API Gateway keeps."""
    event = {"version": "2.0", "identitySource": ["Bearer nd_key"]}
    with made.aside(1 / REQUESTS_PER_LOOK_AT_A_KEY):
        assert made.invoke("AuthorizeFunction", event)["context"]["kind"] == "api_key"


def _post(made: World, body: dict[str, Any]) -> int:
    made.request("SendFunction", "POST /notifications", body=body)
    rounds = made.rounds
    _authorized(made)
    return rounds


def _in_app(made: World) -> tuple[int, int]:
    made.open_sockets("4", 1)
    made.reset()
    rounds = _post(made, _body("in-app"))
    made.stream()
    return 1, rounds


def _in_app_many(made: World) -> tuple[int, int]:
    for user in range(MANY):
        made.open_sockets(str(user), 1)
    made.reset()
    bodies = [_body("in-app", user) for user in range(MANY)]
    made.request("SendFunction", "POST /notifications/batch", body={"notifications": bodies})
    rounds = made.rounds
    _authorized(made)
    made.stream()
    return MANY, rounds


def _queued(channel: str, count: int, *, to: bool = True) -> Callable[[World], tuple[int, int]]:
    def run(made: World) -> tuple[int, int]:
        if not to:
            services.users().put("4", email="user4@example.com", phone="+14155552671")
        made.reset()
        for _ in range(count):
            rounds = _post(made, _body(channel, to=to))
        made.dispatch(channel)
        made.stream(alone=count == 1)
        return count, rounds

    return run


def _queued_many(channel: str) -> Callable[[World], tuple[int, int]]:
    def run(made: World) -> tuple[int, int]:
        bodies = [_body(channel, user) for user in range(MANY)]
        made.reset()
        made.request("SendFunction", "POST /notifications/batch", body={"notifications": bodies})
        rounds = made.rounds
        _authorized(made)
        made.dispatch(channel)
        made.stream()
        return MANY, rounds

    return run


def _with_inbox(made: World, count: int = 20) -> list[str]:
    """Give user 4 two devices and an inbox, and return what is in it."""
    made.open_sockets("4", 2)
    bodies = [_body("in-app") for _ in range(count)]
    answer = made.request(
        "SendFunction", "POST /notifications/batch", body={"notifications": bodies}
    )
    made.reset()
    return [entry["id"] for entry in answer["data"]]


def _list(made: World) -> tuple[int, int]:
    _with_inbox(made)
    path = {"id": "4"}
    made.request("ListFunction", "GET /users/{id}/notifications", path=path)
    rounds = made.rounds
    _authorized(made)
    return 1, rounds


def _sync(made: World) -> tuple[int, int]:
    _with_inbox(made)
    made.frame("WsInboxFunction", "sync")
    return 1, made.rounds


def _read(made: World) -> tuple[int, int]:
    ids = _with_inbox(made)
    made.frame("WsInboxFunction", "read", ids=ids[:1])
    return 1, made.rounds


def _connect(made: World) -> tuple[int, int]:
    token, _ = services.users().token("4", 900)
    made.reset()
    answer = made.invoke(
        "AuthorizeFunction",
        {"queryStringParameters": {"token": token}, "methodArn": "arn:aws:execute-api:connect"},
    )
    assert answer["context"]["user"] == "4"
    rounds = made.rounds
    made.invoke("WsConnectFunction", socket_event("$connect"))
    rounds += made.rounds
    made.invoke("WsConnectFunction", socket_event("$disconnect"))
    return 1, rounds


def _reconcile(made: World) -> tuple[int, int]:
    made.invoke("ReconcileFunction", {})
    return 1, made.rounds


OPERATIONS: Final = (
    Operation("in-app, single", _in_app, 2.95),
    Operation("in-app, by 100", _in_app_many, 1.75),
    Operation("email, single, queue idle", _queued("email", 1), 5.30),
    Operation("email, single, queue busy", _queued("email", BUSY), 3.75),
    Operation("email, by 100", _queued_many("email"), 2.15),
    Operation("email, busy, address looked up", _queued("email", BUSY, to=False)),
    Operation("sms, single, queue idle", _queued("sms", 1), 5.30),
    Operation("sms, single, queue busy", _queued("sms", BUSY), 3.75),
    Operation("sms, by 100", _queued_many("sms"), 2.15),
    Operation("list", _list),
    Operation("sync", _sync),
    Operation("read, two devices", _read),
    Operation("connect and disconnect", _connect),
    Operation("reconcile, nothing open", _reconcile),
)
