"""No log holds a content, an address or a credential, whatever happens to a notification.

Known texts go through every path, failures and crashes included; then everything that was written
down meanwhile is searched for them: the functions' logs, the emulator's and the sandbox's output,
and the lines that `make run` shows.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

import pytest
import requests

from local.client import InboxClient, Refused
from local.credentials import Credentials
from local.sandbox.credentials import MAILGUN_API_KEY, TWILIO_AUTH_TOKEN
from local.tail import Tail
from tests.e2e.conftest import configured
from tests.e2e.service import Service, Someone, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = uuid4().hex
"""In everything that is not to be found, so that the search misses no part of it."""
CONTENT = f"the content {MARK}"
SUBJECT = f"the subject {MARK}"
DATA = f"the data {MARK}"
EMAIL = f"ada.{MARK[:20]}@example.com"
PHONE = "+14155559713"
WRONG_KEY = f"nd_{MARK}wrong"
WRONG_TOKEN = f"eyJhbGciOiJIUzI1NiJ9.{MARK}.wrong"
FIELD = f"field{MARK}"


class Echo(BaseHTTPRequestHandler):
    """A provider that refuses all it gets, and says in its answer what that was."""

    status: ClassVar[int] = 400

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        said = f"{sent} {EMAIL} {PHONE} {CONTENT} {self.headers['Authorization']}"
        answer = json.dumps({"message": said, "code": int(PHONE), "status": self.status}).encode()
        self.send_response(self.status, said[:100])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing: it is no part of the service."""


@contextmanager
def echoing(service: Service, status: int) -> Iterator[None]:
    """Let both providers be one that tells back what it was sent."""
    handler = type("StatusEcho", (Echo,), {"status": status})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        with configured(
            service,
            "DispatchFunction",
            MAILGUN_BASE_URL=url,
            TWILIO_BASE_URL=url,
            EMAIL_PROVIDERS="mailgun",
            SMS_PROVIDERS="twilio",
            RETRY_BASE_SECONDS="1",
            MAX_RECEIVES="1",
        ):
            yield
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Written:
    """All that was written down while the paths were gone.

    Args:
        logs: the text of each log, by its name.
        secrets: what is not to be found, by what it is.
    """

    logs: dict[str, str]
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def written(service: Service) -> Written:
    started = time.time_ns() // 1_000_000 - 1000
    tail = Tail(service.stack.cloud, service.endpoints.sandbox_url, service.stack.emulator_log)
    shown: list[str] = []
    files = {path: path.stat().st_size for path in service.stack.settings.logs.glob("*.log")}
    user = Someone(f"user-{uuid4().hex[:12]}", EMAIL, PHONE)
    token = service.token(user)

    _accept(service, user)
    shown += _lines(tail)
    _live(service, user, token)
    _refused_requests(service, user)
    _failing_providers(service, user)
    shown += _lines(tail)
    _dead_letters(service)
    _crashes(service, user)
    shown += _lines(tail)

    logs = _function_logs(service, started)
    for path, size in files.items():
        with path.open("rb") as file:
            file.seek(size)
            logs[path.name] = file.read().decode(errors="replace")
    logs["make run"] = "\n".join(shown)
    credentials = Credentials.of(service.stack.settings.state)
    return Written(
        logs,
        {
            "mark": MARK,
            "mark in part": MARK[:20],
            "phone": PHONE,
            "phone without its plus": PHONE[1:],
            "API key": credentials.api_key,
            "user token": token,
            "token's signature": token.rpartition(".")[2],
            "token secret": credentials.token_secret,
            "Mailgun's key": MAILGUN_API_KEY,
            "Twilio's token": TWILIO_AUTH_TOKEN,
        },
    )


def test_no_log_holds_what_was_sent_or_a_credential(written: Written) -> None:
    found = [
        (name, what, _around(text, secret))
        for name, text in written.logs.items()
        for what, secret in written.secrets.items()
        if secret in text
    ]

    assert found == []


@pytest.mark.parametrize(
    ("log", "events"),
    [
        ("SendLogs", ["accepted", "cancelled", "request_failed"]),
        ("DispatchLogs", ["sent", "retried", "failed", "dead_lettered", "record_failed"]),
        ("DeadLettersLogs", ["redriven"]),
        ("InboxLogs", ["marked"]),
        ("AuthorizeLogs", ["invocation_failed"]),
        ("make run", ["accepted", "received", "sent", "failed"]),
    ],
)
def test_the_paths_left_their_traces_so_the_search_had_something_to_find(
    written: Written, log: str, events: list[str]
) -> None:
    assert [event for event in events if event not in written.logs[log]] == []


# --- the paths


def _body(user: Someone, channel: str, **fields: object) -> dict[str, object]:
    subject = {} if channel == "sms" else {"subject": SUBJECT}
    data = {"data": {"secret": DATA}} if channel == "in-app" else {}
    return {
        "user_id": user.id,
        "notification_type": channel,
        "content": CONTENT,
        **subject,
        **data,
        **fields,
    }


def _sent(service: Service, user: Someone, channel: str, **fields: object) -> str:
    answer = service.post("/notifications", _body(user, channel, **fields))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _accept(service: Service, user: Someone) -> None:
    """Everything that goes well."""
    assert service.put(f"/users/{user.id}", {"email": EMAIL, "phone": PHONE}).ok
    assert service.get(f"/users/{user.id}").ok
    ids = [_sent(service, user, channel) for channel in ("email", "sms", "in-app")]
    ids.append(_sent(service, user, "email", to=f"to.{EMAIL}"))
    for each in ids:
        assert service.settled(user, each)["status"] == "sent"
    batch = [_body(user, channel) for channel in ("email", "sms", "in-app")] + [{FIELD: CONTENT}]
    assert service.post("/notifications/batch", {"notifications": batch}).ok
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    scheduled = _sent(service, user, "email", send_at=later)
    assert service.delete(f"/users/{user.id}/notifications/{scheduled}").ok
    keyed = service.session.post(
        service.url("/notifications"),
        json=_body(user, "email"),
        headers={"Idempotency-Key": f"key-{MARK}"},
        timeout=60,
    )
    assert keyed.status_code == 201
    assert service.get(f"/users/{user.id}/notifications", limit="2").ok
    assert service.get(f"/users/{user.id}/inbox").ok
    assert service.mark(user, ids[2], read=True)
    assert service.post(f"/users/{user.id}/notifications/read-all", {}).ok


def _live(service: Service, user: Someone, token: str) -> None:
    """A socket with its token in the query, frames that are no good, and sockets refused."""
    with service.connect(user, token) as client:
        client.send("sync")
        client.receive()
        for frame in (CONTENT, json.dumps({"action": CONTENT}), json.dumps({"action": "read"})):
            client.send_text(frame)
            client.receive()
        client.send("read", ids=[CONTENT])
        client.receive()
        _sent(service, user, "in-app")
        while client.receive()["type"] != "notification":
            pass
    for wrong in (WRONG_TOKEN, WRONG_KEY):
        with pytest.raises(Refused):
            InboxClient(service.endpoints.websocket_url, wrong)


def _refused_requests(service: Service, user: Someone) -> None:
    """Requests that are refused, whose words are no better known."""
    session = service.session
    url = service.url("/notifications")
    kind = {"Content-Type": "application/json"}
    for text in (CONTENT, f'{{"{FIELD}": "{CONTENT}"', f'{{"{FIELD}": "{CONTENT}"}}'):
        assert session.post(url, data=text, headers=kind, timeout=60).status_code in {400, 422}
    for wrong in (
        {"to": f"{EMAIL} no address"},
        {"to": f"{PHONE}{PHONE}", "notification_type": "sms"},
        {"content": {"text": CONTENT}},
        {"subject": f"{SUBJECT}\r\nBcc: {EMAIL}"},
        {"notification_type": CONTENT},
    ):
        body = _body(user, "email") | wrong
        assert session.post(url, json=body, timeout=60).status_code == 422
    assert service.put(f"/users/{user.id}", {"email": CONTENT, "phone": PHONE}).status_code == 422
    query = {"cursor": CONTENT, "status": MARK}
    assert service.get(f"/users/{user.id}/notifications", **query).status_code == 422
    for credential in (WRONG_KEY, WRONG_TOKEN, CONTENT):
        headers = {"Authorization": f"Bearer {credential}"}
        answer = requests.get(service.url("/dead-letters"), headers=headers, timeout=60)
        assert answer.status_code == 401


def _failing_providers(service: Service, user: Someone) -> None:
    """Refusals that tell back what they were sent, lost answers, and dead letters."""
    for status in (400, 401, 500):
        with echoing(service, status):
            for channel in ("email", "sms"):
                found = service.settled(user, _sent(service, user, channel))
                assert found["status"] == "failed"
    with configured(service, "DispatchFunction", EMAIL_PROVIDERS="mailgun"):
        service.sandbox.fault("mailgun", "500", times=1, to=EMAIL)
        assert service.settled(user, _sent(service, user, "email"))["status"] == "sent"
        service.sandbox.fault("mailgun", "drop", times=1, to=EMAIL, accept=True)
        unknown = _sent(service, user, "email", delivery="at_most_once")
        assert service.settled(user, unknown)["reason"] == "outcome_unknown"
    service.sandbox.fault("twilio", "bad_address", times=1, to=PHONE)
    assert service.settled(user, _sent(service, user, "sms"))["reason"] == "refused"


def _dead_letters(service: Service) -> None:
    assert service.get("/dead-letters", limit="100").ok
    assert service.get("/dead-letters", ids=CONTENT).ok
    eventually(lambda: service.post("/dead-letters/redrive", {"all": True}).json()["redriven"])


def _crashes(service: Service, user: Someone) -> None:
    """What is never to happen: messages of nobody, and functions without their table."""
    queue = service.outputs["EmailQueueUrl"]
    for body in (
        CONTENT,
        json.dumps({"content": CONTENT, "to": EMAIL}),
        json.dumps({"v": 99, "id": MARK, "content": CONTENT}),
        json.dumps({"v": CONTENT, "id": MARK}),
        json.dumps(_body(user, "email") | {"id": "x", "channel": CONTENT, "created_at": 1}),
    ):
        service.sqs.send_message(QueueUrl=queue, MessageBody=body)
    with configured(service, "SendFunction", TABLE_NAME="gone"):
        assert service.post("/notifications", _body(user, "in-app")).status_code == 503
    with configured(service, "SendFunction", EMAIL_QUEUE_URL=""):
        assert service.post("/notifications", _body(user, "email")).status_code == 500
    with configured(service, "AuthorizeFunction", TABLE_NAME="gone"):
        headers = {"Authorization": f"Bearer {WRONG_KEY}x"}
        refused = requests.get(service.url("/dead-letters"), headers=headers, timeout=60)
        assert refused.status_code >= 500
        assert WRONG_KEY not in refused.text
    eventually(lambda: "record_failed" in _function_logs(service, 0)["DispatchLogs"])


# --- what was written


def _lines(tail: Tail) -> list[str]:
    return [happening.line(coloured=False) for happening in tail.poll()]


def _function_logs(service: Service, since_ms: int) -> dict[str, str]:
    client = service.client("logs")
    logs = {}
    for name, group in service.stack.cloud.resources("AWS::Logs::LogGroup").items():
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=since_ms
        )
        logs[name] = "\n".join(event["message"] for page in pages for event in page["events"])
    return logs


def _around(text: str, secret: str) -> str:
    """Return the line that gives it away."""
    at = text.index(secret)
    return text[max(0, at - 300) : at + 100]
