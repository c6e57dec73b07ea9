"""The inbox on a running stack: several devices, HTTP beside them, and counts that are exact."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import write_message
from notificationd.domain.ids import first_id, now_ms
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status, accepted
from tests.e2e.proxy import FlakyProxy
from tests.e2e.service import PATIENCE_SECONDS, eventually
from tests.fakes import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.client import InboxClient
    from notificationd_client.inbox import LiveInbox
from tests.e2e.service import Service, Someone


def ask(device: InboxClient, action: str, **fields: object) -> dict[str, Any]:
    """Say something and return what comes next."""
    device.send(action, **fields)
    return device.receive()


@pytest.mark.parametrize(
    ("action", "state", "unread"),
    [("read", "read", 1), ("seen", "seen", 2), ("archive", "archived", 1)],
)
def test_a_change_on_one_device_is_told_to_all_of_the_user_s_and_to_nobody_else_s(
    service: Service, someone: Callable[[], Someone], action: str, state: str, unread: int
) -> None:
    ada, bob = someone(), someone()
    first, _ = service.send(ada, "in-app"), service.send(ada, "in-app")
    service.send(bob, "in-app")
    with (
        service.connect(ada) as phone,
        service.connect(ada) as laptop,
        service.connect(bob) as stranger,
    ):
        phone.send(action, ids=[first])
        told = [device.receive() for device in (phone, laptop)]

        assert told[0] == told[1]
        assert (told[0]["type"], told[0]["state"], told[0]["ids"]) == ("state", state, [first])
        assert told[0]["unread"] == unread
        assert ask(stranger, "ping") == {"type": "pong"}


def test_what_was_read_is_unread_again(service: Service, user: Someone) -> None:
    ids = [service.send(user, "in-app") for _ in range(2)]
    service.post(f"/users/{user.id}/notifications/read-all", {})
    with service.connect(user) as phone, service.connect(user) as laptop:
        laptop.send("unread", ids=ids[:1])
        told = [device.receive() for device in (phone, laptop)]

    assert told[0] == told[1]
    assert (told[0]["state"], told[0]["unread"]) == ("unread", 1)
    assert [each["id"] for each in service.inbox(user, unread="true")["data"]] == ids[:1]


def test_reading_all_is_told_with_its_end_and_takes_one_write(
    service: Service, user: Someone
) -> None:
    ids = sorted(service.send(user, "in-app") for _ in range(3))
    with service.connect(user) as phone, service.connect(user) as laptop:
        phone.send("read_all", up_to=ids[1])
        told = [device.receive() for device in (phone, laptop)]

    assert told[0] == told[1]
    assert (told[0]["state"], told[0]["up_to"], told[0]["unread"]) == ("read", ids[1], 1)
    assert told[0]["revision"] == 1


def test_a_change_over_http_is_told_to_the_devices_too(service: Service, user: Someone) -> None:
    notification_id = service.send(user, "in-app")
    with service.connect(user) as device:
        changed = service.mark(user, notification_id, read=True)
        frame = device.receive()
        answer = service.post(f"/users/{user.id}/notifications/read-all", {})
        all_read = device.receive()

    assert changed["notification"]["read"] is True
    assert (frame["ids"], frame["unread"]) == ([notification_id], changed["unread"])
    assert answer.status_code == 200
    assert all_read["up_to"] == answer.json()["up_to"]
    assert service.inbox(user)["data"][0]["read"] is True


def test_the_user_s_own_token_changes_the_inbox_and_no_other_s(
    service: Service, someone: Callable[[], Someone]
) -> None:
    ada, bob = someone(), someone()
    ids = {each.id: service.send(each, "in-app") for each in (ada, bob)}
    headers = {"Authorization": f"Bearer {service.token(ada)}"}

    def statuses(user: Someone) -> list[int]:
        base = f"/users/{user.id}"
        calls: list[tuple[str, str, object]] = [
            ("GET", f"{base}/inbox", None),
            ("PATCH", f"{base}/notifications/{ids[user.id]}", {"read": True}),
            ("POST", f"{base}/notifications/read-all", {}),
        ]
        return [
            service.session.request(
                method, service.url(path), json=body, headers=headers, timeout=60
            ).status_code
            for method, path, body in calls
        ]

    assert statuses(ada) == [200] * 3
    assert statuses(bob) == [403] * 3
    assert service.inbox(bob)["unread"] == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ids": []}, "invalid_request"),
        ({"ids": [first_id(now_ms())]}, "not_found"),
        ({"ids": ["x" * 40_000]}, "too_large"),
    ],
)
def test_a_frame_that_comes_to_nothing_is_answered_and_the_socket_stays(
    service: Service, user: Someone, fields: dict[str, object], code: str
) -> None:
    with service.connect(user) as device:
        answer = ask(device, "read", ref="7", **fields)

        assert (answer["type"], answer["code"]) == ("error", code)
        assert ask(device, "ping") == {"type": "pong"}


def test_a_sync_pages_by_number_and_by_size(service: Service, user: Someone) -> None:
    small = [service.send(user, "in-app", str(number)) for number in range(5)]
    large = [service.send(user, "in-app", "é" * 32_768) for _ in range(3)]
    with service.connect(user) as device:
        pages = [ask(device, "sync", limit=4)]
        while pages[-1]["next"] is not None:
            pages.append(ask(device, "sync", limit=4, cursor=pages[-1]["next"]))

    seen = [each["id"] for page in pages for each in page["notifications"]]
    assert seen == sorted(small + large, reverse=True)
    assert {page["unread"] for page in pages} == {8}
    assert max(len(page["notifications"]) for page in pages) == 4
    assert min(len(page["notifications"]) for page in pages) == 1


def test_a_user_with_fifty_devices_has_them_all_told(service: Service, user: Someone) -> None:
    token = service.token(user)
    with ExitStack() as opened:
        devices = [opened.enter_context(service.connect(user, token)) for _ in range(50)]
        notification_id = service.send(user, "in-app")
        pushed = {device.receive()["notification"]["id"] for device in devices}
        service.mark(user, notification_id, read=True)
        told = [device.receive() for device in devices]

    assert pushed == {notification_id}
    assert {(frame["state"], frame["unread"]) for frame in told} == {("read", 0)}
    assert len(told) == 50


def test_a_push_that_was_left_to_the_queue_comes_to_the_devices_all_the_same(
    service: Service, user: Someone
) -> None:
    """As `send` leaves it there: for one socket that was busy, or for all, not looked up."""
    table = DynamoNotifications(service.dynamodb, service.outputs["TableName"])
    with service.connect(user) as phone:
        (socket,) = [key for key in service.items_of(user.id) if key.startswith("CONNECTION#")]
        with service.connect(user) as laptop:
            for sockets in ([socket.removeprefix("CONNECTION#")], None):
                notification = make.notification(user_id=user.id, channel=Channel.IN_APP)
                table.create(accepted(notification, Status.SENT))
                service.sqs.send_message(
                    QueueUrl=service.outputs["InAppQueueUrl"],
                    MessageBody=write_message(notification, sockets),
                )
                assert phone.receive()["notification"]["id"] == notification.id
            assert laptop.receive()["notification"]["id"] == notification.id


def test_the_count_is_exact_up_to_a_thousand_and_says_when_there_are_more(
    service: Service, user: Someone
) -> None:
    table = DynamoNotifications(service.dynamodb, service.outputs["TableName"])
    now = now_ms()

    def store(number: int) -> str:
        notification = make.notification(
            id=first_id(now - 3_600_000 + number), user_id=user.id, channel=Channel.IN_APP
        )
        table.create(accepted(notification, Status.SENT))
        return notification.id

    def count() -> tuple[int, bool]:
        page = service.inbox(user, limit="1")
        return page["unread"], page["unread_capped"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(store, range(1_000)))
    assert count() == (1_000, False)
    one_more = service.send(user, "in-app")
    assert count() == (1_000, True)

    service.mark(user, ids[500], read=True)
    assert count() == (1_000, False)
    service.mark(user, ids[7], archived=True)
    assert count() == (999, False)
    answer = service.post(f"/users/{user.id}/notifications/read-all", {"up_to": ids[-1]}).json()
    assert (answer["unread"], answer["recent"]) == (1, [one_more])
    service.mark(user, ids[500], read=False)
    assert count() == (2, False)


def test_changes_at_once_are_all_made_and_counted(service: Service, user: Someone) -> None:
    """Every one of them changes the user's progress; whoever is slower looks again."""
    ids = [service.send(user, "in-app") for _ in range(24)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: service.mark(user, each, read=True), ids))

    assert sorted(answer["revision"] for answer in answers) == list(range(1, 25))
    assert service.inbox(user)["unread"] == 0


def standing(notifications: list[Any]) -> list[tuple[str, bool, bool]]:
    return [(each.id, each.read, each.seen) for each in notifications]


def test_devices_that_all_change_the_inbox_at_once_come_to_show_the_same(
    service: Service, user: Someone
) -> None:
    """Three of them and a server, while more is sent; the counts and pushes cross each other."""
    for _ in range(8):
        service.send(user, "in-app")
    with ExitStack() as opened:
        devices: list[LiveInbox] = [
            opened.enter_context(service.live(user, timing=None)) for _ in range(3)
        ]
        for device in devices:
            assert device.wait_for(lambda seen: seen.is_current, PATIENCE_SECONDS)

        def meddle(number: int) -> None:
            chance = random.Random(number)  # noqa: S311 - to be repeated, not to be secret
            for _ in range(10):
                known = [each.id for each in devices[number % 3].notifications]
                some = chance.sample(known, min(len(known), 2))
                match chance.choice(["send", "http", "read", "unread", "seen", "archive", "all"]):
                    case "send":
                        service.send(user, "in-app")
                    case "http":
                        service.mark(user, some[0], archived=chance.random() < 0.5)
                    case "all":
                        devices[number % 3].act("read_all", up_to=some[0])
                    case action:
                        devices[number % 3].act(action, ids=some)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(meddle, range(4)))

        # No sync is due yet: it is the frames alone that bring them together. What a device asked
        # for may still be on its way, so the service is looked at anew each time.
        def shown() -> list[tuple[list[tuple[str, bool, bool]], int]]:
            listed = [(e["id"], e["read"], e["seen"]) for e in service.everything(user)]
            of_service = (listed, service.inbox(user)["unread"])
            return [of_service, *((standing(each.notifications), each.unread) for each in devices)]

        listed, unread = eventually(shown, lambda seen: all(one == seen[0] for one in seen))[0]
    assert unread == sum(not read for _, read, _ in listed)


def test_a_device_that_was_away_learns_what_was_read_elsewhere(
    service: Service, user: Someone
) -> None:
    first, second, third = sorted(service.send(user, "in-app") for _ in range(3))
    with (
        FlakyProxy(service.endpoints.websocket_url) as proxy,
        service.live(user, proxy.url) as device,
    ):
        assert device.wait_for(lambda seen: seen.is_current, PATIENCE_SECONDS)
        proxy.refuse()
        proxy.kill()
        service.mark(user, first, archived=True)
        service.post(f"/users/{user.id}/notifications/read-all", {"up_to": second})
        service.mark(user, third, seen=True)
        fourth = service.send(user, "in-app")
        proxy.accept()

        assert device.wait_for(
            lambda seen: (
                standing(seen.notifications)
                == [(fourth, False, False), (third, False, True), (second, True, False)]
            ),
            PATIENCE_SECONDS,
        )
        assert device.unread == service.inbox(user)["unread"] == 2
