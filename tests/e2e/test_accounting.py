"""The books of a running stack: what is sent, by each way that there is, is in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.chaos.books import compare
from tests.chaos.facts import records
from tests.e2e.service import eventually

if TYPE_CHECKING:
    from tests.chaos.books import Comparison
    from tests.e2e.service import Service, Someone


def this_hour(began: datetime) -> dict[str, str]:
    return {"from": began.isoformat(), "to": datetime.now(UTC).isoformat()}


def books(service: Service, began: datetime) -> dict[str, Any]:
    answer = service.get("/accounting", **this_hour(began))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_books_agree_with_the_table(service: Service, user: Someone) -> None:
    """Of all channels, in a batch, scheduled, cancelled and failed: whatever else is in it too."""
    began = datetime.now(UTC)
    before = books(service, began)["total"]
    later = (began + timedelta(days=1)).isoformat()
    first = [service.send(user, channel) for channel in ("email", "sms", "in-app")]
    # Before there is a fault, which the next one is to meet.
    assert [service.settled(user, each)["status"] for each in first] == ["sent"] * 3
    service.sandbox.fault("twilio", "bad_address", times=1, to=user.phone)
    failed = service.send(user, "sms")
    service.send(user, "email", send_at=later)
    cancelled = service.send(user, "in-app", send_at=later)
    assert service.delete(f"/users/{user.id}/notifications/{cancelled}").status_code == 200
    entry = {"user_id": user.id, "content": "hello"}
    entries = [{**entry, "notification_type": name} for name in ("email", "in-app") * 3]
    assert service.post("/notifications/batch", {"notifications": entries}).status_code == 200
    assert service.settled(user, failed)["status"] == "failed"

    def look() -> tuple[Comparison, dict[str, int]]:
        answer = books(service, began)
        return compare(answer, records(service)), answer["total"]

    # They may agree before all is sent, too.
    agreed, total = eventually(
        look, lambda seen: not seen[0].findings and seen[1]["sent"] >= before["sent"] + 9
    )

    assert agreed.notifications == total["accepted"] >= before["accepted"] + 12
    for column in ("failed", "cancelled", "in_progress"):
        assert total[column] > 0, column


def test_the_books_tell_how_far_they_are(service: Service, user: Someone) -> None:
    began = datetime.now(UTC).replace(microsecond=0)

    service.send(user, "in-app")

    eventually(
        lambda: books(service, began)["counted_up_to"],
        lambda up_to: up_to is not None and datetime.fromisoformat(up_to) >= began,
    )


def test_a_range_that_makes_no_sense_is_a_problem(service: Service) -> None:
    answer = service.get("/accounting", **{"from": "yesterday"})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [each["field"] for each in answer.json()["errors"]] == ["from"]


def test_a_user_does_not_see_the_books(service: Service, user: Someone) -> None:
    headers = {"Authorization": f"Bearer {service.token(user)}"}
    answer = service.session.get(service.url("/accounting"), headers=headers, timeout=60)

    assert answer.status_code == 403
