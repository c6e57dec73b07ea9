"""`python -m local.sandbox` as a process."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local.sandbox.client import SandboxClient

ROOT = Path(__file__).parents[3]
PATIENCE = 20  # seconds until a process that does not end fails its test


@contextmanager
def _command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "local.sandbox", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"Provider sandbox ready at (http://127\.0\.0\.1:\d+)\n", line)
    assert found, line
    return found[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_also_while_a_call_hangs(number: signal.Signals) -> None:
    """It starts on loopback, and ends without a word and with the code 0."""
    with (
        _command("--port", "0") as process,
        SandboxClient(_address(process)) as sandbox,
        closing(HTTPConnection(urlsplit(sandbox.base_url).netloc)) as hanging,
    ):
        sandbox.fault("mailgun", "timeout")
        hanging.request("POST", "/mailgun/v3/x/messages")
        assert any(sandbox.requests(outcome="timeout") for _ in range(1_000))

        process.send_signal(number)
        _, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, errors) == (0, "")


def test_a_busy_port_ends_in_one_sentence() -> None:
    """It says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with _command("--port", str(port)) as process:
            output, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, output) == (1, "")
    assert errors == (
        f"Port {port} is already in use: stop what is listening there, or give another one with "
        "--port.\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_of_another_machine_ends_in_one_sentence(host: str) -> None:
    """Both are kept for examples (RFC 5737, RFC 6761), so no machine has them."""
    with _command("--host", host, "--port", "0") as process:
        _, errors = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert errors == f"Can't listen on {host}: give an address of this machine with --host.\n"


@pytest.mark.parametrize("port", ["65536", "-1", "http", "٣"])
def test_what_is_no_port_is_refused(port: str) -> None:
    """With the exit code of a wrong command line."""
    with _command(f"--port={port}") as process:
        _, errors = process.communicate(timeout=PATIENCE)

    assert process.returncode == 2
    assert "is not a port from 0 to 65535" in errors
