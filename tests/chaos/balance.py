"""The balance: what callers were told against what there is. No side may owe the other anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.record import Outcome, Reason, Record, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.chaos.callers import Told
    from tests.chaos.facts import Facts

LOST = "lost"
TWICE = "sent twice"
UNEXPLAINED = "unexplained"
FAULTS = (LOST, TWICE, UNEXPLAINED)
COLUMNS = (
    "accepted",
    *Status,
    "sent again",  # after an unknown outcome, as at_least_once wants it
    "unasked",  # settled although its caller was told nothing, or 503
    *FAULTS,
)


@dataclass(slots=True)
class Balance:
    """What a run came to.

    Args:
        rows: of each channel, how many there are of each column.
        findings: a sentence for everything that is counted as a fault.
    """

    rows: dict[Channel, Counter[str]] = field(
        default_factory=lambda: {channel: Counter() for channel in Channel}
    )
    findings: list[str] = field(default_factory=list)

    def table(self) -> str:
        """Return it as a table, with a line for each channel and one for all."""
        total = sum(self.rows.values(), Counter[str]())
        lines = [("", *COLUMNS)]
        for name, row in (*self.rows.items(), ("all", total)):
            lines.append((str(name), *(str(row[column]) for column in COLUMNS)))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in lines
        )


def balance(told: Sequence[Told], facts: Facts) -> Balance:
    """Compare what callers were told with what the table, the queues and the providers have."""
    made = Balance()
    for each in told:
        row = made.rows[each.order.channel]
        record = facts.records.get(each.token)
        row["accepted"] += each.id is not None
        row["unasked"] += each.id is None and record is not None
        if record is not None:
            row[record.status] += 1
            row["sent again"] += facts.received[each.token] > 1
        for fault, why in _faults(each, record, facts):
            row[fault] += 1
            made.findings.append(f"{fault}: {each.token} {why} ({_timeline(record)})")
    tokens = {each.token for each in told}
    for token in (facts.records.keys() | facts.received.keys()) - tokens:
        made.findings.append(f"{UNEXPLAINED}: nobody asked for {token!r}")
    return made


def _faults(told: Told, record: Record | None, facts: Facts) -> Iterator[tuple[str, str]]:
    if told.status not in {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE, None}:
        yield UNEXPLAINED, f"was answered with {told.status}"
    received = facts.received[told.token]
    if record is None:
        if told.id is not None:
            yield LOST, "was accepted and has no record"
        if received:
            yield UNEXPLAINED, "was received and has no record"
        return
    if told.id not in {None, record.notification.id}:
        yield UNEXPLAINED, "has another id than its caller was told"
    if record.status is Status.PENDING:
        yield LOST, "is still pending"
    if told.order.channel is Channel.IN_APP:
        if record.status is not Status.SENT:
            yield LOST, "is not in the inbox"
        return
    yield from _delivery_faults(record, received, facts)


def _delivery_faults(record: Record, received: int, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield what does not fit together of an email or SMS."""
    unknown = sum(attempt.outcome is Outcome.UNKNOWN for attempt in record.attempts)
    once = record.notification.delivery is Delivery.AT_MOST_ONCE
    if received > (1 if once else 1 + unknown):
        yield TWICE, f"was received {received} times, and {unknown} outcomes were unknown"
    if record.status is Status.SENT and not received:
        yield UNEXPLAINED, "is said to be sent, and was not received"
    if record.status is Status.FAILED:
        if received and not unknown:
            yield UNEXPLAINED, "is said to have failed, and was received"
        if record.reason is None or record.reason is Reason.LOST:
            yield UNEXPLAINED, f"has failed for the reason {record.reason}"
        if record.reason is Reason.RETRIES_EXHAUSTED and record.notification.id not in facts.dead:
            yield UNEXPLAINED, "has failed and left no dead letter"
    calls = facts.calls[record.notification.id]
    stored = sum(attempt.provider is not None for attempt in record.attempts)
    if calls and not stored <= calls <= record.attempt_count:
        yield UNEXPLAINED, f"had {calls} provider calls"
    # When nobody is killed any more, no call is missing, the last one before a dead letter neither.
    calm = sum(a.provider is not None and a.at >= facts.calm_since for a in record.attempts)
    if calm < facts.calm_calls[record.notification.id]:
        yield UNEXPLAINED, "had a call after the storm that nobody took down"


def _timeline(record: Record | None) -> str:
    if record is None:
        return "no record"
    attempts = ", ".join(f"{a.provider} {a.outcome} {a.code}" for a in record.attempts)
    return f"{record.status} {record.reason}, {record.notification.delivery}: {attempts}"
