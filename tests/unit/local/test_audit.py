"""What becomes of an audit's report: a hole ends the run, and silence is not taken for a pass."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import audit
from local.audit import judge, locks, main

ROOT = Path(__file__).parents[3]
GOOD = {"name": "good", "version": "1", "vulns": []}
SKIPPED = {"name": "strange", "skip_reason": "not found"}
BAD = {
    "name": "bad",
    "version": "2",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}],
}


def report(*packages: object) -> Mapping[str, Any]:
    return {"dependencies": packages}


def test_a_hole_is_named_with_what_mends_it() -> None:
    assert judge(report(GOOD, BAD)) == (["bad 2: PYSEC-1, mended in 3"], [])


@pytest.mark.parametrize("id_", ["PYSEC-1", "CVE-1"])
def test_a_hole_that_does_not_concern_us_is_excepted_by_any_of_its_names(
    id_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "EXCEPTIONS", {id_: "a reason"})

    assert judge(report(BAD)) == ([], [])


@pytest.mark.parametrize("silent", [None, report(), report(GOOD, SKIPPED)])
def test_what_was_not_looked_at_is_said(silent: Mapping[str, Any] | None) -> None:
    holes, missed = judge(silent)

    assert holes == []
    assert missed


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        (report(GOOD), 0, "No known holes"),
        (report(GOOD, BAD), 1, "KNOWN HOLE"),
        (report(SKIPPED), 0, "NOT AUDITED"),
        (report(SKIPPED, BAD), 1, "NOT AUDITED"),
        (None, 0, "NOT AUDITED"),
    ],
)
def test_only_a_hole_fails_and_an_audit_that_was_none_is_loud(
    found: Mapping[str, Any] | None,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(audit, "_audit", lambda _: found)

    assert main() == status
    assert said in "".join(capsys.readouterr())


def test_what_pip_audit_says_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a stand-in for it that is a program of its own."""
    program = tmp_path / "pip-audit"
    program.write_text(f"#!{sys.executable}\nprint('{{\"dependencies\": []}}')\n")
    program.chmod(0o700)
    monkeypatch.setattr(audit, "_PIP_AUDIT", program)

    assert audit._audit(tmp_path) == {"dependencies": []}  # noqa: SLF001 - its one call outside


def test_every_lock_is_audited() -> None:
    """Whatever is installed with hashes is in one of them."""
    listed = {path for path in locks() if path.is_file()}
    found = {
        path
        for path in (*ROOT.glob("*.txt"), *ROOT.glob("l*/**/requirements*.txt"))
        if "--hash=sha256:" in path.read_text("utf-8")
    }

    assert listed == found


def test_every_check_that_is_off_says_why() -> None:
    """A comment stands above each; the number of checks is that of the reasons."""
    text = (ROOT / ".checkov.yaml").read_text("utf-8")
    lines = [line.strip() for line in text[text.index("skip-check:") :].splitlines()[1:]]
    above = [lines[number - 1] for number, line in enumerate(lines) if line.startswith("- ")]

    assert len(above) == len(yaml.safe_load(text)["skip-check"])
    assert all(line.startswith("# ") for line in above)
