"""LocalStack, through Docker Compose: EMULATOR=localstack. It needs Docker and a licence token."""

import os
import shutil
from pathlib import Path
from typing import Final

from local.errors import LocalError
from local.processes import Program, run
from local.settings import EMULATOR_PORT, Settings

_TOKEN: Final = "LOCALSTACK_AUTH_TOKEN"  # noqa: S105 - the name of the variable


def require(settings: Settings) -> None:
    """Check that it could be started.

    Raises:
        LocalError: Docker or the token is missing, or the port is another one.

    """
    if shutil.which("docker") is None:
        raise LocalError("LocalStack needs Docker: install it, or run without EMULATOR=localstack.")
    if not os.environ.get(_TOKEN):
        raise LocalError(f"LocalStack needs a licence for WebSocket APIs: set {_TOKEN}.")
    if settings.port != EMULATOR_PORT:
        raise LocalError(f"LocalStack listens on port {EMULATOR_PORT}: unset NOTIFICATIOND_PORT.")


def up(settings: Settings) -> None:
    """Start it and wait until it is healthy.

    Raises:
        LocalError: it does not start.

    """
    if _compose(settings, "up", "--detach", "--wait") != 0:
        raise LocalError("LocalStack did not start: see why in its log.", _log(settings, "up"))


def down(settings: Settings) -> None:
    """Stop it and forget its data."""
    if shutil.which("docker") is not None:
        _compose(settings, "down", "--volumes")


def _compose(settings: Settings, *arguments: str) -> int:
    program = Program(
        name=f"compose-{arguments[0]}",
        command=["docker", "compose", *arguments],
        environment=dict(os.environ),
        folder=settings.root,
    )
    return run(program, _log(settings, arguments[0]), settings.records)


def _log(settings: Settings, command: str) -> Path:
    return settings.logs / f"compose-{command}.log"
