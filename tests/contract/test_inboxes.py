"""What every store of inboxes does: the one in memory, and the table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

from notificationd.adapters.dynamodb.inboxes import DynamoInboxes
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.dynamodb.profiles import DynamoProfiles
from notificationd.domain.errors import InboxChanged
from notificationd.domain.inbox import InboxRequest
from notificationd.domain.marks import UNMARKED, Change, Marks, Progress, mark, read_all
from notificationd.domain.notification import Channel
from notificationd.domain.profile import Profile
from notificationd.domain.record import Status, accepted
from notificationd.domain.transitions import Cancelled, apply
from tests.fakes import aws, make
from tests.fakes.inboxes import MemoryInboxes
from tests.fakes.storage import MemoryNotifications, MemoryProfiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notificationd.domain import ports

NOW = 1_800_000_100_000
LATER = 2_000_000_000_000
NOTHING = Progress()


class Stores(NamedTuple):
    inboxes: ports.Inboxes
    notifications: ports.Notifications
    profiles: ports.Profiles

    def put(self, number: int = 1, channel: Channel = Channel.IN_APP) -> list[str]:
        """Store notifications of user 4 and return their ids, oldest first."""
        made = [make.notification(channel=channel) for _ in range(number)]
        for each in made:
            self.notifications.create(accepted(each, Status.SENT))
        return [each.id for each in made]

    def change(self, change: Change, *ids: str) -> Progress:
        """Make a change as the use case does."""
        before, found = self.inboxes.look("4", ids)
        after, marks = mark(before, found, change, NOW)
        self.inboxes.replace("4", before, after, marks)
        return after

    def ids(self, request: InboxRequest) -> list[str]:
        progress, _ = self.inboxes.look("4")
        page = self.inboxes.page("4", request, progress, LATER)
        return [record.notification.id for record in page.records]


@contextmanager
def opened(kind: str) -> Iterator[Stores]:
    if kind == "memory":
        notifications = MemoryNotifications()
        yield Stores(MemoryInboxes(notifications), notifications, MemoryProfiles())
        return
    with aws.table() as client:
        yield Stores(
            DynamoInboxes(client, aws.TABLE),
            DynamoNotifications(client, aws.TABLE),
            DynamoProfiles(client, aws.TABLE),
        )


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    with opened(request.param) as made:
        yield made


def test_an_inbox_begins_without_anything(stores: Stores) -> None:
    assert stores.inboxes.look("4") == (NOTHING, {})
    assert stores.inboxes.look("4", [make.notification().id]) == (NOTHING, {})


def test_a_change_comes_back_as_it_was_stored(stores: Stores) -> None:
    first, second = stores.put(2)
    after = Progress(
        revision=1,
        said_up_to=first,
        read_up_to=second,
        unread=frozenset({first}),
        shelved=frozenset({"0199a2b3-0000-7000-8000-00000000000a"}),
    )
    marks = {
        first: Marks(seen_at=NOW, archived_at=NOW + 1),
        second: Marks(read_at=NOW + 2),
    }

    stores.inboxes.replace("4", NOTHING, after, marks)

    assert stores.inboxes.look("4", [second, first]) == (after, marks)
    record = stores.notifications.get("4", first)
    assert record is not None
    assert record.marks == marks[first]


def test_what_is_undone_is_gone(stores: Stores) -> None:
    (each,) = stores.put()
    marked = Progress(revision=1, read_up_to=each, unread=frozenset({each}))
    stores.inboxes.replace("4", NOTHING, marked, {each: Marks(read_at=1, seen_at=1, archived_at=1)})
    undone = Progress(revision=2, read_up_to=each)

    stores.inboxes.replace("4", marked, undone, {each: UNMARKED})

    assert stores.inboxes.look("4", [each]) == (undone, {each: UNMARKED})


@pytest.mark.parametrize("with_marks", [True, False])
def test_of_two_changes_of_the_same_inbox_one_is_stored(
    stores: Stores, *, with_marks: bool
) -> None:
    (each,) = stores.put()
    stores.change(Change.SEEN, each)
    before, _ = stores.inboxes.look("4")
    stores.change(Change.READ, each)
    late = read_all(before, each)

    with pytest.raises(InboxChanged):
        stores.inboxes.replace("4", before, late, {each: UNMARKED} if with_marks else {})

    progress, marks = stores.inboxes.look("4", [each])
    assert progress.revision == 2
    assert marks == {each: Marks(read_at=NOW, seen_at=NOW)}


def test_a_change_that_meets_an_inbox_written_shorter_is_made_again(stores: Stores) -> None:
    """That is no new revision, but the change would put the longer form back."""
    (each,) = stores.put()
    before = stores.change(Change.SEEN, each)
    shorter = Progress(revision=1, read_up_to=each, unread=frozenset({each}))
    stores.inboxes.replace("4", before, shorter, {})

    with pytest.raises(InboxChanged):
        stores.inboxes.replace("4", before, Progress(revision=2), {each: Marks(read_at=NOW)})

    assert stores.inboxes.look("4")[0] == shorter


def test_a_first_change_is_stored_once(stores: Stores) -> None:
    (each,) = stores.put()
    stores.change(Change.READ, each)

    with pytest.raises(InboxChanged):
        stores.inboxes.replace("4", NOTHING, Progress(revision=1, read_up_to=each), {})


def test_nothing_but_the_user_s_own_in_app_notifications_is_found(stores: Stores) -> None:
    (mine,) = stores.put()
    (email,) = stores.put(channel=Channel.EMAIL)
    theirs = make.notification(user_id=5, channel=Channel.IN_APP)
    stores.notifications.create(accepted(theirs, Status.SENT))

    _, found = stores.inboxes.look("4", [mine, email, theirs.id, make.notification().id])

    assert found == {mine: UNMARKED}


def test_contact_points_and_the_inbox_leave_each_other_alone(stores: Stores) -> None:
    profile = Profile(email="user4@example.com")
    (each,) = stores.put()
    after = stores.change(Change.READ, each)

    assert stores.profiles.get("4") is None
    stores.profiles.put("4", profile)
    again = stores.change(Change.UNREAD, each)
    stores.profiles.put("4", Profile())

    assert again.revision == after.revision + 1
    assert stores.inboxes.look("4")[0] == again
    assert stores.profiles.get("4") == Profile()


def test_a_page_shows_what_is_not_archived_newest_first_and_leads_on(stores: Stores) -> None:
    stores.put(channel=Channel.EMAIL)
    first, archived, second, third = stores.put(4)
    stores.put(channel=Channel.SMS)
    stores.change(Change.ARCHIVED, archived)
    progress, _ = stores.inboxes.look("4")

    page = stores.inboxes.page("4", InboxRequest(limit=2), progress, LATER)
    rest = stores.inboxes.page("4", InboxRequest(limit=2, after=page.last_seen), progress, LATER)

    assert [record.notification.id for record in page.records] == [third, second]
    assert page.last_seen == second
    assert [record.notification.id for record in rest.records] == [first]
    assert rest.last_seen is None


def test_a_page_can_show_the_archived_and_begin_at_an_id(stores: Stores) -> None:
    first, second, third = stores.put(3)
    stores.change(Change.ARCHIVED, second)

    assert stores.ids(InboxRequest(limit=9, archived=True)) == [third, second, first]
    assert stores.ids(InboxRequest(limit=9, since=second)) == [third]
    assert stores.ids(InboxRequest(limit=9, since=second, archived=True)) == [third, second]


def test_a_page_can_show_the_unread_or_the_others(stores: Stores) -> None:
    read, unread, archived, again = stores.put(4)
    stores.change(Change.READ, read)
    stores.change(Change.ARCHIVED, archived)
    before, _ = stores.inboxes.look("4")
    stores.inboxes.replace("4", before, read_all(before, again), {})
    stores.change(Change.UNREAD, again, unread)

    assert stores.ids(InboxRequest(limit=9, unread=True)) == [again, unread]
    assert stores.ids(InboxRequest(limit=9, unread=False)) == [read]
    assert stores.ids(InboxRequest(limit=9, unread=False, archived=True)) == [archived, read]


def test_a_page_ends_where_it_has_enough_to_carry(stores: Stores) -> None:
    """Each holds 13 characters; the one that passes the limit is the last."""
    first, second, third = stores.put(3)
    progress, _ = stores.inboxes.look("4")

    page = stores.inboxes.page("4", InboxRequest(limit=9, characters=14), progress, LATER)

    assert [record.notification.id for record in page.records] == [third, second]
    assert page.last_seen == second
    assert stores.ids(InboxRequest(limit=9, after=second)) == [first]


def test_what_is_unmarked_is_found_above_an_id_oldest_first(stores: Stores) -> None:
    _, below, read, unread, archived, newest = stores.put(6)
    stores.put(2, Channel.EMAIL)
    stores.change(Change.READ, read)
    stores.change(Change.ARCHIVED, archived)

    unmarked = stores.inboxes.unmarked("4", below, 9, LATER)

    assert unmarked.ids == (unread, newest)
    assert unmarked.archived == (archived,)
    assert unmarked.examined >= 4


def test_what_is_unmarked_is_found_from_the_beginning(stores: Stores) -> None:
    ids = stores.put(3)

    assert stores.inboxes.unmarked("4", "", 9, LATER).ids == tuple(ids)
    assert stores.inboxes.unmarked("5", "", 9, LATER).ids == ()


def test_what_is_scheduled_is_in_the_inbox_from_its_time_on_by_the_clock_alone(
    stores: Stores,
) -> None:
    (before,) = stores.put()
    scheduled = make.notification(channel=Channel.IN_APP, send_at=LATER)
    stores.notifications.create(accepted(scheduled))
    progress, _ = stores.inboxes.look("4")

    def shown(at: int) -> list[str]:
        page = stores.inboxes.page("4", InboxRequest(limit=9), progress, at)
        return [record.notification.id for record in page.records]

    def unmarked(at: int) -> tuple[str, ...]:
        return stores.inboxes.unmarked("4", "", 9, at).ids

    assert (shown(LATER - 1), unmarked(LATER - 1)) == ([before], (before,))
    assert (shown(LATER), unmarked(LATER)) == ([scheduled.id, before], (before, scheduled.id))


def test_what_was_cancelled_is_never_in_the_inbox(stores: Stores) -> None:
    record = accepted(make.notification(channel=Channel.IN_APP, send_at=LATER))
    stores.notifications.create(record)
    stores.notifications.cancel(record, apply(record, Cancelled(NOW)))

    assert stores.ids(InboxRequest(limit=9)) == []
    assert stores.inboxes.unmarked("4", "", 9, LATER).ids == ()
