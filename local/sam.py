"""Calls AWS SAM CLI, in the environment that its tools need."""

import os
from pathlib import Path
from typing import Final

from local.cloud import ACCESS_KEY, SECRET_KEY
from local.errors import LocalError
from local.processes import Program, run
from local.settings import HOST, REGION, Settings

# The caller's own account, profile and Python settings must not reach the tools.
_WITHHELD: Final = ("AWS_", "PYTHON", "SAM_CLI_")


def run_sam(settings: Settings, command: str, *arguments: str) -> None:
    """Run `sam <command>` with samconfig.toml's `local` environment.

    Args:
        settings: the run.
        command: `build` or `deploy`.
        arguments: what comes after the command.

    Raises:
        LocalError: it failed.

    """
    python = settings.tool("sam/bin/python")
    log = settings.logs / f"{command}.log"
    program = Program(
        name=f"sam-{command}",
        command=[python, "-m", "samcli", command, "--config-env", "local", *arguments],
        environment=_environment(settings),
        folder=settings.root,
    )
    if run(program, log, settings.records) != 0:
        raise LocalError(f"The {command} failed, mend this and try again: {_reason(log)}", log)


def _environment(settings: Settings) -> dict[str, str]:
    taken = {name: value for name, value in os.environ.items() if not name.startswith(_WITHHELD)}
    # `sam build` looks for python3.13, and the layer's recipe for its pip: both are in .venv.
    tools = [settings.root / ".venv" / "bin", settings.tool("sam/bin")]
    path = os.pathsep.join([*map(str, tools), os.environ.get("PATH", os.defpath)])
    return taken | {
        "PATH": path,
        "NO_PROXY": f"{HOST},localhost",
        "NOTIFICATIOND_ARCHITECTURE": settings.architecture,
        "AWS_ENDPOINT_URL": settings.aws_endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",  # seconds; the default of 5 spares AWS's rate limits
    }


def _reason(log: Path) -> str:
    """Return the line of SAM's output that tells what went wrong, as a sentence."""
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error:")]
    line = (errors or lines or ["it wrote nothing"])[-1]
    return f"{line.removeprefix('Error:').strip().rstrip('.')}."
