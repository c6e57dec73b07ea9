"""The README's own lines, as a newcomer pastes them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
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
# What `make listen USER=4` runs, but for a stack that is not the developer's own.
_LISTEN = """
import dataclasses, pathlib, sys
from local import listen, settings
own = settings.from_environment()
listen.listen(dataclasses.replace(own, state=pathlib.Path(sys.argv[1])), "4")
"""
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^(?:[^\\\n]|\\\n|\\.)+$", re.MULTILINE)


def commands(word: str) -> list[str]:
    """Return the README's shell commands that hold a word, continued lines together."""
    blocks = _BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    found = [line for block in blocks for line in _COMMAND.findall(block) if word in line]
    assert found, f"the README has no command with {word!r}"
    return found


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
    answers = [shell.run_json(command) for command in commands("$API_URL/notifications")]

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


def test_the_line_for_wscat_mints_a_token_that_connects(shell: Shell) -> None:
    (mint,) = commands("TOKEN=$(curl")
    token = shell.run(f'{mint}\nprintf %s "$TOKEN"')

    assert commands("wscat -c") == ['npx wscat -c "$WEBSOCKET_URL?token=$TOKEN"']
    with InboxClient(shell.run('printf %s "$WEBSOCKET_URL"'), token) as device:
        device.send("ping")
        assert device.receive() == {"type": "pong"}


def test_listening_prints_what_arrives(service: Service, shell: Shell) -> None:
    assert commands("make listen") == ["make listen USER=4"]
    state = service.stack.settings.state
    listener = subprocess.Popen(
        [sys.executable, "-c", _LISTEN, state],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/shared'}:{ROOT / 'clients/python'}"},
    )
    try:
        assert listener.stdout is not None
        assert "4" in listener.stdout.readline()
        (in_app, *_) = commands("$API_URL/notifications")
        notification_id = shell.run_json(in_app)["id"]
        lines = iter(listener.stdout.readline, "")
        assert any(notification_id in line for line in lines)
    finally:
        listener.terminate()
        listener.communicate(timeout=30)


def test_a_fault_is_set_and_lifted(shell: Shell, service: Service) -> None:
    (fault,) = commands('$SANDBOX_URL/faults" -H')

    assert shell.run_json(fault)["kind"] == "500"
    shell.run('curl -sf -X DELETE "$SANDBOX_URL/faults"')

    assert service.sandbox.faults() == []
