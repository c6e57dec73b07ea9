"""What the state machine does not come to: a device's own view of single frames."""

from __future__ import annotations

from typing import Any

import pytest

from notificationd_client.replica import Replica

A, B, C = (f"0199a2b3-0000-7000-8000-00000000000{digit}" for digit in "abc")
SINCE = "0199a2b4-0000-7000-8000-000000000000"


def notification(notification_id: str, **fields: object) -> dict[str, Any]:
    state = {"read": False, "seen": False, "archived": False}
    return {"id": notification_id, "content": "hello", **state, **fields}


def counted(unread: int = 0, revision: int = 0, **fields: object) -> dict[str, Any]:
    return {
        "unread": unread,
        "unread_capped": False,
        "revision": revision,
        "read_up_to": None,
        "settled": A,
        "recent": [],
        **fields,
    }


def page(ref: str, *ids: str, following: str | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    notifications = [notification(each) for each in ids]
    answer = {"type": "sync", "notifications": notifications, "next": following, "since": SINCE}
    return {**answer, **counted(**fields), "ref": ref}


def push(notification_id: str, **fields: object) -> dict[str, Any]:
    return {"type": "notification", "notification": notification(notification_id, **fields)}


@pytest.fixture
def replica() -> Replica:
    """Return a device that has synced an empty inbox."""
    made = Replica()
    made.connected()
    assert made.received(page("sync-1")) is None
    return made


def shown(replica: Replica) -> list[str]:
    return [each.id for each in replica.notifications]


def test_an_empty_first_page_with_a_next_is_not_the_end() -> None:
    """There are a thousand emails before the first in-app notification."""
    replica = Replica()
    replica.connected()

    following = replica.received(page("sync-1", following="cursor"))

    assert following is not None
    assert following["cursor"] == "cursor"
    assert not replica.is_current
    assert replica.received(page("sync-1", C, B, following="more")) is None
    assert replica.is_current
    assert replica.oldest == B


def test_what_lies_before_the_first_page_is_not_shown_with_a_hole_in_between() -> None:
    replica = Replica()
    replica.connected()
    replica.received(push(A))
    assert shown(replica) == [A]
    replica.connected()  # cut before it was answered

    replica.received(page("sync-2", C, B, following="more"))
    replica.received(push(A))

    assert shown(replica) == [C, B]


def test_a_frame_that_came_without_its_content_does_not_take_the_place_of_a_whole_one(
    replica: Replica,
) -> None:
    replica.received(push(A))
    replica.received(push(A, content="", truncated=True))
    replica.received(push(B, content="", truncated=True))
    replica.received(push(B))

    assert [each.body["content"] for each in replica.notifications] == ["hello", "hello"]


def test_a_sync_that_failed_is_made_again_from_the_oldest(replica: Replica) -> None:
    replica.refresh()
    error = {"type": "error", "code": "unavailable", "detail": ""}

    replica.received({**error, "ref": "another"})
    assert replica.is_syncing
    replica.received({**error, "ref": "sync-2"})

    assert (replica.is_syncing, replica.is_current, replica.has_gap) == (False, False, True)
    again = replica.refresh()
    assert again is not None
    assert again["since"] == "00000000-0000-7000-8000-000000000000"


def test_a_first_sync_that_failed_is_a_first_sync_again() -> None:
    replica = Replica()
    replica.connected()
    replica.received({"type": "error", "code": "unavailable", "detail": "", "ref": "sync-1"})

    again = replica.refresh()

    assert again is not None
    assert "since" not in again


def test_a_late_answer_to_an_earlier_connection_is_taken_in_and_waited_for_no_more(
    replica: Replica,
) -> None:
    replica.connected()

    replica.received(page("sync-1", A, unread=1))

    assert shown(replica) == [A]
    assert replica.is_syncing


def test_the_count_is_that_of_the_greatest_revision_and_what_it_did_not_know(
    replica: Replica,
) -> None:
    replica.received(page("late", revision=7, unread=5, settled=B, recent=[B]))
    for each in (A, B, C):
        replica.received(push(each))

    assert replica.unread == 6  # A is below `settled`, B is among the recent: only C is new
    replica.received(page("later", revision=6, unread=99))
    assert replica.unread == 6


def test_where_there_are_more_than_are_counted_nothing_is_added(replica: Replica) -> None:
    replica.received(page("late", revision=7, unread=1_000, unread_capped=True))
    replica.received(push(C))

    assert (replica.unread, replica.unread_capped) == (1_000, True)


def test_what_it_does_not_know_is_passed_over(replica: Replica) -> None:
    assert replica.received({"type": "weather"}) is None
    assert replica.received({"type": "pong"}) is None
    assert replica.is_current


@pytest.fixture
def partial() -> Replica:
    """Return a device that knows the inbox from C on."""
    made = Replica()
    made.connected()
    assert made.received(page("sync-1", C, following="below-c")) is None
    return made


def state(name: str, *ids: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"type": "state", "state": name, "ids": list(ids), **counted(**fields)}


def test_older_pages_are_loaded_one_by_one_down_to_the_last(partial: Replica) -> None:
    asked = partial.older()

    assert asked is not None
    assert (asked["cursor"], asked["ref"]) == ("below-c", "older-2")
    assert partial.older() is None  # it is on its way
    assert partial.received(page("older-2", B, following="below-b")) is None
    assert (shown(partial), partial.oldest, partial.has_older) == ([C, B], B, True)
    partial.older()
    partial.received(page("older-3", A))
    assert (shown(partial), partial.oldest, partial.has_older) == ([C, B, A], "", False)
    assert partial.older() is None


def test_an_older_page_that_does_not_come_is_asked_for_again(partial: Replica) -> None:
    partial.older()
    partial.received({"type": "error", "code": "unavailable", "detail": "", "ref": "older-2"})
    assert partial.older() is not None
    partial.connected()  # cut meanwhile

    asked = partial.older()

    assert asked is not None
    assert asked["cursor"] == "below-c"
    assert not partial.has_gap


def test_what_came_back_after_an_older_page_was_read_is_asked_for(partial: Replica) -> None:
    """Its frame was quicker than the page, and named one that was not known yet."""
    partial.older()
    partial.received(state("unarchived", A, revision=1))

    partial.received(page("older-2", B, revision=0))

    assert partial.has_gap


def test_what_came_back_between_an_empty_page_and_the_next_is_asked_for(partial: Replica) -> None:
    partial.older()
    partial.received(page("older-2", following="further"))
    partial.received(state("unarchived", B, revision=1))
    partial.older()

    partial.received(page("older-3", A, revision=1))

    assert partial.has_gap


def test_a_sync_of_all_that_was_known_does_not_vouch_for_what_was_loaded_meanwhile(
    partial: Replica,
) -> None:
    """The change that neither of them has told of: its frame was lost."""
    partial.older()
    partial.received(state("seen", C, revision=2))  # that of revision 1 was lost
    again = partial.refresh()
    assert again is not None
    assert again["since"] == C

    partial.received(page("older-2", B, revision=2))
    following = partial.received(page(again["ref"], C, revision=3))

    assert following is not None
    assert following["since"] == "00000000-0000-7000-8000-000000000000"
