"""The storm in short: `make chaos` is the long one."""

from __future__ import annotations

import pytest

from tests.chaos.orders import Plan
from tests.chaos.run import run


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("service")  # it is built by then
def test_nothing_is_lost_or_sent_twice_in_a_storm() -> None:
    """On a stack of its own: functions are killed, the emulator is restarted, providers fail."""
    plan = Plan(seed=20_261_123, notifications=90, clients=4, kills=3)

    result = run(plan)

    assert result.balance.findings == [], result.balance.table()
    assert result.books.findings == []
    assert result.books.notifications >= plan.notifications
    assert result.restarts == 1
    assert result.killed >= plan.kills
    accepted = sum(row["accepted"] for row in result.balance.rows.values())
    assert accepted == plan.notifications
