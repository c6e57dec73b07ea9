"""Figure 1, cost: billed operations, counted in the real functions, at list prices.

`python -m bench.cost`

Requests, units, messages and log bytes are counted; GB-seconds are estimated from the calls on the
critical path and the template's memory, under the assumptions in bench/assumptions.py.
"""

from __future__ import annotations

from typing import Final

from bench.assumptions import IDLE_POLLERS, MONTH_MINUTES, POLL_SECONDS
from bench.billing import Bill
from bench.operations import OPERATIONS, Measured
from bench.prices import MILLION, PRICES, dollars
from bench.tables import heading, table
from tests.unit.template import loader

RECONCILE_MINUTES: Final = 15
SOCKET_MINUTES: Final = 120
"""API Gateway ends a socket then, and its client connects again."""


def main() -> None:
    """Print the tables."""
    heading("1. Cost")
    print(
        f"US dollars for a million at the list prices of {PRICES['region']}, {PRICES['as_of']}, "
        "without free tiers and providers' fees.\n"
    )
    measured = {operation.name: operation.measure() for operation in OPERATIONS}
    rows = []
    for operation in OPERATIONS:
        bill = measured[operation.name].bill
        cost = dollars(bill) * MILLION
        over = None if operation.goal is None else f"{cost - operation.goal:+.2f}"
        rows.append([operation.name, cost, operation.goal, over, *_parts(bill)])
    parts = ["write", "read", "SQS", "HTTP", "frames", "Lambda", "GB-s", "log bytes"]
    table(["operation", "$", "goal", "over", *parts], rows)
    _print_month(measured)


def _parts(bill: Bill) -> list[str]:
    amounts = (
        bill.write_units,
        bill.read_units,
        bill.sqs_requests,
        bill.http_requests,
        bill.socket_messages + bill.pushes,
        bill.lambda_requests,
        bill.gb_seconds,
        bill.log_bytes,
    )
    return [f"{amount:.3g}" for amount in amounts]


def idle_month(reconcile: Bill) -> Bill:
    """Return what a month without any notification is billed.

    Args:
        reconcile: for a run that finds nothing open.
    """
    mappings = len(loader.Template(loader.load()).queue_events())
    polls = mappings * IDLE_POLLERS * MONTH_MINUTES * 60 / POLL_SECONDS
    return Bill(sqs_requests=polls) + reconcile * (MONTH_MINUTES / RECONCILE_MINUTES)


def socket_month(connect: Bill) -> Bill:
    """Return what a socket is billed that is open for a month.

    Args:
        connect: for opening and closing one.
    """
    return connect * (MONTH_MINUTES / SOCKET_MINUTES) + Bill(socket_minutes=MONTH_MINUTES)


def _print_month(measured: dict[str, Measured]) -> None:
    idle = idle_month(measured["reconcile, nothing open"].bill)
    socket = socket_month(measured["connect and disconnect"].bill)
    template = loader.Template(loader.load())
    alarms = len(template.all("AWS::CloudWatch::Alarm"))
    print("US dollars for a month:\n")
    table(
        ["what", "$"],
        [
            [
                f"idle: {idle.sqs_requests:,.0f} polls of empty queues, and reconciling",
                dollars(idle),
            ],
            ["a thousand sockets that stay open", dollars(socket) * 1000],
        ],
    )
    print(f"Apart from these: {alarms} alarms, and what the table and the logs store.\n")


if __name__ == "__main__":
    main()
