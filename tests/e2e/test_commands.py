"""The commands that people type: `make run` and `notificationctl`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests

from local import process_table
from local.endpoints import Endpoints
from local.lock import RunLock
from local.ports import free_ports
from local.settings import ROOT
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import write_message
from notificationd.domain.ids import now_ms
from notificationd.domain.record import Lease, Reason
from notificationd.domain.transitions import Failed, apply
from tests.e2e.service import eventually
from tests.fakes import make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.service import Service, Someone

_PYTHON_PATH = f"{ROOT}:{ROOT / 'layers/shared'}:{ROOT / 'clients/python'}"


@dataclass(frozen=True)
class Run:
    """A service that was started as a command."""

    process: subprocess.Popen[str]
    state: Path
    output: Path

    def printed(self) -> str:
        return self.output.read_text("utf-8")


def environment(state: Path, *ports: int) -> dict[str, str]:
    """Return the variables of a run that has a state of its own: a developer's is left alone."""
    return {
        **os.environ,
        "NOTIFICATIOND_STATE": str(state),
        "NOTIFICATIOND_PORT": str(ports[0]),
        "NOTIFICATIOND_SANDBOX_PORT": str(ports[1]),
        "PYTHONPATH": _PYTHON_PATH,
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def running(state: Path, *ports: int) -> Iterator[Run]:
    """Start the service as `make run` does, and end it should the test not have done so."""
    output = state / "printed.txt"
    state.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "run"],
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=environment(state, *ports),
        )
        try:
            yield Run(process, state, output)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def left_of(started: list[process_table.Entry]) -> list[process_table.Entry]:
    """Return which of some processes still run, whoever has adopted them."""
    identities = {(each.pid, each.identity) for each in process_table.processes()}
    return [each for each in started if (each.pid, each.identity) in identities]


def test_a_run_tells_what_happens_and_ctrl_c_leaves_nothing(service: Service) -> None:
    """It runs beside the stack of the other tests, which has been built by then."""
    state = service.stack.settings.state.parent / "e2e-run"
    with running(state, *free_ports(2)) as run:
        eventually(run.printed, lambda text: "notificationd is ready" in text)
        endpoints = Endpoints.read(state)
        assert endpoints.console_url in run.printed().split()  # a link that is signed in
        body = {"user_id": 4, "notification_type": "email", "content": "hello"}
        answer = requests.post(
            f"{endpoints.api_url}/notifications",
            json=body,
            headers={"Authorization": f"Bearer {endpoints.api_key}"},
            timeout=60,
        )
        notification_id = answer.json()["id"]
        eventually(
            run.printed,
            lambda text: all(
                any(word in line and notification_id[-12:] in line for line in text.splitlines())
                for word in ("accepted", "sent")
            ),
        )
        started = process_table.descendants(run.process.pid)
        assert len(started) > 2  # the emulator, the sandbox, and functions that are kept warm

        run.process.send_signal(signal.SIGINT)

        assert run.process.wait(60) in {0, 130}
        assert left_of(started) == []
        assert not (state / "endpoints.json").exists()
        with pytest.raises(requests.ConnectionError):
            requests.get(endpoints.aws_endpoint_url, timeout=5)


def test_a_service_in_the_background_runs_until_it_is_stopped(service: Service) -> None:
    state = service.stack.settings.state.parent / "e2e-background"
    variables = environment(state, *free_ports(2))

    def local(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "local", command],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=variables,
            timeout=300,
        )

    started = local("start")
    try:
        assert started.returncode == 0, started.stderr
        endpoints = Endpoints.read(state)
        assert endpoints.api_url in started.stdout
        assert requests.get(f"{endpoints.api_url}/", timeout=60).status_code == 200
        assert local("status").returncode == 0
        again = local("start")
        assert again.returncode == 1
        assert "already running" in again.stderr
        holder = RunLock(state).holder()
        assert holder is not None
        processes = process_table.descendants(holder)
        assert len(processes) > 1
    finally:
        stopped = local("stop")

    assert (stopped.returncode, stopped.stdout.strip()) == (0, "Stopped")
    assert left_of(processes) == []
    assert not (state / "endpoints.json").exists()
    assert local("status").returncode == 1
    assert local("stop").stdout.strip() == "The service is not running"


def test_a_busy_port_ends_with_one_sentence_that_says_what_to_do(service: Service) -> None:
    state = service.stack.settings.state.parent / "e2e-busy"
    with socket.create_server(("127.0.0.1", 0)) as server:
        busy = server.getsockname()[1]
        (free,) = free_ports(1)
        with running(state, busy, free) as run:
            assert run.process.wait(60) == 1

            (sentence,) = run.printed().strip().splitlines()
            assert str(busy) in sentence
            assert "NOTIFICATIOND_PORT" in sentence


def notificationctl(service: Service, *arguments: str) -> str:
    """Run the command on the stack by its name, as on AWS; the endpoint is the emulator's."""
    done = subprocess.run(
        [sys.executable, "-m", "local.notificationctl", "--stack", "notificationd", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": _PYTHON_PATH,
            "AWS_ENDPOINT_URL": service.endpoints.aws_endpoint_url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        },
    )
    return done.stdout


def test_a_key_opens_what_its_scopes_say_until_it_is_revoked(
    service: Service, user: Someone
) -> None:
    made = notificationctl(service, "keys", "create", "--name", "reader", "--scopes", "read")
    key = next(word for word in made.split() if word.startswith("nd_"))

    def status(method: str, path: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        answer = requests.request(method, service.url(path), json={}, headers=headers, timeout=60)
        return answer.status_code

    assert status("GET", f"/users/{user.id}/notifications") == 400
    assert status("POST", "/notifications") == 403
    listed = notificationctl(service, "keys", "list")
    (line,) = [line for line in listed.splitlines() if "reader" in line]
    assert key not in listed

    notificationctl(service, "keys", "revoke", line.split()[0])

    assert "reader" not in notificationctl(service, "keys", "list")
    # The authorizer's answer is kept for a minute.
    path = f"/users/{user.id}/notifications"
    assert eventually(lambda: status("GET", path), lambda seen: seen == 401) == 401


def test_dead_letters_are_listed_with_their_reasons_and_stay(
    service: Service, user: Someone
) -> None:
    """The way into the dead-letter queue is tested elsewhere; here a letter is put there."""
    table = DynamoNotifications(service.dynamodb, service.outputs["TableName"])
    notification = make.notification(user_id=user.id)
    at = now_ms()
    claimed = table.claim(notification, Lease("lease", at + 30_000), at)
    failed = apply(claimed, Failed("lease", at, (), Reason.RETRIES_EXHAUSTED))
    table.save(failed, "lease")
    service.sqs.send_message(
        QueueUrl=service.outputs["DeadLetterQueueUrl"], MessageBody=write_message(notification)
    )

    listed = json.loads(notificationctl(service, "dead-letters", "list", "--json"))
    again = json.loads(notificationctl(service, "dead-letters", "list", "--json"))

    (letter,) = [entry for entry in listed if entry["id"] == notification.id]
    assert letter["notification_type"] == "email"
    assert letter["user_id"] == user.id
    assert letter["reason"] == "retries_exhausted"
    assert {entry["id"] for entry in again} == {entry["id"] for entry in listed}


def test_the_books_are_shown_as_the_api_has_them(service: Service, user: Someone) -> None:
    service.send(user, "in-app")

    listed = eventually(
        lambda: json.loads(notificationctl(service, "accounting", "--json")),
        lambda answer: answer["data"],
    )
    table = notificationctl(service, "accounting", "--from", listed["from"])

    assert listed.keys() == service.get("/accounting").json().keys()
    assert table.splitlines()[0].split()[:3] == ["HOUR", "CHANNEL", "ACCEPTED"]
