"""What every watch list does: the one in memory, and the table's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notificationd.adapters.dynamodb.watch_list import DynamoWatchList
from notificationd.domain.watch import Key, WatchEntry
from tests.fakes import aws
from tests.fakes.storage import MemoryWatchList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain.ports import WatchList

NOW = 1_800_000_000_000
KEYS = (Key("4", "one"), Key("Zoë #/4", "two"))


def entry(due: int, name: str = "a", keys: tuple[Key, ...] = KEYS) -> WatchEntry:
    return WatchEntry(due=due, name=name, keys=keys)


@pytest.fixture(params=["memory", "dynamodb"])
def watch_list(request: pytest.FixtureRequest) -> Iterator[WatchList]:
    if request.param == "memory":
        yield MemoryWatchList()
        return
    with aws.table() as client:
        yield DynamoWatchList(client, aws.TABLE)


def test_an_entry_comes_back_as_it_was_put(watch_list: WatchList) -> None:
    watch_list.put(entry(NOW))

    assert list(watch_list.due(NOW, 10)) == [entry(NOW)]


def test_what_is_not_due_stays(watch_list: WatchList) -> None:
    watch_list.put(entry(NOW))
    watch_list.put(entry(NOW + 1))

    assert list(watch_list.due(NOW - 1, 10)) == []
    assert list(watch_list.due(NOW, 10)) == [entry(NOW)]


def test_the_oldest_come_first_and_no_more_than_are_asked_for(watch_list: WatchList) -> None:
    entries = [entry(NOW + place) for place in (2, 0, 9, 1)]
    for each in entries:
        watch_list.put(each)

    assert list(watch_list.due(NOW + 100, 3)) == [entry(NOW), entry(NOW + 1), entry(NOW + 2)]


def test_entries_of_one_moment_are_told_apart_by_their_names(watch_list: WatchList) -> None:
    watch_list.put(entry(NOW, "a"))
    watch_list.put(entry(NOW, "b"))

    assert list(watch_list.due(NOW, 10)) == [entry(NOW, "a"), entry(NOW, "b")]


def test_an_entry_takes_the_place_of_its_namesake(watch_list: WatchList) -> None:
    watch_list.put(entry(NOW))
    watch_list.put(entry(NOW, keys=KEYS[:1]))

    assert list(watch_list.due(NOW, 10)) == [entry(NOW, keys=KEYS[:1])]


def test_a_removed_entry_is_gone_and_removing_it_again_is_no_error(watch_list: WatchList) -> None:
    watch_list.put(entry(NOW))

    watch_list.remove(entry(NOW))
    watch_list.remove(entry(NOW))

    assert list(watch_list.due(NOW, 10)) == []


def test_a_batch_of_the_longest_user_ids_fits_into_an_item() -> None:
    """DynamoDB takes items of up to 400 KB; a batch of the stream has at most 500 changes."""
    longest = tuple(Key("😀" * 128, f"{number:036}") for number in range(500))
    with aws.table() as client:
        watch_list = DynamoWatchList(client, aws.TABLE)
        watch_list.put(entry(NOW, keys=longest))

        assert list(watch_list.due(NOW, 10)) == [entry(NOW, keys=longest)]
        (item,) = client.scan(TableName=aws.TABLE)["Items"]
        assert sum(len(part.encode()) for key in longest for part in (key.user, key.id)) < 300_000
        assert int(item["expires_at"]["N"]) > NOW // 1000
