"""Follows a running stack: its functions' logs, its sockets, its mail, its emulator's errors."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import requests
from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import Cloud
from local.function_logs import FunctionLogs
from local.happenings import Happening
from local.sandbox.client import SandboxClient, SandboxError

_NEWEST: Final = 500  # messages that can arrive between two looks
_CONNECTION: Final = "CONNECTION#"
_SCAN_SHARE: Final = 20  # looking for sockets takes at most a 20th of the time
_SCAN_SECONDS: Final = 1.0


class Tail:
    """Everything that happens to a running stack, from the moment this is made."""

    def __init__(
        self, cloud: Cloud, sandbox_url: str, emulator_log: Path, since_ms: int | None = None
    ) -> None:
        """Begin now, but with the functions' logs, which are kept, at `since_ms` if it is given.

        `emulator_log` is the file that has the emulator's output.
        """
        now = time.time_ns() // 1_000_000
        self._logs = FunctionLogs(cloud, since_ms=now if since_ms is None else since_ms)
        self._sockets = _Sockets(cloud)
        self._receipts = _Receipts(sandbox_url)
        self._errors = _EmulatorErrors(emulator_log)

    def poll(self) -> list[Happening]:
        """Return what happened since the last call, oldest first."""
        found: list[Happening] = []
        for source in (self._logs, self._sockets, self._receipts, self._errors):
            # While the stack stops, or is too busy to answer, there is nothing to tell.
            with suppress(BotoCoreError, ClientError, requests.RequestException, SandboxError):
                found.extend(source.poll())
        return sorted(found, key=lambda happening: happening.time)


class _Sockets:
    """Who is connected, from the table: MiniStack drops the logs of the WebSocket function."""

    def __init__(self, cloud: Cloud) -> None:
        self._client = cloud.session.client(
            "dynamodb", endpoint_url=cloud.endpoint_url, config=cloud.config
        )
        self._table = cloud.outputs()["TableName"]
        self._connected: dict[str, str] = {}
        self._next = 0.0

    def poll(self) -> Iterator[Happening]:
        began = time.monotonic()
        if began < self._next:
            return
        connected = dict(self._scan())
        now = datetime.now(UTC)
        for name, these, others in (
            ("connected", connected, self._connected),
            ("disconnected", self._connected, connected),
        ):
            for connection in these.keys() - others.keys():
                yield Happening(now, name, channel="in-app", details={"user_id": these[connection]})
        self._connected = connected
        took = time.monotonic() - began
        self._next = began + max(_SCAN_SECONDS, took * _SCAN_SHARE)

    def _scan(self) -> Iterator[tuple[str, str]]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            ProjectionExpression="pk, sk",
            FilterExpression="begins_with(sk, :connection)",
            ExpressionAttributeValues={":connection": {"S": _CONNECTION}},
        )
        for page in pages:
            for item in page["Items"]:
                yield item["sk"]["S"], item["pk"]["S"].partition("#")[2]


class _Receipts:
    """What arrives in the sandbox."""

    def __init__(self, url: str) -> None:
        self._client = SandboxClient(url)
        self._seen = {message["id"] for message in self._client.messages(limit=_NEWEST)}

    def poll(self) -> Iterator[Happening]:
        messages = self._client.messages(limit=_NEWEST)
        for message in messages:
            if message["id"] not in self._seen:
                yield Happening(
                    time=datetime.fromisoformat(message["time"]),
                    name="received",
                    notification_id=message["notification_id"] or "",
                    channel="email" if message["provider"] == "mailgun" else "sms",
                    details={"provider": message["provider"], "to": masked(message["to"])},
                )
        self._seen = {message["id"] for message in messages}


def masked(addresses: Iterable[str]) -> str:
    """Return addresses as far as whoever sent to them knows them again: what is shown is kept."""
    return ",".join(
        f"{address[0]}…{address[address.rindex('@') :]}" if "@" in address else f"…{address[-4:]}"
        for address in addresses
    )


class _EmulatorErrors:
    """What the emulator itself complains of, such as a function that can't start."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._position = log.stat().st_size if log.exists() else 0

    def poll(self) -> Iterator[Happening]:
        if not self._log.exists():
            return
        with self._log.open("rb") as file:
            file.seek(self._position)
            for line in file:
                if not line.endswith(b"\n"):
                    break  # the rest of it comes later
                self._position += len(line)
                text = line.decode(errors="replace").strip()
                if " ERROR " in text:
                    now = datetime.now(UTC)
                    yield Happening(now, "emulator", details={"log": text}, level="ERROR")
