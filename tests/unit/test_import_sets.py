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
    "liquid",
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
        ("functions.tally.app", set[str]()),
        ("functions.watch.app", set[str]()),
        ("functions.reconcile.app", set[str]()),
        ("functions.send.app", {"pydantic"}),
        ("functions.list.app", {"pydantic"}),
        ("functions.inbox.app", {"pydantic"}),
        ("functions.users.app", {"pydantic"}),
        ("functions.dead_letters.app", {"pydantic"}),
        ("functions.templates.app", {"pydantic"}),
        ("functions.accounting.app", {"pydantic"}),
    ],
)
def test_a_function_loads_what_its_use_case_needs_and_no_more(
    handler: str, needed: set[str]
) -> None:
    """Providers' SDKs, token and address libraries come with the first event that needs them."""
    assert loaded_by(handler) & WATCHED == needed


@pytest.mark.parametrize(
    ("handler", "models"),
    [
        ("functions.send.app", "send_models"),
        ("functions.list.app", "inbox_models"),
        ("functions.inbox.app", "inbox_models"),
        ("functions.users.app", "user_models"),
        ("functions.dead_letters.app", "dead_letter_models"),
        ("functions.templates.app", "template_models"),
        ("functions.accounting.app", "accounting_models"),
    ],
)
def test_a_function_loads_the_models_of_its_own_requests(handler: str, models: str) -> None:
    """A model takes a millisecond to be made; the domain behind it is loaded with it."""
    loaded = loaded_by(handler)

    assert {name for name in loaded if name.endswith("_models")} == {f"notificationd.api.{models}"}
    if models != "accounting_models":
        assert "notificationd.domain.accounting" not in loaded


# What a notification without a template makes, and what one with a template adds.
SENDING = """
import functions.send.app
from notificationd.runtime import services
sending = services.send()
services.send_batch()
assert not {"liquid", "notificationd.services.render"} & sys.modules.keys()
"""
RENDERING = f"""{SENDING}
from notificationd.domain.errors import Unavailable
from notificationd.domain.notification import Channel
from notificationd.domain.template_choice import TemplateChoice
try:
    sending.compose.render(TemplateChoice(name="welcome"), Channel.SMS)
except Unavailable:
    pass
assert "liquid" in sys.modules
assert not {{"babel", "importlib_resources", "liquid.extra", "pytz"}} & sys.modules.keys()
"""


@pytest.mark.parametrize("code", [SENDING, RENDERING], ids=["plain", "by a template"])
def test_the_template_language_is_loaded_by_the_first_notification_that_needs_it(
    code: str,
) -> None:
    """A plain one's first invoke takes no longer for there being templates."""
    environment = {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/shared'}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # where nothing answers
        "AWS_SECRET_ACCESS_KEY": "test",
        "DEAD_LETTER_QUEUE_ARN": "arn:dead",
        "EMAIL_QUEUE_ARN": "arn:email",
        "EMAIL_QUEUE_URL": "http://queue/email",
        "IN_APP_QUEUE_ARN": "arn:in-app",
        "IN_APP_QUEUE_URL": "http://queue/in-app",
        "SCHEDULE_GROUP": "group",
        "SCHEDULE_ROLE_ARN": "arn:role",
        "SMS_QUEUE_ARN": "arn:sms",
        "SMS_QUEUE_URL": "http://queue/sms",
        "TABLE_NAME": "table",
        "WEBSOCKET_ENDPOINT": "http://sockets",
    }

    subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}"], check=True, cwd=ROOT, env=environment
    )


def test_the_console_loads_no_sdk_at_all() -> None:
    loaded = loaded_by("console.app")

    assert not loaded & {*WATCHED, "boto3", "botocore", "aws_lambda_powertools"}
