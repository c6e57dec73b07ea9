"""A run: many callers at once, a storm among them, and the balance when all has come to rest."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from local.stack import Stack, settings_beside
from tests.chaos import books, facts
from tests.chaos.balance import Balance, balance
from tests.chaos.callers import Caller, Told
from tests.chaos.orders import Plan, orders, users
from tests.chaos.weather import Storm, cloud_over
from tests.e2e.conftest import configured
from tests.e2e.service import Service, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

VISIBILITY_SECONDS = 35
"""Longer than a worker lives. The template's three minutes would make a run as much longer."""
REST_SECONDS = 900.0
CHANNEL_QUEUES = ("EmailQueueUrl", "SmsQueueUrl", "InAppQueueUrl")


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to.

    Args:
        calls: how many calls were made to the providers.
        books: the service's own, against a full count of the table.
        unanswered: how many calls of callers got no answer of the service's.
    """

    balance: Balance
    books: books.Comparison
    killed: int
    restarts: int
    calls: int
    unanswered: int


def run(plan: Plan, report: Callable[[str], None] = lambda _: None) -> Result:
    """Start a stack, let the storm rage, wait until all has come to rest, and balance the books."""
    settings = replace(settings_beside("chaos"), keeps_state=True)
    with ExitStack() as open_:
        stack = open_.enter_context(Stack(settings, report))
        service = open_.enter_context(Service(stack))
        # Failing over would hide the faults: the storm is for retries.
        open_.enter_context(
            configured(
                service, "DispatchFunction", EMAIL_PROVIDERS="mailgun", SMS_PROVIDERS="twilio"
            )
        )
        for function in ("WatchFunction", "ReconcileFunction"):
            open_.enter_context(configured(service, function, LOOK_SECONDS="0"))
        _prepare(service)
        cloud_over(service.sandbox, plan)
        storm = Storm(stack, plan)
        told = _ask_all(service, plan, storm, report)
        report("Waiting until all has come to rest")
        _rest(service)
        seen = facts.facts(service, [each.token for each in told], storm.last_at)
        return Result(
            balance=balance(told, seen),
            books=_books(service),
            killed=storm.killed,
            restarts=storm.restarts,
            calls=seen.calls.total(),
            unanswered=sum(each.status is None for each in told),
        )


def _prepare(service: Service) -> None:
    for number, user in enumerate(users()):
        points = {"email": f"{user}@example.com", "phone": f"+1415555{number:04}"}
        assert service.put(f"/users/{user}", points).status_code == 200
    for queue in CHANNEL_QUEUES:
        service.sqs.set_queue_attributes(
            QueueUrl=service.outputs[queue],
            Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)},
        )


def _ask_all(
    service: Service, plan: Plan, storm: Storm, report: Callable[[str], None]
) -> list[Told]:
    caller = Caller(service.endpoints)
    told: list[Told] = []
    with ThreadPoolExecutor(plan.clients) as pool:
        asked = [pool.submit(caller.ask, order) for order in orders(plan)]
        for finished, answers in enumerate(as_completed(asked), start=1):
            told += answers.result()
            storm.strike(finished)
            if finished % 100 == 0:
                report(f"{finished} of {plan.notifications} accepted")
    return told


def _rest(service: Service) -> None:
    """Wait until the queues are empty and nothing is open; then whatever is left is reconciled."""
    eventually(lambda: facts.is_at_rest(service), patience=REST_SECONDS)

    def reconciled() -> int:
        if left := facts.open_records(service):
            _reconcile(service)
        return left

    eventually(reconciled, lambda left: left == 0 or not _is_watched(service), patience=60)


def _books(service: Service) -> books.Comparison:
    """Wait until the stream has been read to its end, and compare."""

    def look() -> books.Comparison:
        answer = service.get("/accounting")
        assert answer.status_code == 200, answer.text
        return books.compare(answer.json(), facts.records(service))

    try:
        return eventually(look, lambda comparison: not comparison.findings)
    except AssertionError:
        return look()


def _reconcile(service: Service) -> None:
    name = service.stack.cloud.resources("AWS::Lambda::Function")["ReconcileFunction"]
    service.client("lambda").invoke(FunctionName=name, Payload=json.dumps({}).encode())


def _is_watched(service: Service) -> bool:
    answer = service.dynamodb.query(
        TableName=service.outputs["TableName"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "WATCH"}},
        ConsistentRead=True,
    )
    return bool(answer["Items"])
