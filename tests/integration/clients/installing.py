"""The Python client as its users have it: installed, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BASH = shutil.which("bash") or "/bin/bash"
OLDEST = shutil.which("python3.11") or shutil.which("python3") or "python3"
"""The oldest Python that the client says it runs on, where there is one."""
NO_INDEX = "NO PACKAGE INDEX: that the client can be installed is not tested."


def installed(line: str, folder: Path) -> Path:
    """Run a line that installs the client, in a folder that has `clients` as a clone has.

    Returns:
        the environment's Python, in `.local/python`.
    """
    copied = folder / "clients" / "python"
    shutil.copytree(
        ROOT / "clients" / "python", copied, ignore=shutil.ignore_patterns("__pycache__")
    )
    commands = folder / "bin"
    commands.mkdir()
    (commands / "python3").symlink_to(OLDEST)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [BASH, "-euo", "pipefail", "-c", line],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**inherited, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"},
        timeout=240,
    )
    if done.returncode and "No matching distribution" in done.stderr + done.stdout:
        assert "CI" not in os.environ, NO_INDEX
        pytest.skip(NO_INDEX)
    assert done.returncode == 0, done.stderr + done.stdout
    return folder / ".local" / "python" / "bin" / "python"


def run(python: Path, *arguments: str, text: str = "", **variables: str) -> str:
    """Run an environment's Python, which knows nothing of this repository."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-W", "error", *arguments],
        check=False,
        input=text,
        capture_output=True,
        text=True,
        cwd=python.parent,
        env={**inherited, **variables},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
