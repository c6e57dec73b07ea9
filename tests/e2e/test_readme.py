"""The README's own lines, as a newcomer pastes them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.client import InboxClient
from tests.e2e.service import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.service import Service

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash") or "/bin/bash"
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
BLOCKS = _BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
_COMMAND = re.compile(r"^(?:[^\\\n]|\\\n|\\.)+$", re.MULTILINE)


def commands(word: str) -> list[str]:
    """Return the README's shell commands that hold a word, continued lines together."""
    found = [line for block in BLOCKS for line in _COMMAND.findall(block) if word in line]
    assert found, f"the README has no command with {word!r}"
    return found


def typed_by_hand(**variables: str) -> dict[str, str]:
    """Return an environment in which make does not know that it was called by make."""
    inherited = {
        name: v for name, v in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    return inherited | variables


class Shell:
    """A shell in which `. .local/env` was run; this stack's own, that is."""

    def __init__(self, service: Service) -> None:
        self._env = service.stack.settings.state / "env"

    def run(self, command: str) -> str:
        done = subprocess.run(
            [BASH, "-euo", "pipefail", "-c", f". '{self._env}'\n{command}"],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=120,
        )
        return done.stdout

    def run_json(self, command: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.run(command))


@pytest.fixture
def shell(service: Service) -> Iterator[Shell]:
    yield Shell(service)
    service.sandbox.clear_faults()


def test_the_three_sends_are_accepted_and_read_sent(shell: Shell) -> None:
    (listing,) = commands('/users/4/notifications" -H')
    sends = [each for each in commands("$API_URL/notifications") if '"content"' in each]
    answers = [shell.run_json(command) for command in sends]

    assert [answer["message"] for answer in answers] == ["Notification queued"] * 3
    ids = {answer["id"] for answer in answers}

    def statuses() -> dict[str, str]:
        entries = shell.run_json(listing)["data"]
        return {entry["id"]: entry["status"] for entry in entries if entry["id"] in ids}

    eventually(statuses, lambda seen: list(seen.values()) == ["sent"] * 3)
    (messages,) = commands("$SANDBOX_URL/messages")
    texts = [message["text"] for message in shell.run_json(messages)["messages"]]
    assert "Your code is 123456." in texts
    assert "Good to see you." in texts


def test_the_template_is_stored_and_sent_by(shell: Shell, service: Service) -> None:
    """Both commands go over several lines, within quotes."""
    block = next(block for block in BLOCKS if "$API_URL/templates/shipped" in block)
    put, send = block.split("\n\n")

    assert shell.run_json(put)["version"] == 1
    assert shell.run_json(put)["version"] == 1
    notification_id = shell.run_json(send)["id"]

    (message,) = eventually(
        lambda: service.sandbox.messages(provider="mailgun", notification_id=notification_id)
    )
    assert message["subject"] == "Bestellung 17"
    assert message["text"] == "Hallo Ada, sie ist unterwegs."
    assert message["html"] == ""


def test_the_commands_for_templates_do_what_they_say(
    shell: Shell, service: Service, tmp_path: Path
) -> None:
    block = next(block for block in BLOCKS if "$API_URL/templates/shipped" in block)
    shell.run(block.split("\n\n")[0])
    variables = f"export NOTIFICATIOND_STATE='{service.stack.settings.state}'; cd '{tmp_path}'; "

    def run(line: str) -> str:
        return shell.run(variables + line.replace("bin/", f"'{ROOT}'/bin/"))

    listing, show, put, delete = commands("notificationctl templates")

    assert "\nshipped " in run(listing)
    run(show)
    assert "shipped@1" in run(put)
    assert "Deleted shipped" in run(delete)
    assert "\nshipped " not in run(listing)


def test_the_line_for_wscat_mints_a_token_that_connects(shell: Shell) -> None:
    (mint,) = commands("TOKEN=$(curl")
    token = shell.run(f'{mint}\nprintf %s "$TOKEN"')

    assert commands("wscat -c") == ['npx wscat -c "$WEBSOCKET_URL?token=$TOKEN"']
    with InboxClient(shell.run('printf %s "$WEBSOCKET_URL"'), token) as device:
        device.send("ping")
        assert device.receive() == {"type": "pong"}


def test_listening_prints_what_arrives(service: Service, shell: Shell) -> None:
    (command,) = commands("make listen")
    listener = subprocess.Popen(
        command.split(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=typed_by_hand(NOTIFICATIOND_STATE=str(service.stack.settings.state)),
        start_new_session=True,  # make and what it runs are stopped as one
    )
    try:
        assert listener.stdout is not None
        assert "listening to user 4" in listener.stdout.readline()
        (in_app, *_) = commands("$API_URL/notifications")
        notification_id = shell.run_json(in_app)["id"]
        lines = iter(listener.stdout.readline, "")
        assert any(notification_id in line for line in lines)
    finally:
        os.killpg(listener.pid, signal.SIGTERM)
        listener.communicate(timeout=30)


def test_a_fault_is_set_and_lifted(shell: Shell, service: Service) -> None:
    (fault,) = commands('$SANDBOX_URL/faults" -H')

    assert shell.run_json(fault)["kind"] == "500"
    shell.run('curl -sf -X DELETE "$SANDBOX_URL/faults"')

    assert service.sandbox.faults() == []
