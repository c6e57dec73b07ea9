"""The books against a full count of the table: every hour, channel and status has to agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notificationd.api.views import timestamp
from notificationd.domain.accounting import HOUR_MS
from notificationd.domain.record import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notificationd.domain.record import Record

type Count = Counter[tuple[str, str, str]]
"""How many there are of an hour, a channel and a column of the books."""

COLUMNS = ("accepted", *(status for status in Status if status not in OPEN), "in_progress")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the comparison came to.

    Args:
        notifications: how many there are in the table, of those hours.
        findings: a sentence for each number that does not agree.
    """

    notifications: int
    findings: Sequence[str]

    def __str__(self) -> str:
        """Return it as a line."""
        if self.findings:
            return f"Accounting does not agree with the table: {'; '.join(self.findings)}"
        return f"Accounting agrees with a full count of {self.notifications} notifications."


def compare(answer: dict[str, Any], records: Iterable[Record]) -> Comparison:
    """Compare an answer of `GET /accounting` with all records of the table."""
    said = _said(answer)
    hours = range(_milliseconds(answer["from"]), _milliseconds(answer["to"]))
    counted = _counted(record for record in records if record.notification.created_at in hours)
    lines = (*answer["data"], *answer["totals"].values(), answer["total"])
    findings = [
        f"{' '.join(key)} is {counted[key]}, not {said[key]}"
        for key in sorted(said.keys() | counted.keys())
        if said[key] != counted[key]
    ]
    findings += [
        f"a line does not add up: {line}"
        for line in lines
        if line["accepted"] != sum(line[column] for column in COLUMNS[1:])
    ]
    total = sum(count for key, count in counted.items() if key[2] == "accepted")
    if answer["total"]["accepted"] != total:
        findings.append(f"{total} are in the table, not {answer['total']['accepted']}")
    return Comparison(total, findings)


def _said(answer: dict[str, Any]) -> Count:
    return Counter(
        {
            (line["hour"][:13], line["notification_type"], column): line[column]
            for line in answer["data"]
            for column in COLUMNS
            if line[column]
        }
    )


def _counted(records: Iterable[Record]) -> Count:
    count: Count = Counter()
    for record in records:
        column = "in_progress" if record.status in OPEN else record.status
        hour = _hour(record.notification.created_at)
        for each in ("accepted", column):
            count[hour, record.notification.channel, each] += 1
    return count


def _milliseconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp() * 1000)


def _hour(at: int) -> str:
    return timestamp(at // HOUR_MS * HOUR_MS)[:13]
