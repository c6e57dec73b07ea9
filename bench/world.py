"""The real functions in a made-up account (moto), with a meter at every call that they make."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from bench.assumptions import (
    AGE_MS,
    CALL_CPU_MS,
    CALL_MS,
    INVOCATION_CPU_MS,
    LAMBDA_LOG_BYTES,
    LOG_EVENT_BYTES,
    LONE_SECONDS,
    MB_PER_CPU,
    PROVIDER_MS,
)
from bench.billing import Bill, Meter, units
from bench.canned import response
from bench.virtual import Clock, Pool
from notificationd.runtime import aws as runtime_aws
from notificationd.runtime import services
from notificationd.runtime.providers import ConfiguredProviders
from tests.fakes import aws
from tests.fakes.delivery import ScriptedProvider
from tests.unit.functions.conftest import Account, account_in, api_event
from tests.unit.template import loader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ENDPOINT: Final = "https://sockets.execute-api.us-east-1.amazonaws.com/live"
CHANNELS: Final = ("email", "sms", "in-app")
HTTP_UNIT_KB: Final = 512
OPEN: Final = {"pending", "scheduled"}
SHARD: Final = "shardId-00000001764000000000-0123456f"
_READERS: Final = {
    "WatchFunction": [],  # all of it is settled, so nothing is written down
    "TallyFunction": ["Query", "PutItem"],
}
"""The readers of the stream, and the calls that each makes for a batch."""
_MODULES: Final = {
    "AuthorizeFunction": "functions.authorize.app",
    "DispatchFunction": "functions.dispatch.app",
    "InboxFunction": "functions.inbox.app",
    "ListFunction": "functions.list.app",
    "ReconcileFunction": "functions.reconcile.app",
    "SendFunction": "functions.send.app",
    "TallyFunction": "functions.tally.app",
    "WatchFunction": "functions.watch.app",
    "WsConnectFunction": "functions.ws_connect.app",
    "WsInboxFunction": "functions.ws_inbox.app",
}


_AGES: Final = re.compile(r'(?<="AgeAtSend":\[)[\d,]+')


class _Context:
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@dataclass(slots=True)
class World:
    """An account in which the functions are invoked, and what that is billed.

    Attributes:
        bill: of everything since the last `measure`.
        rounds: calls one after the other on the critical path of the last invocation.
    """

    account: Account
    meter: Meter
    clock: Clock
    functions: Mapping[str, Any]
    bill: Bill = field(default_factory=Bill)
    rounds: int = 0
    calls: list[str] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def reset(self) -> None:
        """Begin anew."""
        self.bill = Bill()
        self.calls = []
        self.changes = []

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Invoke a function, count what it does, and return its answer.

        Args:
            function: its logical id in the template.
        """
        self.meter.reset()
        self.clock.restart()
        log = io.StringIO()
        with contextlib.redirect_stdout(log):
            answer = importlib.import_module(_MODULES[function]).handler(event, _Context())
        settings = self.functions[function]
        lines = [_of_same_age(line) for line in log.getvalue().splitlines()]
        own = sum(len(line.encode()) + LOG_EVENT_BYTES for line in lines)
        self.bill += self.meter.bill + Bill(
            lambda_requests=1,
            gb_seconds=self._gb_seconds(settings["MemorySize"]),
            log_bytes=own + lambda_log_bytes(settings),
        )
        self.rounds = self.clock.now.rounds
        self.calls += self.meter.calls
        self.changes += self.meter.changes
        return answer

    def request(self, function: str, route: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Make a request of the HTTP API's and return the body of the answer."""
        event = api_event(route, **fields)
        answer = self.invoke(function, event)
        size = max(len(event.get("body", "")), len(answer["body"]))
        self.bill += Bill(http_requests=units(size, HTTP_UNIT_KB))
        body: dict[str, Any] = json.loads(answer["body"])
        if answer["statusCode"] >= 300:  # noqa: PLR2004 - what is measured is what works
            raise AssertionError(body)
        return body

    def frame(self, function: str, action: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        """Let user 4's first device send a frame."""
        body = json.dumps({"action": action, **fields})
        self.bill += Bill(socket_messages=units(len(body), 32))
        self.invoke(function, socket_event(action, body))

    def dispatch(self, channel: str) -> None:
        """Let Lambda take what lies on a queue, in batches of ten."""
        sqs, url = self.account.sqs, self.account.queues[channel]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            records = [_queue_record(channel, message) for message in messages]
            answer = self.invoke("DispatchFunction", {"Records": records})
            assert answer == {"batchItemFailures": []}, answer
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            size = sum(len(message["Body"].encode()) for message in messages)
            # One receive and one delete for all of them.
            self.bill += Bill(sqs_requests=units(size, 64) + 1)

    def stream(self, *, alone: bool = False) -> None:
        """Let Lambda hand over the changes that the filters of the stream's readers let through.

        Args:
            alone: what shares a batch is what comes within its window, one every LONE_SECONDS.
                Else batches are full, and the rest of them is other notifications'.
        """
        changes = list(self.changes)
        for function, passes in (("WatchFunction", _is_open), ("TallyFunction", _is_counted)):
            passed = [change for change in changes if passes(change)]
            if not passed:
                continue
            reader = self.functions[function]["Events"]["Changes"]["Properties"]
            window = reader["MaximumBatchingWindowInSeconds"]
            share = LONE_SECONDS / window if alone else len(passed) / reader["BatchSize"]
            with self.aside(share):
                self.invoke(function, {"Records": passed, "shardId": SHARD, "state": {}})
                assert self.calls == _READERS[function]

    @contextlib.contextmanager
    def aside(self, share: float) -> Iterator[None]:
        """Put only a share of what happens meanwhile on the bill, and nothing onto the calls."""
        bill, calls, changes, rounds = self.bill, self.calls, self.changes, self.rounds
        self.reset()
        yield
        self.bill = bill + self.bill * share
        self.calls, self.changes, self.rounds = calls, changes, rounds

    def open_sockets(self, user: str, count: int) -> None:
        """Let a user have live sockets; that itself is not counted."""
        for number in range(count):
            services.connections().add(user, f"socket{number}=", 1_800_000_000_000)

    def _gb_seconds(self, memory: int) -> float:
        cpu = INVOCATION_CPU_MS + CALL_CPU_MS * len(self.meter.calls)
        milliseconds = cpu * MB_PER_CPU / memory + self.clock.now.milliseconds
        return memory / 1024 * milliseconds / 1000


@contextlib.contextmanager
def world() -> Iterator[World]:
    """Give a fresh account, with no user in it."""
    clock = Clock()

    class Provider(ScriptedProvider):
        def send(self, notification: Any) -> str:  # noqa: ANN401 - as its base has it
            meter.calls.append("provider")
            clock.call(PROVIDER_MS)
            return super().send(notification)

    provider = Provider("mailgun")

    def providers(_: ConfiguredProviders, __: object) -> Sequence[ScriptedProvider]:
        return (provider,)

    with pytest.MonkeyPatch.context() as patch, account_in(patch) as account:
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        pool, socket_pool = Pool(clock, runtime_aws.POOL_SIZE), Pool(clock, 20)
        patch.setattr(services, "pool", lambda: pool)
        patch.setattr(services, "_socket_pool", lambda: socket_pool)
        patch.setattr(ConfiguredProviders, "__getitem__", providers)
        made = Meter(
            boto3.client("dynamodb", region_name=aws.REGION),
            lambda service: clock.call(CALL_MS[service]),
        )
        meter = made
        for client in (
            runtime_aws.dynamodb(),
            runtime_aws.sqs(),
            runtime_aws.ssm(),
            runtime_aws.scheduler(),
            runtime_aws.sockets(ENDPOINT),
        ):
            meter.connect(client)
        runtime_aws.sockets(ENDPOINT).meta.events.register(
            "before-send.apigatewaymanagementapi", _taken
        )
        yield World(account, meter, clock, loader.Template(loader.load()).functions())


_ENVIRONMENT: Final = {
    "LOG_LEVEL": "WARNING",  # the template's default
    "WEBSOCKET_ENDPOINT": ENDPOINT,
    "MAX_RECEIVES": "5",
    "RETRY_BASE_SECONDS": "10",
    "LEASE_SECONDS": "30",
    "LOOK_SECONDS": "3600",
    "QUEUE_RETENTION_SECONDS": "345600",
    "DEAD_LETTER_RETENTION_SECONDS": "1209600",
}


def lambda_log_bytes(settings: Mapping[str, Any]) -> int:
    """Return what Lambda itself writes to the log for an invocation that succeeds."""
    logging = settings.get("LoggingConfig", {})
    is_quiet = logging.get("LogFormat") == "JSON" and logging.get("SystemLogLevel") == "WARN"
    return 0 if is_quiet else LAMBDA_LOG_BYTES


def socket_event(route: str, body: str | None = None) -> dict[str, Any]:
    """Make an event of the WebSocket API's, from user 4's first device."""
    context = {
        "routeKey": route,
        "connectionId": "socket0=",
        "apiId": "sockets",
        "stage": "live",
        "authorizer": {"kind": "user", "user": "4", "expires_at": "9999999999999"},
    }
    return {"requestContext": context} | ({} if body is None else {"body": body})


def _queue_record(channel: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1"},
        "eventSourceARN": f"arn:aws:sqs:{aws.REGION}:123456789012:{channel}",
    }


def _is_open(change: Mapping[str, Any]) -> bool:
    """Tell whether the filter of `watch` lets a change through: it is, or was, open."""
    images = (change["dynamodb"].get(name, {}) for name in ("OldImage", "NewImage"))
    return any(image.get("status", {}).get("S") in OPEN for image in images)


def _is_counted(change: Mapping[str, Any]) -> bool:
    """Tell whether the filter of `tally` does: a new notification, or an email or SMS."""
    write = change["dynamodb"]
    if not write["Keys"]["sk"]["S"].startswith("NOTIFICATION#"):
        return False
    channel = write.get("NewImage", {}).get("channel", {}).get("S")
    return change["eventName"] == "INSERT" or channel in {"email", "sms"} or _is_open(change)


def _taken(**_: object) -> Any:  # noqa: ANN401 - botocore's own class
    """Let every socket take its frame: moto knows no sockets."""
    return response()


def _of_same_age(line: str) -> str:
    """Return a line of the log with each age assumed, since this machine's pace decides them."""
    return _AGES.sub(lambda ages: re.sub(r"\d+", str(AGE_MS), ages[0]), line)
