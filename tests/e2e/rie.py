"""Runs a built function as Lambda does: the real runtime client under the real interface emulator.

AWS's runtime interface emulator ships inside aws-sam-cli; no Docker is needed. The layers lie on
the Python path, as /opt/python does on Lambda.
https://github.com/aws/aws-lambda-runtime-interface-emulator
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from local.ports import free_ports
from tests.e2e.service import eventually
from tests.unit.template import loader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from local.settings import Settings

_RAPID = ".venvs/sam/lib/python3.13/site-packages/samcli/local/rapid/aws-lambda-rie-{}"
_INVOCATIONS = "/2015-03-31/functions/function/invocations"
_STOP_SECONDS = 10


def functions_of(build: Path) -> dict[str, list[str]]:
    """Return the functions that `sam build` has built, each with its layers, by logical id."""
    document = loader.load(build / "template.yaml")
    everywhere = document["Globals"]["Function"]["Layers"]
    functions = loader.Template(document).all("AWS::Serverless::Function")
    return {
        name: [layer["Ref"] for layer in (*everywhere, *function.get("Layers", []))]
        for name, function in functions.items()
    }


@contextmanager
def running(
    settings: Settings,
    function: str,
    variables: Mapping[str, str],
    build: Path | None = None,
) -> Iterator[Callable[[object], Any]]:
    """Start a built function and yield what invokes it with an event.

    Args:
        function: its logical id, the name of its folder below the build.
        variables: its environment, as the file for `sam local invoke` has it.
        build: what `sam build` made, if not this project's own.
    """
    build = build or settings.build
    code = build / function
    layers = [build / layer / "python" for layer in functions_of(build)[function]]
    client = _runtime_client(settings.state / "runtime-client")
    address, runtime = (f"127.0.0.1:{port}" for port in free_ports(2))
    process = subprocess.Popen(
        [
            settings.root / _RAPID.format(settings.architecture),
            *("--log-level", "error"),
            *("--runtime-interface-emulator-address", address),
            *("--runtime-api-address", runtime),
            # Without site-packages, which would fill a gap in the layers.
            *(sys.executable, "-S", "-m", "awslambdaric", "app.handler"),
        ],
        cwd=code,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, [code, *layers, client])),
            "LAMBDA_TASK_ROOT": str(code),
            "AWS_LAMBDA_FUNCTION_NAME": function,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "30",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            **variables,
        },
        start_new_session=True,  # the runtime is its child: they are stopped as one
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def listens() -> bool:
        try:
            return requests.get(f"http://{address}/", timeout=5).status_code > 0
        except requests.ConnectionError:
            return False

    def invoke(event: object) -> Any:  # noqa: ANN401 - JSON
        answer = requests.post(f"http://{address}{_INVOCATIONS}", json=event, timeout=60)
        return answer.json()

    try:
        eventually(listens, patience=30)
        yield invoke
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _runtime_client(folder: Path) -> Path:
    """Return a folder with the runtime client and what it needs, and nothing else."""
    folder.mkdir(exist_ok=True)
    site = Path(sysconfig.get_path("platlib"))
    for pattern in ("awslambdaric", "runtime_client*.so", "simplejson", "snapshot_restore_py*"):
        for source in site.glob(pattern):
            link = folder / source.name
            if not link.exists():
                link.symlink_to(source)
    return folder
