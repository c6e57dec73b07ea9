"""Many notifications with one request, on the stack as it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.domain.notification import Channel
from notificationd.domain.record import Lease, accepted
from tests.e2e.service import eventually
from tests.fakes import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.service import Service, Someone


def entry(user: Someone, channel: str, content: str = "hello", **fields: object) -> dict[str, Any]:
    return {"user_id": user.id, "notification_type": channel, "content": content, **fields}


def test_each_entry_is_sent_or_told_why_not(
    service: Service, someone: Callable[[], Someone]
) -> None:
    ada, bob = someone(), someone()
    with service.connect(bob) as device:
        answer = service.post(
            "/notifications/batch",
            {
                "notifications": [
                    entry(ada, "email"),
                    entry(bob, "in-app"),
                    entry(ada, "email", ""),
                    entry(ada, "sms"),
                    {"user_id": "nobody", "notification_type": "sms", "content": "hello"},
                ]
            },
        )
        pushed = device.receive()["notification"]["id"]

    assert answer.status_code == 200
    email, in_app, empty, sms, unknown = answer.json()["data"]
    assert [email["status"], in_app["status"], sms["status"]] == [201] * 3
    assert [error["field"] for error in empty["problem"]["errors"]] == ["content"]
    assert [error["code"] for error in unknown["problem"]["errors"]] == ["no_address"]
    assert pushed == in_app["id"]
    for user, sent in ((ada, email), (ada, sms), (bob, in_app)):
        assert service.settled(user, sent["id"])["status"] == "sent"


def test_a_hundred_are_taken_on_and_sent_once_however_often_they_are_asked_for(
    service: Service, user: Someone
) -> None:
    channels = ("email", "sms", "in-app")
    body = {
        "notifications": [
            entry(user, channels[place % 3], f"number {place} 'quoted' 😀") for place in range(100)
        ]
    }

    def ask() -> requests.Response:
        return requests.post(
            service.url("/notifications/batch"),
            json=body,
            headers={
                "Authorization": f"Bearer {service.endpoints.api_key}",
                "Idempotency-Key": f"batch-{user.id}",
            },
            timeout=60,
        )

    first, again = ask(), ask()

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    answers = first.json()["data"]
    assert {answer["status"] for answer in answers} == {201}
    found = eventually(
        lambda: service.everything(user, "notifications"),
        lambda listed: {one["status"] for one in listed} == {"sent"},
    )
    assert {one["id"]: one["content"] for one in found} == {
        answer["id"]: asked["content"]
        for answer, asked in zip(answers, body["notifications"], strict=True)
    }
    emails = service.sandbox.messages(to=user.email)
    assert len(emails) == len({message["notification_id"] for message in emails}) == 34


@pytest.mark.parametrize("is_there", [False, True])
def test_the_table_keeps_what_it_has(service: Service, user: Someone, *, is_there: bool) -> None:
    """The emulator's own statements: a record that the dispatcher has claimed is not put back."""
    notifications = DynamoNotifications(service.dynamodb, service.outputs["TableName"])
    made = [
        make.notification(
            user_id=user.id, content=f"😀 '{place}'", channel=Channel.IN_APP, data={"a": [1, None]}
        )
        for place in range(30)
    ]
    expected = {each.id: accepted(each) for each in made}
    if is_there:
        first = made[0]
        lease = Lease("lease", first.created_at + 30_000)
        expected[first.id] = notifications.claim(first, lease, first.created_at)

    missing = notifications.create_all([accepted(each) for each in made])

    assert missing == frozenset()
    assert {each.id: notifications.get(user.id, each.id) for each in made} == expected
