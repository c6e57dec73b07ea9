"""docs/security.md names the tests that show its guards: they have to be there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text("utf-8")
_TABLE = TEXT[TEXT.index("## Threats") : TEXT.index("What stays:")]
ROWS = [line.strip("| ").split(" | ") for line in _TABLE.splitlines() if line.startswith("| **")]
NAMES = sorted(set(re.findall(r"`(test_\w+)`", TEXT)))
DEFINED = {
    name
    for path in ROOT.glob("tests/**/test_*.py")
    for name in re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
}
PROMISED = (
    "token in a query string",
    "Replay",
    "Enumeration",
    "SSRF",
    "email headers",
    "SMS",
    "HTML",
    "Denial of wallet",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_test_that_is_named_exists(name: str) -> None:
    assert name in DEFINED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_threat_has_a_guard_and_names_a_test(row: list[str]) -> None:
    _, guard, tests = row

    assert guard
    assert re.search(r"`test_\w+`", tests)


@pytest.mark.parametrize("threat", PROMISED)
def test_no_threat_that_belongs_there_is_left_out(threat: str) -> None:
    assert any(threat in row[0] for row in ROWS)


@pytest.mark.parametrize("page", ["security.md", "upgrades.md"])
def test_a_link_leads_somewhere(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)

    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
