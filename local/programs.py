"""The two programs that a local run consists of, and how to tell that they are ready."""

import os
import sys
import time
from typing import TYPE_CHECKING, Final

import requests

from local.errors import LocalError
from local.processes import Process, Program
from local.settings import HOST, Settings

if TYPE_CHECKING:
    from pathlib import Path

START_SECONDS: Final = 60.0  # both are up in about one; a loaded machine takes longer
_POLL_SECONDS: Final = 0.05
_ANSWER_SECONDS: Final = 5.0


def emulator(settings: Settings) -> Program:
    """Return MiniStack, on loopback and with IAM enforced.

    Its environment is made from nothing: whatever is in it the functions see too.
    """
    data = settings.state / "emulator"
    scratch = data / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.defpath,
        "HOME": str(data),
        "TMPDIR": str(scratch),
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.port),
        "S3_DATA_DIR": str(data / "s3"),
        "STATE_DIR": str(data / "state"),
        "PERSIST_STATE": "1" if settings.keeps_state else "0",
        # Side servers and containers that nothing here needs.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{data}/no-docker.sock",
    }
    python = settings.tool("emulator/bin/python")
    # -P: what lies beside it must not be taken for modules of the emulator's.
    command: list[str | Path] = [python, "-P", settings.root / "local" / "emulator.py"]
    return Program("emulator", command, environment, data)


def sandbox(settings: Settings) -> Program:
    """Return the provider sandbox."""
    port = str(settings.sandbox_port)
    command = [sys.executable, "-m", "local.sandbox", "--host", HOST, "--port", port]
    environment = {"PATH": os.defpath, "PYTHONPYCACHEPREFIX": str(settings.state / "pycache")}
    return Program("sandbox", command, environment, settings.root)


def wait_until_ready(process: Process, health_url: str) -> None:
    """Wait until a program answers 200 at its health address.

    Raises:
        LocalError: it ended, or gave no such answer within START_SECONDS.

    """
    deadline = time.monotonic() + START_SECONDS
    with requests.Session() as session:
        session.trust_env = False  # a proxy can't reach loopback
        while not _answers(session, health_url):
            if not process.is_alive:
                raise LocalError(
                    f"The {process.name} ended while it started: see why in its log.", process.log
                )
            if time.monotonic() > deadline:
                raise LocalError(
                    f"The {process.name} was not ready after {START_SECONDS:.0f} s: see why in "
                    "its log.",
                    process.log,
                )
            time.sleep(_POLL_SECONDS)


def _answers(session: requests.Session, url: str) -> bool:
    try:
        return session.get(url, timeout=_ANSWER_SECONDS).ok
    except requests.RequestException:
        return False
