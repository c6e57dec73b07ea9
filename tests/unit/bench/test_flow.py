"""The simulation: what must hold of any flow, whatever its figures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.flow import Stage, constant, simulate
from bench.scale import World, growing, hot_spots, in_app, pollers, queued

SMALL = World(users=20_000)
WIDE, NARROW = 500.0, 50.0


def ends(**rates: float) -> dict[str, int]:
    """Return when each stage of a small flow has ended."""
    stages = [Stage("accept", {"wide": 1.0}), Stage("deliver", {"narrow": 1.0, "wide": 1.0})]
    given_rates = {"wide": WIDE, "narrow": NARROW} | rates
    flow = simulate(10_000, stages, {name: constant(rate) for name, rate in given_rates.items()})
    return flow.ended


def test_a_flow_ends_when_its_narrowest_place_has_let_all_through() -> None:
    assert ends()["deliver"] == 10_000 / NARROW + 1  # what is accepted now is delivered next second


def test_doubling_what_is_not_the_bottleneck_changes_nothing_in_the_end() -> None:
    assert ends(wide=2 * WIDE)["deliver"] == ends()["deliver"]


def test_doubling_the_bottleneck_halves_the_time() -> None:
    assert ends(narrow=2 * NARROW)["deliver"] == pytest.approx(ends()["deliver"] / 2, abs=1)


def test_what_has_come_furthest_goes_first() -> None:
    """Both stages need the same: a queue is emptied as fast as it is filled, not afterwards."""
    stages = [Stage("accept", {"shared": 1.0}), Stage("deliver", {"shared": 1.0})]

    flow = simulate(1_000, stages, {"shared": constant(10.0)})

    assert flow.longest["deliver"] <= 10
    assert flow.ended["deliver"] == 200


@given(st.integers(1, 5_000), st.floats(1, 1_000), st.floats(1, 1_000))
def test_no_stage_ends_before_the_one_before_it(things: int, first: float, second: float) -> None:
    stages = [Stage("first", {"a": 1.0}), Stage("second", {"b": 1.0})]

    flow = simulate(things, stages, {"a": constant(first), "b": constant(second)})

    assert flow.ended["first"] <= flow.ended["second"]
    assert flow.ended["second"] >= things / min(first, second) - 1


def test_the_bottleneck_is_named() -> None:
    flow = queued(SMALL, 14)

    assert flow.bottleneck == "provider"
    assert flow.ended["dispatch"] == pytest.approx(SMALL.users / 14, rel=0.01)


def test_without_a_providers_limit_it_is_the_queues_concurrency() -> None:
    assert queued(SMALL, None).bottleneck == "MaximumConcurrency of the queue"


def test_more_workers_than_the_provider_takes_change_nothing() -> None:
    more = replace(SMALL, concurrency=2 * SMALL.concurrency)

    assert queued(more, 14).ended["dispatch"] == queued(SMALL, 14).ended["dispatch"]


def test_a_broadcast_to_inboxes_is_held_up_by_the_new_tables_writes() -> None:
    flow = in_app(replace(SMALL, users=100_000))

    assert flow.bottleneck == "table writes"
    assert flow.ended["send"] == 25


def test_twice_the_users_take_twice_as_long() -> None:
    one, two = in_app(World(users=200_000)), in_app(World(users=400_000))

    assert two.ended["send"] == 2 * one.ended["send"]


def test_a_table_grows_by_the_half_hour_up_to_its_quota() -> None:
    rate = growing(4_000)

    assert [rate(0), rate(1_799), rate(1_800), rate(36_000)] == [4_000, 4_000, 8_000, 40_000]


def test_pollers_begin_with_five_and_stop_at_the_maximum() -> None:
    assert [pollers(1_000)(second) for second in (0, 60, 600)] == [5, 305, 1_000]
    assert pollers(10)(60) == 10


def test_no_user_can_have_more_than_one_partition_takes() -> None:
    assert all(0 < rate <= 12_000 for _, _, rate, _ in hot_spots())
    assert hot_spots()[0][:3] == ("one user", "in-app notifications", 1_000)
