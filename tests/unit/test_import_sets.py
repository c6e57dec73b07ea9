"""What each function loads before its first event: a cold start pays for every module of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WATCHED = {
    "aiohttp",
    "aws_lambda_powertools.event_handler",
    "aws_xray_sdk",
    "boto3",
    "dns",
    "email_validator",
    "jwt",
    "phonenumbers",
    "pydantic",
    "requests",
    "s3transfer",
    "twilio",
}


def loaded_by(handler: str) -> set[str]:
    """Return the modules that importing a handler loads, in a fresh interpreter."""
    code = f"import json, sys, {handler}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/shared'}"},
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("handler", "needed"),
    [
        ("functions.authorize.app", set[str]()),
        ("functions.ws_connect.app", set[str]()),
        ("functions.ws_inbox.app", set[str]()),
        ("functions.dispatch.app", set[str]()),
        ("functions.watch.app", set[str]()),
        ("functions.reconcile.app", set[str]()),
        ("functions.send.app", {"pydantic"}),
        ("functions.list.app", {"pydantic"}),
        ("functions.inbox.app", {"pydantic"}),
        ("functions.users.app", {"pydantic"}),
        ("functions.dead_letters.app", {"pydantic"}),
    ],
)
def test_a_function_loads_what_its_use_case_needs_and_no_more(
    handler: str, needed: set[str]
) -> None:
    """Providers' SDKs, token and address libraries come with the first event that needs them."""
    assert loaded_by(handler) & WATCHED == needed


def test_the_console_loads_no_sdk_at_all() -> None:
    loaded = loaded_by("console.app")

    assert not loaded & {*WATCHED, "boto3", "botocore", "aws_lambda_powertools"}
