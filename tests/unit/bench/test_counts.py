"""What each operation takes: a change that adds a call, or a unit, fails here."""

from __future__ import annotations

import pytest

from bench.cost import idle_month
from bench.counts import COUNTS, Count
from bench.operations import OPERATIONS, Measured, Operation
from bench.prices import MILLION, dollars
from bench.warm import GOAL_ROUNDS
from tests.unit.bench.measuring import measured


def count(found: Measured) -> Count:
    """Return what an operation takes in the words of the table."""
    bill = found.bill
    return Count(
        calls=found.calls,
        rounds=found.rounds,
        write=round(bill.write_units, 4),
        read=round(bill.read_units, 4),
        sqs=round(bill.sqs_requests, 4),
        http=round(bill.http_requests, 4),
        frames=round(bill.socket_messages + bill.pushes, 4),
        invocations=round(bill.lambda_requests, 4),
        log=round(bill.log_bytes),
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_takes_what_the_table_says(operation: Operation) -> None:
    assert count(measured(operation)) == COUNTS[operation.name]


def test_every_operation_stands_in_the_table() -> None:
    assert list(COUNTS) == [operation.name for operation in OPERATIONS]


@pytest.mark.parametrize("name", GOAL_ROUNDS)
def test_no_caller_waits_for_more_round_trips_than_the_goal(name: str) -> None:
    assert COUNTS[name].rounds <= GOAL_ROUNDS[name]


def test_an_idle_month_costs_less_than_a_dollar() -> None:
    (reconcile,) = (each for each in OPERATIONS if each.name == "reconcile, nothing open")

    assert 0.5 < dollars(idle_month(measured(reconcile).bill)) < 1


@pytest.mark.parametrize(
    ("name", "missed_by"),
    [
        ("in-app, single", 0.32),
        ("in-app, by 100", 0.06),
        ("email, single, queue idle", 0.67),
        ("email, single, queue busy", 0.15),
        ("email, by 100", 0.03),
        ("sms, single, queue idle", 0.67),
        ("sms, single, queue busy", 0.15),
        ("sms, by 100", 0.03),
    ],
)
def test_a_million_costs_no_more_than_is_published(name: str, missed_by: float) -> None:
    """By how much a goal is missed, at most; docs/performance.md says why."""
    (operation,) = (each for each in OPERATIONS if each.name == name)
    assert operation.goal is not None

    assert dollars(measured(operation).bill) * MILLION <= operation.goal + missed_by
