"""Where a local run lives and listens. The only module of `local` that reads the environment."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from local.errors import LocalError

ROOT: Final = Path(__file__).resolve().parent.parent
HOST: Final = "127.0.0.1"  # the emulator and the sandbox let everyone in who can reach them
REGION: Final = "us-east-1"
EMULATOR_PORT: Final = 4566
SANDBOX_PORT: Final = 8025

_MAX_PORT: Final = 65_535
_ARCHITECTURES: Final = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "x86_64": "x86_64",
    "amd64": "x86_64",
}


class Emulator(StrEnum):
    """Which AWS emulator runs the service."""

    MINISTACK = "ministack"
    LOCALSTACK = "localstack"


@dataclass(frozen=True, slots=True)
class Settings:
    """One local run.

    Attributes:
        state: the folder of all that the run writes: logs, secrets, the emulator's data.
        port: where the emulator listens.
        sandbox_port: where the provider sandbox listens.
        emulator: which emulator runs.
        architecture: `arm64` or `x86_64`, what the functions are built for.
        root: the clone.
        keeps_state: the emulator can be restarted with all that it held.

    """

    state: Path
    port: int
    sandbox_port: int
    emulator: Emulator
    architecture: str
    root: Path = ROOT
    keeps_state: bool = False

    @property
    def aws_endpoint_url(self) -> str:
        """The emulator's address."""
        return f"http://{HOST}:{self.port}"

    @property
    def function_aws_endpoint_url(self) -> str:
        """The emulator's address as functions see it; LocalStack runs them in containers."""
        if self.emulator is Emulator.LOCALSTACK:
            return f"http://localhost.localstack.cloud:{self.port}"
        return self.aws_endpoint_url

    @property
    def function_sandbox_url(self) -> str:
        """The sandbox's address as functions see it."""
        if self.emulator is Emulator.LOCALSTACK:
            return f"http://host.docker.internal:{self.sandbox_port}"
        return self.sandbox_url

    @property
    def sandbox_url(self) -> str:
        """The sandbox's address."""
        return f"http://{HOST}:{self.sandbox_port}"

    @property
    def health_urls(self) -> dict[str, str]:
        """Where the programs say that they are ready, by their names."""
        return {
            "emulator": f"{self.aws_endpoint_url}/_ministack/health",
            "sandbox": f"{self.sandbox_url}/health",
        }

    @property
    def logs(self) -> Path:
        """The folder of the logs of all tools and processes."""
        return self.state / "logs"

    @property
    def records(self) -> Path:
        """The folder of the records of running processes."""
        return self.state / "processes"

    @property
    def build(self) -> Path:
        """What `sam build` makes; shared by all runs of this clone."""
        return self.root / ".aws-sam" / "build"

    def tool(self, name: str) -> Path:
        """Return the path of a program under `.venvs`, such as `sam/bin/sam`.

        Raises:
            LocalError: it is not installed.

        """
        path = self.root / ".venvs" / name
        if not path.exists():
            environment = f".venvs/{name.partition('/')[0]}"
            raise LocalError(
                f"The environment {environment} is missing: run 'make {environment}/.ready' to "
                "set it up."
            )
        return path


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the developer's own run.

    Args:
        environment: NOTIFICATIOND_STATE (a folder), NOTIFICATIOND_PORT,
            NOTIFICATIOND_SANDBOX_PORT, NOTIFICATIOND_ARCHITECTURE and EMULATOR; the process's own
            by default.

    Raises:
        LocalError: one of them has a value that can't be used.

    """
    given = os.environ if environment is None else environment
    emulator = given.get("EMULATOR") or Emulator.MINISTACK
    if emulator not in list(Emulator):
        raise LocalError(f"EMULATOR is '{emulator}': set it to {' or '.join(Emulator)}.")
    return Settings(
        state=ROOT / (given.get("NOTIFICATIOND_STATE") or ".local"),
        port=_port(given, "NOTIFICATIOND_PORT", EMULATOR_PORT),
        sandbox_port=_port(given, "NOTIFICATIOND_SANDBOX_PORT", SANDBOX_PORT),
        emulator=Emulator(emulator),
        architecture=given.get("NOTIFICATIOND_ARCHITECTURE") or host_architecture(),
    )


def host_architecture() -> str:
    """Return the host's architecture in Lambda's words: functions run on the host here.

    Raises:
        LocalError: Lambda has no such architecture.

    """
    machine = platform.machine().lower()
    if machine not in _ARCHITECTURES:
        raise LocalError(f"This machine is {machine}: use one with an arm64 or x86_64 processor.")
    return _ARCHITECTURES[machine]


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MAX_PORT):
        raise LocalError(f"{name} is '{text}': set it to a port from 1 to {_MAX_PORT}.")
    return int(text)
