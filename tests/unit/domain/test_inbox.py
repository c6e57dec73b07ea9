"""Counting what is unread, and keeping counts cheap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notificationd.domain.ids import first_id
from notificationd.domain.inbox import (
    CARRIED,
    COUNTED,
    LATE_MS,
    LONG,
    Unmarked,
    count,
    shortened,
)
from notificationd.domain.marks import UNMARKED, Marks, Progress

NOW = 1_800_000_000_000


def ids(number: int, at: int) -> tuple[str, ...]:
    """Make ids, oldest first, the last of them just before a time in milliseconds."""
    return tuple(first_id(at - number + each) for each in range(number))


def found(*unread: str, archived: tuple[str, ...] = (), examined: int = LONG) -> Unmarked:
    return Unmarked(unread, archived, examined)


def test_unread_is_what_is_not_marked_above_the_point_and_what_is_named_below_it() -> None:
    below, above = ids(3, NOW - 900_000), ids(4, NOW - 100_000)
    progress = Progress(
        read_up_to=below[-1], unread=frozenset(below[:2]), shelved=frozenset(below[2:])
    )

    counted = count(progress, found(*above, archived=ids(9, NOW - 1_000)), NOW)

    assert (counted.unread, counted.capped, counted.recent) == (6, False, ())


def test_a_count_names_those_of_it_that_may_cross_it_on_their_way() -> None:
    """Ids are made before records are stored; a push of one may come before or after the count."""
    old, new = ids(2, NOW - LATE_MS), ids(2, NOW)
    unread_again = first_id(NOW - 20)
    progress = Progress(read_up_to=first_id(NOW - 10), unread=frozenset({unread_again}))

    counted = count(progress, found(*old, *new), NOW)

    assert counted.settled == first_id(NOW - LATE_MS)
    assert counted.recent == (unread_again, *new)
    assert counted.unread == 5


@pytest.mark.parametrize(
    ("named", "marked", "expected"),
    [
        (0, COUNTED, (COUNTED, False)),
        (COUNTED, 0, (COUNTED, False)),
        (0, COUNTED + 1, (COUNTED, True)),
        (600, 401, (COUNTED, True)),
    ],
)
def test_a_count_is_exact_up_to_a_thousand_and_says_when_there_are_more(
    named: int, marked: int, expected: tuple[int, bool]
) -> None:
    below = ids(named, NOW - 900_000)
    progress = Progress(read_up_to=first_id(NOW - 800_000), unread=frozenset(below))

    counted = count(progress, found(*ids(marked, NOW)), NOW)

    assert (counted.unread, counted.capped) == expected
    assert len(counted.recent) == (0 if counted.capped else marked)


def test_a_short_look_is_not_worth_a_write() -> None:
    assert shortened(Progress(), found(examined=LONG - 1), NOW) is None


def test_after_a_long_look_the_point_moves_up_to_where_records_may_be_on_their_way() -> None:
    old, archived, new = ids(2, NOW - 900_000), ids(1, NOW - 800_000), ids(3, NOW - LATE_MS)
    progress = Progress(revision=7)

    shorter = shortened(progress, found(*old, *new, archived=archived), NOW)

    assert shorter == Progress(
        revision=7,
        read_up_to=first_id(NOW - 2 * LATE_MS),
        unread=frozenset(old),
        shelved=frozenset(archived),
    )


def test_it_moves_only_as_far_as_what_is_unread_can_be_carried_along() -> None:
    old = ids(CARRIED + 10, NOW - 900_000)
    kept = ids(5, NOW - 990_000)
    progress = Progress(read_up_to=kept[-1], unread=frozenset(kept))

    shorter = shortened(progress, found(*old), NOW)

    assert shorter is not None
    assert shorter.unread == {*kept, *old[: CARRIED - 5]}
    assert shorter.read_up_to == old[CARRIED - 6]


def test_it_never_moves_back_and_never_for_nothing() -> None:
    full = Progress(
        read_up_to=first_id(NOW - 950_000), unread=frozenset(ids(CARRIED, NOW - 960_000))
    )
    up_to_date = Progress(read_up_to=first_id(NOW - 2 * LATE_MS))

    assert shortened(full, found(*ids(3, NOW - 900_000)), NOW) is None
    assert shortened(up_to_date, found(*ids(3, NOW)), NOW) is None


def test_nothing_is_read_or_unread_by_being_written_shorter() -> None:
    marked = dict.fromkeys(ids(CARRIED + 20, NOW - 900_000), UNMARKED)
    marked |= {each: Marks(read_at=NOW) for each in ids(30, NOW - 870_000)}
    marked |= {each: Marks(archived_at=NOW) for each in ids(5, NOW - 890_000)}
    progress = Progress()
    unread = [each for each, marks in marked.items() if marks == UNMARKED]
    archived = tuple(each for each, marks in marked.items() if marks.archived_at)

    shorter = shortened(progress, found(*sorted(unread), archived=archived), NOW)

    assert shorter is not None
    for each, marks in marked.items():
        assert shorter.standing(each, marks) == progress.standing(each, marks)
    assert replace(shorter, read_up_to="", unread=frozenset(), shelved=frozenset()) == progress
