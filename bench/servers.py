"""Local servers that stand in for AWS and for Mailgun, so that only the functions are measured."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

from bench.assumptions import PROVIDER_MS
from local.settings import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, as AWS keeps them
    disable_nagle_algorithm = True  # small answers would wait for 40 ms

    def do_POST(self) -> None:
        """Answer a call."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = json.dumps(self.answer(body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def answer(self, body: bytes) -> dict[str, Any]:
        """Return the body of the answer."""
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_ACCEPTED = {"id": "<1@example.com>", "message": "Queued. Thank you."}


class Aws(_Handler):
    """Answers the calls that the functions make, Mailgun's too, as if all went well.

    A claim is answered with the record that it makes: what it set is what the item holds.
    """

    def answer(self, body: bytes) -> dict[str, Any]:
        """Return what the service says."""
        answer: dict[str, Any] = {}
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        asked = json.loads(body) if operation else {}
        match operation:
            case "Query":
                answer = {"Count": 0, "ScannedCount": 0, "Items": []}
            case "GetItem":
                answer = {"Item": {**asked["Key"], "scopes": {"SS": ["read", "send"]}}}
            case "UpdateItem":
                answer = {"Attributes": _updated(asked)}
            case "GetParameter":
                answer = {"Parameter": {"Name": asked["Name"], "Value": "a secret"}}
            case "SendMessage":
                answer = {"MessageId": "1", "MD5OfMessageBody": "1"}
            case _ if self.path.startswith("/v3/"):
                answer = _ACCEPTED
        return answer


class Mailgun(_Handler):
    """Accepts every email after a while."""

    seconds: ClassVar[float] = PROVIDER_MS / 1000

    def answer(self, body: bytes) -> dict[str, Any]:
        """Return what Mailgun says."""
        assert body
        time.sleep(self.seconds)
        return _ACCEPTED


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100


@contextmanager
def serving(handler: type[_Handler]) -> Iterator[str]:
    """Serve on loopback, and yield the address."""
    server = _Server((HOST, 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _updated(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the item after an update whose placeholders are named after the attributes."""
    names = asked["ExpressionAttributeNames"]
    values = asked["ExpressionAttributeValues"]
    item = {name: values[f":{name}"] for name in names.values() if f":{name}" in values}
    return {**asked["Key"], **item, "claims": {"N": "1"}}
