"""docs/performance.md says what is so: of what is exact, to the last digit."""

from __future__ import annotations

import re

import pytest

from bench.operations import OPERATIONS, Operation
from bench.prices import MILLION, PRICES, dollars
from bench.scale import hot_spots
from local.settings import ROOT
from tests.unit.bench.measuring import measured

LINES = (ROOT / "docs/performance.md").read_text("utf-8").splitlines()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if line[:1] == "|"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_what_an_operation_costs_is_published(operation: Operation) -> None:
    (row,) = (row for row in ROWS if row[0] == operation.name and len(row) > 5)

    assert row[1] == f"{dollars(measured(operation).bill) * MILLION:.2f}"


def test_the_readme_names_the_same_prices() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    section = text[text.index("## What it costs") :].partition("\n## ")[0]
    named = re.findall(r"\$(\d+\.\d+)", section)

    assert len(named) == 5
    assert set(named) <= {row[1] for row in ROWS if len(row) > 5}


def test_the_date_of_the_prices_is_published() -> None:
    assert any(f"as of {PRICES['as_of']}" in line for line in LINES)


def test_what_a_partition_takes_is_published() -> None:
    for what, operation, rate, why in hot_spots():
        assert [what, operation, f"{rate:,.0f}", why] in ROWS


@pytest.mark.parametrize("name", ["cost", "first_invoke", "warm", "dispatch", "latency", "scale"])
def test_each_figure_has_the_command_that_made_it(name: str) -> None:
    assert any(line.startswith(f"`python -m bench.{name}") for line in LINES)
