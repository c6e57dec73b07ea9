"""The books as operators see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.api.views import optional_timestamp, timestamp
from notificationd.domain.accounting import HOUR_MS
from notificationd.domain.record import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notificationd.domain.accounting import Statement


def statement_view(statement: Statement) -> dict[str, Any]:
    """Return the books of some hours: each line adds up to what was accepted."""
    totals = statement.totals()
    return {
        "from": timestamp(statement.start),
        "to": timestamp(statement.end),
        "counted_up_to": optional_timestamp(statement.counted_up_to),
        "data": [
            {"hour": timestamp(hour * HOUR_MS), "notification_type": channel, **_line(row)}
            for (hour, channel), row in statement.rows.items()
        ],
        "totals": {channel: _line(row) for channel, row in totals.items()},
        "total": _line(statement.total()),
    }


def _line(row: Mapping[Status, int]) -> dict[str, int]:
    settled: dict[str, int] = {each: row.get(each, 0) for each in Status if each not in OPEN}
    return {
        "accepted": sum(row.values()),
        **settled,
        "in_progress": sum(row.get(status, 0) for status in OPEN),
    }
