"""The sandbox, a server with canned answers, and the connections that the adapters share."""

import socket
from collections.abc import Iterator

import pytest
from requests import Session

from local.sandbox.client import SandboxClient
from local.sandbox.provider_calls import Sandbox
from notificationd.adapters import mailgun, twilio
from notificationd.adapters.http import new_session
from tests.integration.serving import HOST, ScriptedServer, scripted_server, served_sandbox


@pytest.fixture
def sandbox() -> Iterator[SandboxClient]:
    # The adapters have to give up before the sandbox does.
    with served_sandbox(Sandbox(hang_seconds=5)) as client:
        yield client


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def session() -> Iterator[Session]:
    with new_session() as shared:
        yield shared


@pytest.fixture
def closed_port() -> str:
    """Return the address of a port that was open just now, and is not any more."""
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://{HOST}:{port}"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the adapters give up on an answer after a fifth of a second."""
    for module in (mailgun, twilio):
        monkeypatch.setattr(module, "TIMEOUT_SECONDS", (3.0, 0.2))
