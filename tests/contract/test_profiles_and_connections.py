"""What every store of contact points and of live sockets does: in memory, and in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from notificationd.adapters.dynamodb.connections import LIFETIME_SECONDS, DynamoConnections
from notificationd.adapters.dynamodb.profiles import DynamoProfiles
from notificationd.domain.profile import Profile
from tests.fakes import aws
from tests.fakes.storage import MemoryConnections, MemoryProfiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain import ports

NOW = 1_800_000_000_000


class Stores(NamedTuple):
    profiles: ports.Profiles
    connections: ports.Connections


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "memory":
        yield Stores(MemoryProfiles(), MemoryConnections())
        return
    with aws.table() as client:
        yield Stores(
            DynamoProfiles(client, aws.TABLE),
            DynamoConnections(client, aws.TABLE),
        )


def test_contact_points_come_back(stores: Stores) -> None:
    profile = Profile(email="zoë@example.com", phone="+14155550123")

    stores.profiles.put("4", profile)

    assert stores.profiles.get("4") == profile
    assert stores.profiles.get("5") is None


@pytest.mark.parametrize("profile", [Profile(), Profile(phone="+14155550123")])
def test_what_is_left_out_is_removed(stores: Stores, profile: Profile) -> None:
    stores.profiles.put("4", Profile(email="user4@example.com", phone="+14155550100"))

    stores.profiles.put("4", profile)

    assert stores.profiles.get("4") == profile


def test_sockets_are_known_until_they_are_removed(stores: Stores) -> None:
    stores.connections.add("4", "abc=", NOW)
    stores.connections.add("4", "def=", NOW)
    stores.connections.add("5", "ghi=", NOW)

    stores.connections.remove("4", "abc=")

    assert list(stores.connections.of("4")) == ["def="]
    assert list(stores.connections.of("5")) == ["ghi="]


def test_a_socket_can_be_added_and_removed_twice(stores: Stores) -> None:
    stores.connections.add("4", "abc=", NOW)
    stores.connections.add("4", "abc=", NOW)
    assert list(stores.connections.of("4")) == ["abc="]

    stores.connections.remove("4", "abc=")
    stores.connections.remove("4", "abc=")
    assert list(stores.connections.of("4")) == []


def test_a_forgotten_socket_expires_by_itself() -> None:
    with aws.table() as client:
        DynamoConnections(client, aws.TABLE).add("4", "abc=", NOW)
        (item,) = client.scan(TableName=aws.TABLE)["Items"]

    assert int(item["expires_at"]["N"]) == NOW // 1000 + LIFETIME_SECONDS
