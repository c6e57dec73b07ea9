"""`python -m local.audit`: asks PyPI for known holes in every package of every lock.

`pip-audit` passes over what its service does not answer for, with success. So a lock of which
anything was passed over is reported as not audited, as loudly as a hole, if not as a failure: where
there is no such service the tests go on, and where there is, a hole ends them.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from local.settings import ROOT

EXCEPTIONS: Final[Mapping[str, str]] = {}
"""Holes that do not concern us, by their ids, each with the reason."""
_PIP_AUDIT: Final = ROOT / ".venvs/audit/bin/pip-audit"
_SECONDS: Final = 600


def locks(root: Path = ROOT) -> list[Path]:
    """Return all locks: what ships first, then the tools."""
    return [
        root / "layers/dependencies/requirements.txt",
        root / "requirements-dev.txt",
        *sorted((root / "local").glob("requirements-*.txt")),
    ]


def main() -> int:
    """Audit all locks; return 1 if there is a hole. What could not be audited is said loudly."""
    holes: list[str] = []
    unknown: list[str] = []
    for lock in locks():
        found, missed = judge(_audit(lock))
        name = lock.relative_to(ROOT)
        holes += [f"{name}: {hole}" for hole in found]
        if missed:
            unknown.append(
                f"{name}: {missed[0]}" + (f" (and {len(missed) - 1} more)" * (len(missed) > 1))
            )
    for hole in holes:
        print(f"KNOWN HOLE  {hole}", file=sys.stderr)
    for lock_name in unknown:
        print(f"NOT AUDITED  {lock_name}", file=sys.stderr)
    if unknown:
        print(
            "NOT AUDITED: PyPI's vulnerability service does not answer here: nobody knows whether "
            "these packages have known holes. Run 'make audit' where it does.",
            file=sys.stderr,
        )
    elif not holes:
        print(f"No known holes in {len(locks())} locks.")
    return 1 if holes else 0


def judge(report: Mapping[str, Any] | None) -> tuple[Sequence[str], Sequence[str]]:
    """Return the holes in a report, and what it does not speak of.

    Args:
        report: of pip-audit, None where there is none.

    """
    if report is None:
        return [], ["no report: see pip-audit's error above"]
    holes: list[str] = []
    missed: list[str] = []
    for package in report["dependencies"]:
        if reason := package.get("skip_reason"):
            missed.append(reason)
        for hole in package.get("vulns", ()):
            if EXCEPTIONS.keys().isdisjoint({hole["id"], *hole.get("aliases", ())}):
                mended = ", ".join(hole["fix_versions"]) or "no release"
                holes.append(
                    f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}"
                )
    if not report["dependencies"]:
        missed.append("the report is empty")
    return holes, missed


def _audit(lock: Path) -> Mapping[str, Any] | None:
    command = [str(_PIP_AUDIT), "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", "pypi", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    try:
        report: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError:
        print(done.stderr.strip()[-500:], file=sys.stderr)
        return None
    return report


if __name__ == "__main__":
    sys.exit(main())
