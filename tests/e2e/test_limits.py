"""Limits on the deployed stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import configured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.service import Service, Someone


@pytest.fixture
def two_sms_an_hour(service: Service) -> Iterator[None]:
    with configured(service, "SendFunction", RECIPIENT_LIMITS="sms=2/hour"):
        yield


@pytest.mark.usefixtures("two_sms_an_hour")
def test_the_third_sms_of_an_hour_is_refused_and_others_are_not(
    service: Service, someone: Callable[[], Someone]
) -> None:
    user, other = someone(), someone()
    sms = {"user_id": user.id, "notification_type": "sms", "content": "your code"}

    answers = [service.post("/notifications", sms) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    refusal = answers[2]
    assert refusal.headers["Content-Type"] == "application/problem+json"
    assert refusal.json()["code"] == "rate_limited"
    assert 1 <= int(refusal.headers["Retry-After"]) <= 1_800
    assert service.post("/notifications", {**sms, "user_id": other.id}).status_code == 201
    assert service.post("/notifications", {**sms, "notification_type": "email"}).status_code == 201
    listed = service.get(f"/users/{user.id}/notifications?type=sms").json()["data"]
    assert len(listed) == 2
