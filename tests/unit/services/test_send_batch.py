"""Many at once: each for itself, with few calls for all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.addresses import CheckedAddresses
from notificationd.api.views import notification_frame
from notificationd.domain.errors import FieldError, InvalidRequest, RateLimited, Unavailable
from notificationd.domain.idempotency import new_origin
from notificationd.domain.limits import Limit, Party
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.profile import Profile
from notificationd.domain.record import Status
from notificationd.domain.template import Rendered
from notificationd.domain.template_choice import TemplateChoice
from notificationd.services.compose import SendCommand
from notificationd.services.limit import Limiter
from notificationd.services.push import Push
from notificationd.services.send_batch import PUSH_SECONDS, RENDER_SECONDS, SendBatch
from tests.fakes.delivery import Clock, RecordingJournal, RecordingSockets
from tests.fakes.storage import (
    MemoryBuckets,
    MemoryConnections,
    MemoryNotifications,
    MemoryProfiles,
    MemoryQueue,
    MemorySchedule,
)
from tests.fakes.templates import no_templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notificationd.domain.record import Record
    from notificationd.services.compose import Renderer
    from notificationd.services.send_batch import Result

NOW = 1_800_000_000_000
HOUR = 3_600_000
CALLER = "a-key"


class Profiles(MemoryProfiles):
    """Counts, and fails where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.failing: set[str] = set()

    def get(self, user: str) -> Profile | None:
        self.asked.append(user)
        if user in self.failing:
            raise Unavailable("the table")
        return super().get(user)


class Notifications(MemoryNotifications):
    """Does not take the places that it is told not to."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[str] = set()
        self.calls = 0

    def create_all(self, records: Sequence[Record]) -> frozenset[str]:
        self.calls += 1
        taken = [each for each in records if each.notification.content not in self.refused]
        super().create_all(taken)
        return frozenset(each.notification.id for each in records if each not in taken)


class Queue(MemoryQueue):
    """Does not take the contents that it is told not to."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[str] = set()

    def put_all(self, notifications: Sequence[tuple[Notification, int]]) -> frozenset[str]:
        taken = [each for each in notifications if each[0].content not in self.refused]
        super().put_all(taken)
        return frozenset(each[0].id for each in notifications if each not in taken)


class Connections(MemoryConnections):
    """Counts, and fails where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.failing: set[str] = set()

    def of(self, user: str) -> Sequence[str]:
        self.asked.append(user)
        if user in self.failing:
            raise Unavailable("the table")
        return super().of(user)


@dataclass
class World:
    """The use case with everything around it in memory."""

    pool: ThreadPoolExecutor
    notifications: Notifications = field(default_factory=Notifications)
    connections: Connections = field(default_factory=Connections)
    profiles: Profiles = field(default_factory=Profiles)
    queue: Queue = field(default_factory=Queue)
    schedule: MemorySchedule = field(default_factory=MemorySchedule)
    sockets: RecordingSockets = field(default_factory=RecordingSockets)
    journal: RecordingJournal = field(default_factory=RecordingJournal)
    limiter: Limiter | None = None
    render: Renderer = no_templates
    clock: Clock = field(default_factory=lambda: Clock(NOW))

    def send(self, *commands: SendCommand | InvalidRequest) -> list[Result]:
        push = Push(
            connections=self.connections,
            sockets=self.sockets,
            queue=self.queue,
            journal=self.journal,
            pool=self.pool,
            frame=notification_frame,
        )
        use_case = SendBatch(
            profiles=self.profiles,
            addresses=CheckedAddresses(),
            new_render=lambda: self.render,
            notifications=self.notifications,
            connections=self.connections,
            queue=self.queue,
            schedule=self.schedule,
            push=push,
            journal=self.journal,
            limiter=self.limiter,
            pool=self.pool,
            clock=self.clock,
        )
        return list(use_case(commands, new_origin(NOW), CALLER).results)

    def stored(self, notification: Result) -> Record | None:
        assert isinstance(notification, Notification)
        return self.notifications.get(str(notification.user_id), notification.id)


@pytest.fixture
def world() -> Iterator[World]:
    with ThreadPoolExecutor(4) as pool:
        made = World(pool)
        for user in ("4", "5"):
            made.profiles.put(user, Profile(email=f"user{user}@example.com", phone="+14155550104"))
        yield made


def email(user_id: int | str = 4, content: str = "hello", **fields: Any) -> SendCommand:  # noqa: ANN401
    return SendCommand(user_id=user_id, channel=Channel.EMAIL, content=content, **fields)


def in_app(user_id: int | str = 4, content: str = "hello", **fields: Any) -> SendCommand:  # noqa: ANN401
    return SendCommand(user_id=user_id, channel=Channel.IN_APP, content=content, **fields)


def sms(**fields: Any) -> SendCommand:  # noqa: ANN401
    return SendCommand(user_id=4, channel=Channel.SMS, content="hello", **fields)


def test_every_channel_is_taken_on_in_order(world: World) -> None:
    world.connections.add("4", "phone", NOW)

    results = world.send(email(), in_app(), sms(), in_app(5))

    assert [getattr(each, "channel", None) for each in results] == [
        Channel.EMAIL,
        Channel.IN_APP,
        Channel.SMS,
        Channel.IN_APP,
    ]
    assert world.queue.notifications == [results[0], results[2]]
    records = [world.stored(each) for each in results]
    assert [record and record.status for record in records] == [
        Status.PENDING,
        Status.SENT,
        Status.PENDING,
        Status.SENT,
    ]
    assert [connection for connection, _ in world.sockets.frames] == ["phone"]
    assert world.journal.events.count("accepted") == 4


def test_a_bad_entry_harms_no_other(world: World) -> None:
    bad = InvalidRequest(FieldError("content", "missing", "is required"))

    results = world.send(email(), bad, email(6), email("7", to="nobody"), email(5))

    assert results[1] is bad
    assert [type(each) for each in results] == [
        Notification,
        InvalidRequest,
        InvalidRequest,
        InvalidRequest,
        Notification,
    ]
    assert world.queue.notifications == [results[0], results[4]]


def test_a_user_is_looked_up_once(world: World) -> None:
    world.send(email(), sms(), email("4"), email(5), email(9, to="a@example.com"), email(8, ""))
    world.send(in_app(), in_app("4"), in_app(5), in_app(6, send_at=NOW + HOUR))

    assert sorted(world.profiles.asked) == ["4", "5"]
    assert sorted(world.connections.asked) == ["4", "5"]
    assert world.notifications.calls == 2


def test_the_same_origin_makes_the_same_ids() -> None:
    origin = new_origin(NOW)
    assert len({origin.new_id(place, NOW) for place in range(100)}) == 100

    assert origin.new_id(7, NOW) == origin.new_id(7, NOW)


def test_a_user_who_cannot_be_looked_up_keeps_no_other_from_it(world: World) -> None:
    world.profiles.failing = {"5"}

    results = world.send(email(), email(5), email(5, to="a@example.com"))

    assert isinstance(results[1], Unavailable)
    assert world.queue.notifications == [results[0], results[2]]


def test_what_the_queue_does_not_take_is_not_accepted(world: World) -> None:
    world.queue.refused = {"busy"}

    results = world.send(email(), email(content="busy"), in_app())

    assert [type(each) for each in results] == [Notification, Unavailable, Notification]
    assert len(world.notifications.of("4")) == 2


def test_what_is_queued_is_accepted_even_if_its_record_must_wait(world: World) -> None:
    world.notifications.refused = {"late"}

    results = world.send(email(), email(content="late"))

    assert [type(each) for each in results] == [Notification, Notification]
    assert world.stored(results[1]) is None
    assert world.journal.events == ["record_left_to_dispatcher", "accepted", "accepted"]


def test_in_app_is_neither_accepted_nor_pushed_without_its_record(world: World) -> None:
    world.notifications.refused = {"lost"}
    world.connections.add("4", "phone", NOW)

    results = world.send(in_app(content="lost"), in_app(content="lost", send_at=NOW + HOUR))

    assert [type(each) for each in results] == [Unavailable, Unavailable]
    assert world.sockets.frames == []
    assert world.schedule.notifications == {}


def test_sockets_that_cannot_be_looked_up_are_left_to_the_queue(world: World) -> None:
    world.connections.failing = {"4"}

    (sent,) = world.send(in_app())

    assert world.queue.pushes == [(sent, None)]


def test_a_busy_socket_is_left_to_the_queue(world: World) -> None:
    world.connections.add("4", "phone", NOW)
    world.sockets.failing["phone"] = Unavailable("busy")

    (sent,) = world.send(in_app())

    assert world.queue.pushes == [(sent, ("phone",))]


def test_what_there_is_no_time_to_push_is_left_to_the_queue(world: World) -> None:
    """A caller waits for pushes only so long, and some users have no device to wait for."""
    world.connections.add("4", "phone", NOW)
    post = world.sockets.post

    def slow(connection_id: str, frame: bytes) -> None:
        world.clock.advance(PUSH_SECONDS)
        post(connection_id, frame)

    world.sockets.post = slow  # type: ignore[method-assign]
    first, *others = world.send(in_app(), *(in_app() for _ in range(20)), in_app(5))

    pushed = {frame for _, frame in world.sockets.frames}
    left = {notification.id for notification, _ in world.queue.pushes}
    assert isinstance(first, Notification)
    assert 1 <= len(pushed) <= 4  # as many as the pool has threads
    assert len(pushed) + len(left) == 21
    assert getattr(others[-1], "id", None) not in left


def test_each_waits_where_its_time_says(world: World) -> None:
    results = world.send(
        email(send_at=NOW + 60_000), email(send_at=NOW + HOUR), in_app(send_at=NOW + HOUR), email()
    )

    soon, later, appears, now = results
    assert isinstance(soon, Notification)
    assert isinstance(now, Notification)
    assert world.queue.delays == {soon.id: 60, now.id: 0}
    assert list(world.schedule.notifications.values()) == [later, appears]
    assert [record and record.status for record in map(world.stored, results)] == [
        Status.SCHEDULED,
        Status.SCHEDULED,
        Status.SCHEDULED,
        Status.PENDING,
    ]


def test_what_the_scheduler_does_not_take_is_not_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_: object) -> None:
        raise Unavailable("the scheduler")

    monkeypatch.setattr(world.schedule, "put", unavailable)

    results = world.send(email(send_at=NOW + HOUR), in_app(send_at=NOW + HOUR), email())

    assert [type(each) for each in results] == [Unavailable, Notification, Notification]
    assert "push_dropped" in world.journal.events


def test_one_too_many_is_refused_and_the_others_go(world: World) -> None:
    world.limiter = limiter(world, Limit(2, 60))

    results = world.send(email(4), email(5), email(4))

    assert [isinstance(each, Notification) for each in results] == [True, True, False]
    refusal = results[2]
    assert isinstance(refusal, RateLimited)
    assert refusal.allowance.bucket.party is Party.CALLER
    assert len(world.queue.notifications) == 2


def test_a_wrong_entry_takes_no_token(world: World) -> None:
    world.limiter = limiter(world, Limit(1, 60))

    results = world.send(InvalidRequest(FieldError("content", "invalid", "is wrong")), email(4))

    assert isinstance(results[1], Notification)


def limiter(world: World, per_caller: Limit) -> Limiter:
    return Limiter(
        buckets=MemoryBuckets(),
        per_caller=per_caller,
        per_recipient={},
        pool=world.pool,
        clock=world.clock,
    )


WELCOME = TemplateChoice(name="welcome", version=None, locale=None, variables={})


def test_each_is_made_from_its_template_and_one_that_cannot_be_harms_no_other(
    world: World,
) -> None:
    def render(choice: TemplateChoice, channel: Channel) -> Rendered:
        if choice.name == "gone":
            raise InvalidRequest(FieldError("template", "not_found", "there is none"))
        if choice.name == "unreadable":
            raise Unavailable("the table")
        return Rendered(
            content=f"{choice.name} by {channel}",
            subject="Hello",
            html="<p>Hello",
            locale="en",
            version=1,
        )

    world.render = render
    results = world.send(
        *(
            email(content="", template=replace(WELCOME, name=name))
            for name in ("gone", "welcome", "unreadable")
        ),
        email(content="as it is"),
    )

    assert [type(each) for each in results] == [
        InvalidRequest,
        Notification,
        Unavailable,
        Notification,
    ]
    first, second = world.queue.notifications
    assert (first.content, first.subject, first.html) == ("welcome by email", "Hello", "<p>Hello")
    assert (second.content, second.html) == ("as it is", None)


def test_templates_that_take_too_long_leave_the_others_to_another_request(world: World) -> None:
    def render(*_: object) -> Rendered:
        world.clock.advance(RENDER_SECONDS / 2)
        return Rendered(content="slow", subject=None, html=None, locale="en", version=1)

    world.render = render
    results = world.send(
        *[email(content="", template=WELCOME)] * 4, email(content="needs no template")
    )

    assert [isinstance(each, Notification) for each in results] == [True, True, False, False, True]
    assert isinstance(results[2], Unavailable)
