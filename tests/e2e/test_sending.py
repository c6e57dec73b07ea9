"""The three channels, from the HTTPS call to what arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.service import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.service import Service, Someone


def test_an_in_app_notification_arrives_on_every_device_and_reads_sent(
    service: Service, user: Someone
) -> None:
    with service.connect(user) as phone, service.connect(user) as laptop:
        notification_id = service.send(user, "in-app", "hello, world!", data={"page": 3})

        frames = [device.receive() for device in (phone, laptop)]

    for frame in frames:
        assert frame["type"] == "notification"
        assert frame["notification"]["id"] == notification_id
        assert frame["notification"]["content"] == "hello, world!"
        assert frame["notification"]["data"] == {"page": 3}
    listed = service.get(f"/users/{user.id}/notifications").json()["data"]
    assert frames[0]["notification"] == listed[0]
    assert listed[0]["status"] == "sent"


def test_an_email_arrives_and_reads_sent(service: Service, user: Someone) -> None:
    notification_id = service.send(user, "email", "hello, wörld 😀", subject="Grüße")

    found = service.settled(user, notification_id)

    assert found["status"] == "sent"
    (message,) = service.sandbox.messages(provider="mailgun", notification_id=notification_id)
    assert message["to"] == [user.email]
    assert message["subject"] == "Grüße"
    assert message["text"] == "hello, wörld 😀"
    (attempt,) = found["attempts"]
    assert attempt["provider"] == "mailgun"
    assert attempt["outcome"] == "accepted"
    assert attempt["provider_message_id"] == message["id"]


def test_an_sms_arrives_and_reads_sent(service: Service, user: Someone) -> None:
    notification_id = service.send(user, "sms", "your code is 123456")

    found = service.settled(user, notification_id)

    assert found["status"] == "sent"
    (message,) = service.sandbox.messages(provider="twilio", to=user.phone)
    assert message["text"] == "your code is 123456"
    assert found["attempts"][0]["provider"] == "twilio"
    assert found["attempts"][0]["provider_message_id"] == message["id"]


def test_nobody_receives_what_was_sent_to_another(
    service: Service, someone: Callable[[], Someone]
) -> None:
    ada, bob = someone(), someone()
    with service.connect(bob) as device:
        service.send(ada, "in-app", "for Ada only")
        for_bob = service.send(bob, "in-app", "for Bob")

        assert device.receive()["notification"]["id"] == for_bob

    listed = service.get(f"/users/{bob.id}/notifications").json()["data"]
    assert [entry["id"] for entry in listed] == [for_bob]


def test_an_in_app_notification_does_not_wait_for_a_slow_provider(
    service: Service, someone: Callable[[], Someone]
) -> None:
    """Five emails hang at Mailgun; the push arrives before any of them is done."""
    slow, other = [someone() for _ in range(5)], someone()
    for each in slow:
        service.sandbox.fault("mailgun", "slow", latency=8, to=each.email)
    with service.connect(other) as device:
        emails = [(each, service.send(each, "email")) for each in slow]
        eventually(lambda: any(service.sandbox.requests(to=each.email) for each in slow))

        notification_id = service.send(other, "in-app")

        assert device.receive()["notification"]["id"] == notification_id
        statuses = [service.notification(each, email)["status"] for each, email in emails]
        assert statuses == ["pending"] * 5
    for each, email in emails:
        assert service.settled(each, email)["status"] == "sent"


def test_the_list_pages_and_filters(service: Service, user: Someone) -> None:
    ids = [service.send(user, "in-app", str(number)) for number in range(5)]
    email = service.send(user, "email")
    service.settled(user, email)
    path = f"/users/{user.id}/notifications"

    seen: list[str] = []
    query = {"limit": "2"}
    pages = 0
    while True:
        pages += 1
        page = service.get(path, **query).json()
        seen += [entry["id"] for entry in page["data"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert seen == sorted([*ids, email], reverse=True)
    assert pages == 3  # and no empty one behind them
    by_type = service.get(path, type="email", status="sent").json()["data"]
    assert [entry["id"] for entry in by_type] == [email]
    assert service.get(path, type="sms").json() == {"data": [], "next": None}


def test_a_user_with_nothing_gets_the_documented_answer(service: Service, user: Someone) -> None:
    answer = service.get(f"/users/{user.id}/notifications")

    assert answer.status_code == 400
    assert answer.json()["error"] == "No notifications for user_id found."
