"""The README names tests as its proof: they have to be there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text("utf-8")
GUARANTEES = TEXT[TEXT.index("## What is guaranteed") : TEXT.index("## Where things are")]
LINKS = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT)
NAMES = re.findall(r"`…?((?:[a-z]+_){3,}[a-z]+|[A-Z]+_[A-Z]+)`", GUARANTEES)


@pytest.mark.parametrize("name", NAMES)
def test_a_test_that_is_named_as_a_proof_exists(name: str) -> None:
    sources = [path.read_text("utf-8") for path in ROOT.glob("tests/**/*.py")]

    assert any(
        re.search(rf"def \w*{name}\(|^{name} = ", source, re.MULTILINE) for source in sources
    )


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
