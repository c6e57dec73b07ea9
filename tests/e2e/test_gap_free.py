"""A client that follows the protocol misses nothing, however often and however it is cut.

`make soak` runs it with 500 notifications, `SEED=…` with the moments of an earlier run.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Self

from local.credentials import Credentials
from local.settings import ROOT
from notificationd.adapters.tokens import JwtTokens
from notificationd_client.inbox import LiveInbox, Ticket
from tests.e2e.proxy import FlakyProxy
from tests.e2e.service import PATIENCE_SECONDS, QUICK, Service, Someone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTIFICATIONS = int(os.environ.get("SOAK_NOTIFICATIONS", "60"))
SEED = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
SENDERS = 3
TOKEN_SECONDS = 1
"""So short that most tokens have ended when they are used for the second time."""
CUTS = ("clean", "killed", "stalled", "gone", "deleted")


@contextmanager
def sending(service: Service, user: Someone) -> Iterator[list[subprocess.Popen[str]]]:
    """Let several processes send at the same time."""
    share = NOTIFICATIONS // SENDERS
    with ExitStack() as running:
        senders = []
        for number in range(SENDERS):
            sender = running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.e2e.sender"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=ROOT,
                    env={"API_KEY": service.endpoints.api_key, "PYTHONPATH": str(ROOT)},
                )
            )
            running.callback(sender.kill)
            assert sender.stdin is not None
            task = {
                "api_url": service.endpoints.api_url,
                "user": user.id,
                "count": share,
                "seed": SEED + number,
            }
            json.dump(task, sender.stdin)
            sender.stdin.close()
            sender.stdin = None
            senders.append(sender)
        yield senders


class Cutter:
    """Cuts a device's connection in every way that there is."""

    def __init__(
        self, service: Service, user: Someone, device: LiveInbox, proxy: FlakyProxy
    ) -> None:
        self._service = service
        self._user = user
        self._device = device
        self._proxy = proxy
        self._chance = random.Random(SEED)  # noqa: S311 - to be repeated, not to be secret
        self.cuts: list[str] = []

    def cut(self, pause: Callable[[float], object]) -> None:
        """Cut it in a way that was not used yet in this round, and let some time pass."""
        done = len(self.cuts) % len(CUTS)
        used = self.cuts[len(self.cuts) - done :]
        kind = self._chance.choice([each for each in CUTS if each not in used])
        self.cuts.append(kind)
        match kind:
            case "clean":
                self._device.cut()
            case "killed":
                self._proxy.kill()
            case "stalled":
                self._proxy.stall()
                pause(self._chance.uniform(0, 0.5))
                self._proxy.kill()
            case "gone":
                self._proxy.refuse()
                self._proxy.kill()
                pause(self._chance.uniform(0, 1))
                self._proxy.accept()
            case _:
                self._delete()
        pause(self._chance.uniform(0, 1))

    def _delete(self) -> None:
        """Close the user's sockets at the server's end."""
        cloud = self._service.stack.cloud
        client = cloud.session.client(
            "apigatewaymanagementapi",
            endpoint_url=self._service.endpoints.websocket_url.replace("ws", "http", 1),
            config=cloud.config,
        )
        for key in self._service.items_of(self._user.id):
            if key.startswith("CONNECTION#"):
                try:
                    client.delete_connection(ConnectionId=key.removeprefix("CONNECTION#"))
                except client.exceptions.GoneException:
                    continue


class Meddler:
    """Another device that marks whatever it finds, over HTTP, all the while."""

    def __init__(self, service: Service, user: Someone) -> None:
        self._service = service
        self._user = user
        self._chance = random.Random(SEED + 100)  # noqa: S311 - to be repeated, not to be secret
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.changes = 0
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        with Service(self._service.stack) as service:
            while not self._ended.wait(self._chance.uniform(0, 0.1)):
                page = service.inbox(self._user, limit="30")["data"]
                if not page:
                    continue
                each = self._chance.choice(page)["id"]
                path = f"/users/{self._user.id}/notifications"
                if self._chance.random() < 0.1:
                    answer = service.post(f"{path}/read-all", {"up_to": each})
                else:
                    mark = self._chance.choice(["read", "read", "seen", "archived"])
                    body = {mark: self._chance.random() < 0.7}
                    answer = service.patch(f"{path}/{each}", body)
                self.changes += 1
                if answer.status_code != 200:
                    self.errors.append(answer.text)


def shown(device: LiveInbox) -> list[tuple[str, bool, bool]]:
    return [(each.id, each.read, each.seen) for each in device.notifications]


def test_whatever_is_sent_and_changed_while_a_client_is_cut_is_there_in_the_end(
    service: Service, user: Someone, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    print(f"SEED={SEED}")  # noqa: T201 - pytest shows it when the test fails
    secret = Credentials.of(service.stack.settings.state).token_secret
    tokens = JwtTokens(lambda: secret)
    tickets: list[str] = []

    with FlakyProxy(service.endpoints.websocket_url) as proxy:

        def mint() -> Ticket:
            """Return a ticket whose token ends sooner than it says: a clock that goes wrong."""
            now = time.time_ns() // 1_000_000
            token = tokens.sign(user.id, issued_at=now, expires_at=now + TOKEN_SECONDS * 1_000)
            tickets.append(token)
            return Ticket(proxy.url, token, time.time() + 3_600)

        device = LiveInbox(mint, timing=QUICK)
        cutter = Cutter(service, user, device, proxy)
        with device, ExitStack() as others:
            assert device.wait_for(lambda seen: seen.is_current, PATIENCE_SECONDS)
            meddler = others.enter_context(Meddler(service, user))
            senders = others.enter_context(sending(service, user))
            ended = threading.Event()
            while len(cutter.cuts) < len(CUTS) or any(s.poll() is None for s in senders):
                cutter.cut(ended.wait)
            ids = [
                line.strip() for sender in senders for line in sender.stdout or () if line.strip()
            ]
            assert [sender.returncode for sender in senders] == [0] * SENDERS
            meddler.__exit__()

            expected = [(e["id"], e["read"], e["seen"]) for e in service.everything(user)]
            unread = service.inbox(user)["unread"]
            in_step = device.wait_for(
                lambda seen: seen.unread == unread and shown(seen) == expected, PATIENCE_SECONDS
            )
            if not in_step:
                assert shown(device) == expected
                assert device.unread == unread
    listed = [each["id"] for each in service.everything(user, "notifications")]
    assert meddler.errors == []
    assert len(ids) == NOTIFICATIONS // SENDERS * SENDERS
    assert listed == sorted(ids, reverse=True)
    assert set(cutter.cuts) == set(CUTS)
    assert len(tickets) > 2
