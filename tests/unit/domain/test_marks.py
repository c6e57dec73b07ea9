"""The functions that change an inbox, as a table: every place of a notification, every change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notificationd.domain.errors import InvalidRequest
from notificationd.domain.marks import (
    KEPT,
    NEW,
    UNMARKED,
    Change,
    Marks,
    Progress,
    Standing,
    mark,
    read_all,
)

NOW = 1_800_000_000_000
EARLIER = NOW - 5_000
A, B, C, D = (f"0199a2b3-0000-7000-8000-00000000000{digit}" for digit in "abcd")
AT_B = Progress(revision=7, said_up_to=B, read_up_to=B)
UNREAD_A = replace(AT_B, unread=frozenset({A}))
SHELVED_A = replace(AT_B, shelved=frozenset({A}))
READ = Marks(read_at=EARLIER)
SEEN = Marks(seen_at=EARLIER)
ARCHIVED = Marks(archived_at=EARLIER)

type Sets = tuple[set[str], set[str]]


def at(read_up_to: str, revision: int = 8, said_up_to: str | None = None) -> Progress:
    """Return the progress of a user who has read all up to an id, and said so."""
    said = read_up_to if said_up_to is None else said_up_to
    return Progress(revision=revision, said_up_to=said, read_up_to=read_up_to)


@pytest.mark.parametrize(
    ("progress", "notification_id", "marks", "read"),
    [
        (Progress(), A, UNMARKED, False),
        (Progress(), A, READ, True),
        (AT_B, A, UNMARKED, True),
        (AT_B, B, UNMARKED, True),
        (AT_B, C, UNMARKED, False),
        (AT_B, C, READ, True),
        (UNREAD_A, A, UNMARKED, False),
        (UNREAD_A, A, READ, False),
        (SHELVED_A, A, ARCHIVED, False),
    ],
)
def test_read_is_what_is_marked_above_the_point_and_not_named_below_it(
    progress: Progress, notification_id: str, marks: Marks, *, read: bool
) -> None:
    assert progress.is_read(notification_id, marks) is read


CHANGES: list[tuple[Progress, str, Marks, Change, Marks, Sets]] = [
    # above the point, marks say all
    (AT_B, C, UNMARKED, Change.READ, Marks(read_at=NOW), (set(), set())),
    (AT_B, C, READ, Change.UNREAD, UNMARKED, (set(), set())),
    (AT_B, C, UNMARKED, Change.ARCHIVED, Marks(archived_at=NOW), (set(), set())),
    (AT_B, C, ARCHIVED, Change.UNARCHIVED, UNMARKED, (set(), set())),
    (AT_B, C, ARCHIVED, Change.READ, Marks(read_at=NOW, archived_at=EARLIER), (set(), set())),
    (AT_B, C, UNMARKED, Change.SEEN, Marks(seen_at=NOW), (set(), set())),
    (AT_B, C, SEEN, Change.UNSEEN, UNMARKED, (set(), set())),
    # at or below it, what is unread is named
    (AT_B, B, UNMARKED, Change.UNREAD, UNMARKED, ({B}, set())),
    (AT_B, A, READ, Change.UNREAD, UNMARKED, ({A}, set())),
    (AT_B, A, ARCHIVED, Change.UNREAD, ARCHIVED, (set(), {A})),
    (UNREAD_A, A, UNMARKED, Change.READ, Marks(read_at=NOW), (set(), set())),
    (UNREAD_A, A, UNMARKED, Change.ARCHIVED, Marks(archived_at=NOW), (set(), {A})),
    (SHELVED_A, A, ARCHIVED, Change.UNARCHIVED, UNMARKED, ({A}, set())),
    (SHELVED_A, A, ARCHIVED, Change.READ, Marks(read_at=NOW, archived_at=EARLIER), (set(), set())),
    (AT_B, A, UNMARKED, Change.ARCHIVED, Marks(archived_at=NOW), (set(), set())),
    (AT_B, A, ARCHIVED, Change.UNARCHIVED, UNMARKED, (set(), set())),
    (UNREAD_A, A, UNMARKED, Change.SEEN, Marks(seen_at=NOW), ({A}, set())),
    (SHELVED_A, A, SEEN, Change.UNSEEN, UNMARKED, (set(), {A})),
]


@pytest.mark.parametrize("row", CHANGES)
def test_a_change_is_marked_and_makes_a_revision(
    row: tuple[Progress, str, Marks, Change, Marks, Sets],
) -> None:
    progress, notification_id, marks, change, after, sets = row

    changed, marked = mark(progress, {notification_id: marks}, change, NOW)

    assert marked == {notification_id: after}
    assert (set(changed.unread), set(changed.shelved)) == sets
    assert changed == replace(progress, revision=8, unread=changed.unread, shelved=changed.shelved)


@pytest.mark.parametrize(
    ("progress", "notification_id", "marks", "change"),
    [
        (AT_B, C, READ, Change.READ),
        (AT_B, A, UNMARKED, Change.READ),
        (AT_B, C, UNMARKED, Change.UNREAD),
        (UNREAD_A, A, READ, Change.UNREAD),
        (SHELVED_A, A, ARCHIVED, Change.UNREAD),
        (AT_B, C, SEEN, Change.SEEN),
        (AT_B, C, UNMARKED, Change.UNSEEN),
        (AT_B, A, ARCHIVED, Change.ARCHIVED),
        (AT_B, A, UNMARKED, Change.UNARCHIVED),
    ],
)
def test_what_is_so_already_is_not_marked_again_but_makes_a_revision(
    progress: Progress, notification_id: str, marks: Marks, change: Change
) -> None:
    """A device that has missed one of two frames has to see that it did."""
    after = mark(progress, {notification_id: marks}, change, NOW)

    assert after == (replace(progress, revision=8), {})


def test_a_change_leaves_alone_those_of_its_notifications_that_are_so_already() -> None:
    found = {A: UNMARKED, C: UNMARKED, D: READ}

    after, marked = mark(AT_B, found, Change.READ, NOW)

    assert marked == {C: Marks(read_at=NOW)}
    assert after.revision == 8


@pytest.mark.parametrize(
    ("progress", "up_to", "after"),
    [
        (Progress(), B, at(B, revision=1)),
        (AT_B, C, at(C)),
        (UNREAD_A, C, at(C)),
        (UNREAD_A, B, at(B)),
        (SHELVED_A, C, at(C)),
        (AT_B, B, at(B)),
        (AT_B, A, at(B)),
        # written shorter than the user said, it still takes down what the user says
        (Progress(revision=7, said_up_to=A, read_up_to=C), B, at(C, said_up_to=B)),
    ],
)
def test_reading_all_moves_the_point_forward_and_ends_what_was_unread_up_to_it(
    progress: Progress, up_to: str, after: Progress
) -> None:
    assert read_all(progress, up_to) == after


def test_an_earlier_end_ends_only_what_was_unread_up_to_it() -> None:
    progress = replace(at(D, revision=7), unread=frozenset({A, C}), shelved=frozenset({B, D}))

    expected = replace(at(D), unread=frozenset({C}), shelved=frozenset({D}))
    assert read_all(progress, B) == expected


def test_what_is_named_below_the_point_is_bounded() -> None:
    kept = frozenset(f"{A}-{number}" for number in range(KEPT - 1))
    nearly = Progress(revision=7, read_up_to=D, unread=kept)

    full, _ = mark(nearly, {B: UNMARKED}, Change.UNREAD, NOW)
    with pytest.raises(InvalidRequest) as refused:
        mark(full, {C: UNMARKED}, Change.UNREAD, NOW)

    assert len(full.unread) == KEPT
    assert [(each.field, each.code) for each in refused.value.fields] == [
        ("ids", "too_many_unread")
    ]
    mark(full, {C: UNMARKED}, Change.ARCHIVED, NOW)  # everything else goes on


def test_a_standing_is_all_three() -> None:
    marks = Marks(seen_at=EARLIER, archived_at=EARLIER)

    assert AT_B.standing(A, marks) == Standing(read=True, seen=True, archived=True)
    assert AT_B.standing(C, UNMARKED) == NEW
