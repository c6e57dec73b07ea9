"""What a run tells to those who want to call it, as files in its state folder."""

import json
import shlex
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlencode

from local.cloud import Cloud
from local.credentials import write_private
from local.errors import LocalError

_JSON: Final = "endpoints.json"
_SHELL: Final = "env"
_SAM: Final = "sam-env.json"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a running stack is called.

    Attributes:
        api_url: the HTTP API, without a slash at its end.
        websocket_url: the WebSocket API; `?token=<user token>` comes after it.
        console_url: the console's page, signed in; what is behind its # never leaves the browser.
        sandbox_url: the provider sandbox.
        api_key: a key with all scopes.
        aws_endpoint_url: the emulator.

    """

    api_url: str
    websocket_url: str
    console_url: str
    sandbox_url: str
    api_key: str
    aws_endpoint_url: str

    @classmethod
    def read(cls, state: Path) -> Self:
        """Return those of the running stack.

        Raises:
            LocalError: nothing runs.

        """
        with suppress(FileNotFoundError, ValueError, TypeError):
            return cls(**json.loads((state / _JSON).read_text(encoding="utf-8")))
        raise LocalError("The service is not running: start it with 'make run' or 'make start'.")

    def write(self, state: Path, cloud: Cloud) -> None:
        """Write `endpoints.json`, `env` for shells and `sam-env.json` for `sam local invoke`."""
        write_private(state / _JSON, json.dumps(asdict(self), indent=2) + "\n")
        variables = {
            "API_URL": self.api_url,
            "WEBSOCKET_URL": self.websocket_url,
            "SANDBOX_URL": self.sandbox_url,
            "API_KEY": self.api_key,
        }
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
        write_private(state / _SHELL, "".join(lines))
        write_private(state / _SAM, json.dumps(_function_variables(cloud), indent=2) + "\n")


def endpoints_of(cloud: Cloud, sandbox_url: str, api_key: str) -> Endpoints:
    """Return where a deployed local stack is called."""
    outputs = cloud.outputs()
    api_url = outputs["ApiUrl"].rstrip("/")
    return Endpoints(
        api_url=api_url,
        websocket_url=outputs["WebSocketUrl"].replace("http", "ws", 1),
        console_url=f"{api_url}/#{urlencode({'key': api_key, 'user': 4, 'sandbox': sandbox_url})}",
        sandbox_url=sandbox_url,
        api_key=api_key,
        aws_endpoint_url=cloud.endpoint_url or "",
    )


def remove(state: Path) -> None:
    """Remove the files: they say that something runs."""
    for name in (_JSON, _SHELL, _SAM):
        (state / name).unlink(missing_ok=True)


def _function_variables(cloud: Cloud) -> dict[str, dict[str, str]]:
    """Return each deployed function's environment, by its logical id, as SAM wants it."""
    client = cloud.session.client("lambda", endpoint_url=cloud.endpoint_url, config=cloud.config)
    return {
        name: client.get_function_configuration(FunctionName=function)
        .get("Environment", {})
        .get("Variables", {})
        for name, function in sorted(cloud.resources("AWS::Lambda::Function").items())
    }
