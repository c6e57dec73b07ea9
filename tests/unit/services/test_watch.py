"""Taking down what stays open."""

from __future__ import annotations

from notificationd.domain.record import Status
from notificationd.domain.watch import Change, Key, WatchEntry
from notificationd.services.watch import Watch
from tests.fakes.storage import MemoryWatchList

NOW = 1_800_000_000_000
LOOK = 3_600_000


def accepted(name: str, at: int = NOW) -> Change:
    return Change(key=Key("4", name), at=at, name=name, before=None, after=Status.PENDING)


def sent(name: str) -> Change:
    return Change(
        key=Key("4", name), at=NOW, name=f"{name}-sent", before=Status.PENDING, after=Status.SENT
    )


def watched(*batches: list[Change]) -> list[WatchEntry]:
    watch_list = MemoryWatchList()
    watch = Watch(watch_list=watch_list, look=LOOK)
    for batch in batches:
        watch(batch)
    return list(watch_list.entries.values())


def test_what_a_batch_leaves_open_is_one_entry() -> None:
    """However many they are, it is one write."""
    changes = [accepted("one"), accepted("two", NOW + 1_000), sent("one"), accepted("three")]

    (entry,) = watched(changes)

    assert entry.keys == (Key("4", "two"), Key("4", "three"))


def test_it_is_due_when_the_first_of_them_has_been_open_for_long() -> None:
    (entry,) = watched([accepted("one"), accepted("two", NOW + 1_000)])

    assert entry.due == NOW + LOOK


def test_what_is_settled_at_once_is_not_written_down() -> None:
    assert watched([accepted("one"), sent("one")], [sent("two")], []) == []


def test_a_batch_that_comes_twice_makes_one_entry() -> None:
    """Also when more has joined it since: the stream is read from the same place again."""
    (entry,) = watched([accepted("one")], [accepted("one"), accepted("two")])

    assert entry.keys == (Key("4", "one"), Key("4", "two"))
