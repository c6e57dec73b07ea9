"""A browser's socket: what it may say, and what becomes of a dead one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.connections import DynamoConnections
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.domain.errors import LeaseHeld
from notificationd.domain.ids import now_ms
from notificationd.domain.record import Lease
from tests.e2e.service import eventually
from tests.fakes import make

if TYPE_CHECKING:
    from tests.e2e.service import Service, Someone


def sockets(service: Service, user: Someone) -> list[str]:
    """Return the sockets that the table knows of a user."""
    return [key for key in service.items_of(user.id) if key.startswith("CONNECTION#")]


def test_a_ping_is_answered(service: Service, user: Someone) -> None:
    with service.connect(user) as device:
        device.send("ping")

        assert device.receive() == {"type": "pong"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "not_json"),
        ("", "not_json"),
        ("[1]", "no_action"),
        ('{"action": {}}', "no_action"),
        ('{"action": "dance"}', "unknown_action"),
    ],
)
def test_a_frame_that_cannot_be_taken_is_answered_and_the_socket_stays(
    service: Service, user: Someone, text: str, code: str
) -> None:
    with service.connect(user) as device:
        device.send_text(text)
        answer = device.receive()
        device.send("ping")

        assert (answer["type"], answer["code"]) == ("error", code)
        assert device.receive() == {"type": "pong"}


def test_a_closed_socket_is_forgotten(service: Service, user: Someone) -> None:
    with service.connect(user):
        assert len(sockets(service, user)) == 1

    eventually(lambda: not sockets(service, user))


def test_a_dead_socket_is_removed_by_the_first_push_and_holds_up_no_other(
    service: Service, user: Someone
) -> None:
    table = DynamoConnections(service.dynamodb, service.outputs["TableName"])
    table.add(user.id, "dead-connection=", now_ms())
    with service.connect(user) as device:
        notification_id = service.send(user, "in-app")

        assert device.receive()["notification"]["id"] == notification_id
        assert [key for key in sockets(service, user) if "dead" in key] == []


def test_of_many_claims_at_once_one_wins(service: Service, user: Someone) -> None:
    """Against the emulator's table: moto's is not safe for threads."""
    table = DynamoNotifications(service.dynamodb, service.outputs["TableName"])
    notification = make.notification(user_id=user.id)
    now = now_ms()

    def claim(number: int) -> bool:
        try:
            table.claim(notification, Lease(f"lease-{number}", now + 30_000), now)
        except LeaseHeld:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(24))) == 1
