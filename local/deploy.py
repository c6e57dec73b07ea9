"""Deploys template.yaml to the emulator, with `sam deploy`."""

import tomllib
from typing import Any, Final

from local.cloud import local_cloud
from local.sam import run_sam
from local.settings import EMULATOR_PORT, HOST, SANDBOX_PORT, Settings

_EMULATOR_ADDRESS: Final = f"http://{HOST}:{EMULATOR_PORT}"
_SANDBOX_ADDRESS: Final = f"http://{HOST}:{SANDBOX_PORT}"


def deploy(settings: Settings) -> None:
    """Deploy what was built.

    Raises:
        LocalError: it failed.

    """
    configuration = _configuration(settings)
    cloud = local_cloud(settings)
    storage = cloud.session.client("s3", endpoint_url=cloud.endpoint_url, config=cloud.config)
    storage.create_bucket(Bucket=configuration["s3_bucket"])
    run_sam(settings, "deploy", "--no-progressbar", "--parameter-overrides", *parameters(settings))


def parameters(settings: Settings) -> list[str]:
    """Return the template's parameters, `Name=value` each: samconfig.toml's, for this run."""
    overrides: list[str] = _configuration(settings)["parameter_overrides"]
    placed = [
        each.replace(_EMULATOR_ADDRESS, settings.function_aws_endpoint_url).replace(
            _SANDBOX_ADDRESS, settings.function_sandbox_url
        )
        for each in overrides
    ]
    return [*placed, f"Architecture={settings.architecture}"]


def _configuration(settings: Settings) -> dict[str, Any]:
    text = (settings.root / "samconfig.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["local"]["deploy"]["parameters"]
    return found
