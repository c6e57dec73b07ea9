"""The service as its callers see it, and what tests ask of the emulator behind it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import requests

from local.client import InboxClient, mint_ticket, mint_token
from local.sandbox.client import SandboxClient
from notificationd_client.inbox import LiveInbox, Ticket, Timing

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from local.stack import Stack

PATIENCE_SECONDS = 90.0
QUICK = Timing(settle=2, refresh=5, gap=0.5, answer=10, first_delay=0.1, longest_delay=1, tick=0.1)
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Someone:
    """A user of one test."""

    id: str
    email: str
    phone: str


class Service:
    """A running stack, called with an API key that may do everything."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.endpoints = stack.endpoints
        self.sandbox = SandboxClient(self.endpoints.sandbox_url)
        self.outputs = stack.cloud.outputs()
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {self.endpoints.api_key}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        self.sandbox.close()

    # --- the API

    def url(self, path: str) -> str:
        return self.endpoints.api_url + path

    def get(self, path: str, **query: str) -> requests.Response:
        return self.session.get(self.url(path), params=query, timeout=60)

    def put(self, path: str, body: object) -> requests.Response:
        return self.session.put(self.url(path), json=body, timeout=60)

    def post(self, path: str, body: object) -> requests.Response:
        return self.session.post(self.url(path), json=body, timeout=60)

    def patch(self, path: str, body: object) -> requests.Response:
        return self.session.patch(self.url(path), json=body, timeout=60)

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(self.url(path), timeout=60)

    def send(self, user: Someone, channel: str, content: str = "hello", **fields: object) -> str:
        """Send a notification and return its id."""
        body = {"user_id": user.id, "notification_type": channel, "content": content, **fields}
        answer = self.post("/notifications", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def notification(self, user: Someone, notification_id: str) -> dict[str, Any]:
        """Return one notification with its timeline."""
        answer = self.get(f"/users/{user.id}/notifications/{notification_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def settled(self, user: Someone, notification_id: str) -> dict[str, Any]:
        """Wait until a notification is settled and return it."""
        return eventually(
            lambda: self.notification(user, notification_id),
            lambda found: found["status"] not in {"pending", "scheduled"},
        )

    def inbox(self, user: Someone, **query: str) -> dict[str, Any]:
        """Return a page of a user's inbox."""
        answer = self.get(f"/users/{user.id}/inbox", **query)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def everything(self, user: Someone, what: str = "inbox") -> list[dict[str, Any]]:
        """Return all that is in a user's inbox and not archived, newest first.

        Args:
            what: or all `notifications`, archived ones too.
        """
        query = {"limit": "100"}
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(f"/users/{user.id}/{what}", **query).json()
            found += page["data"]
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    def mark(self, user: Someone, notification_id: str, **marks: bool) -> dict[str, Any]:
        """Change a notification over HTTP."""
        answer = self.patch(f"/users/{user.id}/notifications/{notification_id}", marks)
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()
        return changed

    def live(
        self, user: Someone, url: str | None = None, timing: Timing | None = QUICK
    ) -> LiveInbox:
        """Return a client that follows the protocol, quicker than it would have to.

        Args:
            url: where it connects instead.
            timing: None for that of the protocol.
        """

        def mint() -> Ticket:
            ticket = mint_ticket(self.endpoints, user.id)
            return ticket if url is None else replace(ticket, url=url)

        return LiveInbox(mint, timing=timing)

    def token(self, user: Someone) -> str:
        return mint_token(self.endpoints, user.id)

    def connect(self, user: Someone, token: str | None = None) -> InboxClient:
        """Open a user's socket, as a browser does."""
        return InboxClient(self.endpoints.websocket_url, token or self.token(user))

    # --- behind it

    def client(self, name: str) -> Any:  # noqa: ANN401 - any client of the SDK's
        cloud = self.stack.cloud
        # The stubs know a client by its literal name only.
        return cloud.session.client(  # type: ignore[call-overload]
            name, endpoint_url=cloud.endpoint_url, config=cloud.config
        )

    @property
    def dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self.client("dynamodb")
        return client

    @property
    def sqs(self) -> SQSClient:
        client: SQSClient = self.client("sqs")
        return client

    def items_of(self, user: str) -> list[str]:
        """Return the sort keys of all that the table holds of a user."""
        answer = self.dynamodb.query(
            TableName=self.outputs["TableName"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"USER#{user}"}},
            ConsistentRead=True,
        )
        return [item["sk"]["S"] for item in answer["Items"]]

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Look at a queue without taking anything off it. The emulator's own way in.

        Args:
            queue: the name of its output, like `DeadLetterQueueUrl`.
        """
        answer = self.session.get(
            f"{self.endpoints.aws_endpoint_url}/_ministack/sqs/messages",
            params={"QueueUrl": self.outputs[queue]},
            timeout=60,
        )
        return list(_messages_in(answer.json()))


def eventually[T](
    look: Callable[[], T],
    good: Callable[[T], bool] = bool,
    *,
    patience: float = PATIENCE_SECONDS,
) -> T:
    """Look until it is good, and return what was seen.

    Raises:
        AssertionError: it never was; the last sight is in the text.
    """
    deadline = time.monotonic() + patience
    while True:
        seen = look()
        if good(seen):
            return seen
        if time.monotonic() > deadline:
            message = f"waited {patience:.0f} s, and still: {seen!r}"
            raise AssertionError(message)
        time.sleep(_POLL_SECONDS)


def _messages_in(answer: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - the emulator's own JSON
    """Return the messages wherever they stand in the emulator's answer, with their bodies read."""
    if isinstance(answer, dict) and "Body" in answer and "MessageId" in answer:
        return [{**answer, "Body": json.loads(answer["Body"])}]
    inner = answer.values() if isinstance(answer, dict) else answer
    if not isinstance(answer, dict | list):
        return []
    return [message for entry in inner for message in _messages_in(entry)]
