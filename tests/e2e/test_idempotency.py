"""A request that is made again and again makes one notification."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.e2e.service import eventually

if TYPE_CHECKING:
    from tests.e2e.service import Service, Someone


def post(service: Service, body: dict[str, Any], key: str) -> requests.Response:
    return requests.post(
        service.url("/notifications"),
        json=body,
        headers={
            "Authorization": f"Bearer {service.endpoints.api_key}",
            "Idempotency-Key": key,
        },
        timeout=60,
    )


@pytest.mark.parametrize("channel", ["email", "sms", "in-app"])
def test_a_retry_is_answered_the_same_and_sent_once(
    service: Service, user: Someone, channel: str
) -> None:
    body = {"user_id": user.id, "notification_type": channel, "content": "once"}
    first = post(service, body, f"retry-{user.id}")
    again = post(service, body, f"retry-{user.id}")
    other = post(service, body | {"content": "twice"}, f"retry-{user.id}")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert service.settled(user, first.json()["id"])["status"] == "sent"
    assert len(service.items_of(user.id)) == 2  # the profile, and one notification


def test_a_hundred_identical_requests_at_once_make_one_notification(
    service: Service, user: Someone
) -> None:
    body = {"user_id": user.id, "notification_type": "email", "content": "once"}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(service, body, f"hundred-{user.id}"), range(100)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    (notification_id,) = ids
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 409)
    assert service.settled(user, notification_id)["attempt_count"] == 1
    received = eventually(lambda: service.sandbox.messages(to=user.email))
    assert [message["notification_id"] for message in received] == [notification_id]
