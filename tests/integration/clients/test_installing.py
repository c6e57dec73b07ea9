"""The client can be installed, is typed, and brings nothing but `requests`."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notificationd_client import __version__
from tests.integration.clients.installing import installed, run

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "python3 -m venv .local/python && .local/python/bin/pip install --quiet ./clients/python"
USE = """
from notificationd_client import Client, Receipt
def greet(client: Client) -> Receipt:
    {line}
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(INSTALL, tmp_path_factory.mktemp("installed"))


def test_it_is_installed_with_its_version_and_requests_alone(python: Path) -> None:
    asked = (
        "from importlib.metadata import requires, version; import notificationd_client\n"
        "print(version('notificationd-client'), *requires('notificationd-client'), sep='|')"
    )
    found_version, *requirements = run(python, "-c", asked).strip().split("|")

    assert found_version == __version__
    assert [each for each in requirements if "extra ==" not in each] == ["requests>=2.32.4"]


def test_the_live_inbox_says_what_it_lacks(python: Path) -> None:
    asked = (
        "import importlib.util as u; print(u.find_spec('websockets'))\n"
        "try: import notificationd_client.inbox\n"
        "except ImportError as error: print(error)"
    )

    assert run(python, "-c", asked).splitlines() == ["None", "No module named 'websockets'"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('return client.send(4, "sms", "hello")', ""),
        ('return client.send(4, "fax", "hello")', "incompatible type \"Literal['fax']\""),
        ('return client.send(4, "sms", "hello").id', "Incompatible return value type"),
    ],
)
def test_its_users_code_is_checked_against_its_types(
    python: Path, tmp_path: Path, line: str, complaint: str
) -> None:
    file = tmp_path / "use.py"
    file.write_text(USE.format(line=line))
    options = ["--strict", "--python-executable", str(python), "--cache-dir", str(tmp_path)]
    clean = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "MYPYPATH"}}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", *options, file],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=clean,
        timeout=240,
    )

    assert complaint in done.stdout
    assert (done.returncode == 0) == (not complaint), done.stdout + done.stderr
