"""Accepting a notification: the checks, the order of the steps, and what each failure leaves."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.addresses import CheckedAddresses
from notificationd.api.views import notification_frame
from notificationd.domain.errors import ConnectionGone, InvalidRequest, RateLimited, Unavailable
from notificationd.domain.idempotency import new_origin
from notificationd.domain.limits import Limit
from notificationd.domain.notification import Channel, Delivery, Notification
from notificationd.domain.page import PageRequest
from notificationd.domain.profile import Profile
from notificationd.domain.record import Record, Status
from notificationd.domain.template import Rendered
from notificationd.domain.template_choice import TemplateChoice
from notificationd.services.compose import Compose, SendCommand
from notificationd.services.limit import Limiter
from notificationd.services.push import Push
from notificationd.services.send import Send
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
    from collections.abc import Callable, Iterator, Sequence


NOW = 1_800_000_000_000
MINUTE = 60_000
CALLER = "a-key"


@dataclass
class World:
    """The use case with everything around it in memory."""

    pool: ThreadPoolExecutor
    notifications: MemoryNotifications = field(default_factory=MemoryNotifications)
    connections: MemoryConnections = field(default_factory=MemoryConnections)
    profiles: MemoryProfiles = field(default_factory=MemoryProfiles)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    schedule: MemorySchedule = field(default_factory=MemorySchedule)
    sockets: RecordingSockets = field(default_factory=RecordingSockets)
    journal: RecordingJournal = field(default_factory=RecordingJournal)
    limiter: Limiter | None = None
    patience: float = 60
    render: Callable[[TemplateChoice, Channel], Rendered] = no_templates

    def send(self, **fields: Any) -> Notification:  # noqa: ANN401 - any field of a command
        push = Push(
            connections=self.connections,
            sockets=self.sockets,
            queue=self.queue,
            journal=self.journal,
            pool=self.pool,
            frame=notification_frame,
            patience=self.patience,
        )
        use_case = Send(
            compose=Compose(
                profile_of=self.profiles.get, addresses=CheckedAddresses(), render=self.render
            ),
            notifications=self.notifications,
            connections=self.connections,
            queue=self.queue,
            schedule=self.schedule,
            push=push,
            journal=self.journal,
            limiter=self.limiter,
            pool=self.pool,
            clock=Clock(NOW),
        )
        values = {"user_id": 4, "channel": Channel.EMAIL, "content": "hello, world!", **fields}
        return use_case(SendCommand(**values), new_origin(NOW), CALLER).notification

    def stored(self, notification: Notification) -> Record | None:
        return self.notifications.get("4", notification.id)


@pytest.fixture
def world() -> Iterator[World]:
    with ThreadPoolExecutor(4) as pool:
        world = World(pool)
        world.profiles.put("4", Profile(email="user4@example.com", phone="+14155550104"))
        yield world


@pytest.mark.parametrize(
    ("channel", "to"), [(Channel.EMAIL, "user4@example.com"), (Channel.SMS, "+14155550104")]
)
def test_email_and_sms_are_queued_and_recorded_with_the_users_address(
    world: World, channel: Channel, to: str
) -> None:
    notification = world.send(channel=channel, delivery=Delivery.AT_MOST_ONCE)

    assert notification.to == to
    assert notification.delivery is Delivery.AT_MOST_ONCE
    assert world.queue.notifications == [notification]
    record = world.stored(notification)
    assert record is not None
    assert record.status is Status.PENDING
    assert world.journal.events == ["accepted"]


def test_an_address_given_with_the_request_wins_and_is_normalised(world: World) -> None:
    assert world.send(to="Other@EXAMPLE.com").to == "Other@example.com"
    assert world.send(channel=Channel.SMS, to="+1 (415) 555-0199").to == "+14155550199"


@pytest.mark.parametrize(
    ("fields", "wrong", "code"),
    [
        ({"user_id": 5}, "to", "no_address"),
        ({"user_id": 5, "channel": Channel.SMS}, "to", "no_address"),
        ({"to": "nobody"}, "to", "invalid"),
        ({"channel": Channel.SMS, "to": "12"}, "to", "invalid"),
        ({"channel": Channel.IN_APP, "to": "user4@example.com"}, "to", "not_for_channel"),
        ({"channel": Channel.IN_APP, "expires_in": 60}, "expires_in", "not_for_channel"),
        ({"content": " \n"}, "content", "empty"),
        ({"content": "a\x00b"}, "content", "not_text"),
        ({"content": "\ud800"}, "content", "not_text"),
        ({"content": "a" * 65_537}, "content", "too_long"),
        ({"content": "é" * 32_769}, "content", "too_long"),
        ({"content": "a" * 1_601, "channel": Channel.SMS}, "content", "too_long"),
        ({"subject": "a\nBcc: b@example.com"}, "subject", "not_text"),
        ({"subject": ""}, "subject", "empty"),
        ({"subject": "a" * 256}, "subject", "too_long"),
        ({"subject": "a", "channel": Channel.SMS}, "subject", "not_for_channel"),
        ({"data": {}}, "data", "not_for_channel"),
        ({"data": {"a": "b" * 16_384}, "channel": Channel.IN_APP}, "data", "too_long"),
        ({"data": {"a": float("nan")}, "channel": Channel.IN_APP}, "data", "not_json"),
        ({"html": " \n"}, "html", "empty"),
        ({"html": "a\x00b"}, "html", "not_text"),
        ({"html": "a" * 65_537}, "html", "too_long"),
        ({"html": '"' * 65_536, "content": '"' * 65_536}, "html", "too_long"),
        ({"html": "<p>", "channel": Channel.SMS}, "html", "not_for_channel"),
        ({"html": "<p>", "channel": Channel.IN_APP}, "html", "not_for_channel"),
        ({"user_id": ""}, "user_id", "empty"),
        ({"user_id": "a" * 129}, "user_id", "too_long"),
        ({"user_id": 10**128}, "user_id", "too_long"),
        ({"user_id": "a\nb"}, "user_id", "not_text"),
        ({"user_id": "a/b"}, "user_id", "not_addressable"),
        ({"user_id": ".."}, "user_id", "not_addressable"),
        ({"user_id": True}, "user_id", "wrong_type"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_left(
    world: World, fields: dict[str, Any], wrong: str, code: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        world.send(**fields)

    assert [(entry.field, entry.code) for entry in error.value.fields] == [(wrong, code)]
    assert world.queue.notifications == []
    assert world.journal.events == []


@pytest.mark.parametrize(
    "fields",
    [
        {"content": "a" * 65_536},
        {"content": "a" * 1_600, "channel": Channel.SMS},
        {"content": "a\tb\r\nc"},
        {"subject": "a" * 255},
        {"html": "a" * 65_536, "content": "a" * 65_536},
        {"user_id": "a" * 128, "to": "user4@example.com"},
        {"user_id": 10**127, "to": "user4@example.com"},
    ],
)
def test_what_just_fits_is_accepted(world: World, fields: dict[str, Any]) -> None:
    world.send(**fields)

    assert len(world.queue.notifications) == 1


def test_the_html_of_an_email_is_on_the_queue_and_not_in_its_record(world: World) -> None:
    """The record is written three times, and every kilobyte of it is billed each time."""
    notification = world.send(html="<p>hello, world!</p>")

    assert world.queue.notifications == [notification]
    assert notification.html == "<p>hello, world!</p>"
    record = world.stored(notification)
    assert record is not None
    assert record.notification == replace(notification, html=None)


def test_what_a_template_says_is_what_is_queued_and_recorded(world: World) -> None:
    asked: list[tuple[TemplateChoice, Channel]] = []

    def render(choice: TemplateChoice, channel: Channel) -> Rendered:
        asked.append((choice, channel))
        return Rendered(content="Hi Ada", subject="Hi", html="<p>", locale="en", version=3)

    world.render = render
    choice = TemplateChoice(name="welcome", variables={"name": "Ada"})

    notification = world.send(content="", template=choice)

    assert asked == [(choice, Channel.EMAIL)]
    assert (notification.content, notification.subject, notification.html) == (
        "Hi Ada",
        "Hi",
        "<p>",
    )
    assert world.queue.notifications == [notification]


def test_without_its_template_nothing_is_accepted(world: World) -> None:
    def render(choice: TemplateChoice, channel: Channel) -> Rendered:
        raise Unavailable((choice, channel))

    world.render = render

    with pytest.raises(Unavailable):
        world.send(content="", template=TemplateChoice(name="welcome"))

    assert world.queue.notifications == []
    assert world.journal.events == []


def test_the_seconds_until_it_expires_count_from_its_acceptance(world: World) -> None:
    assert world.send(expires_in=60).expires_at == NOW + 60_000
    assert world.send().expires_at is None


def test_several_wrong_fields_are_named_together(world: World) -> None:
    with pytest.raises(InvalidRequest) as error:
        world.send(user_id="", content="", subject="")

    assert [entry.field for entry in error.value.fields] == ["user_id", "content", "subject"]


def test_in_app_is_in_the_inbox_and_on_every_live_socket(world: World) -> None:
    for connection in ("a", "b"):
        world.connections.add("4", connection, NOW)
    world.connections.add("5", "c", NOW)

    notification = world.send(channel=Channel.IN_APP)

    record = world.stored(notification)
    assert record is not None
    assert record.status is Status.SENT
    assert sorted(connection for connection, _ in world.sockets.frames) == ["a", "b"]
    assert world.queue.notifications == []
    assert world.journal.events == ["accepted", "pushed"]


def test_a_gone_socket_is_forgotten_and_a_busy_one_is_left_to_the_queue(world: World) -> None:
    for connection in ("busy", "fine", "gone"):
        world.connections.add("4", connection, NOW)
    world.sockets.failing = {"gone": ConnectionGone(), "busy": Unavailable()}

    notification = world.send(channel=Channel.IN_APP)

    assert list(world.connections.of("4")) == ["busy", "fine"]
    assert world.queue.pushes == [(notification, ("busy",))]
    assert [connection for connection, _ in world.sockets.frames] == ["fine"]


def test_a_socket_that_does_not_answer_is_left_to_the_queue_and_not_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for connection in ("fine", "hanging"):
        world.connections.add("4", connection, NOW)
    released = threading.Event()
    post = world.sockets.post

    def hang(connection_id: str, frame: bytes) -> None:
        if connection_id == "hanging":
            released.wait()
        post(connection_id, frame)

    monkeypatch.setattr(world.sockets, "post", hang)
    world.patience = 0.5

    notification = world.send(channel=Channel.IN_APP)

    assert [connection for connection, _ in world.sockets.frames] == ["fine"]
    assert world.queue.pushes == [(notification, ("hanging",))]
    released.set()


def test_sockets_that_cannot_be_looked_up_are_left_to_the_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.connections, "of", _unavailable)

    notification = world.send(channel=Channel.IN_APP)

    assert world.queue.pushes == [(notification, None)]
    assert world.stored(notification) is not None


def test_in_app_is_not_accepted_and_not_pushed_without_its_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.connections.add("4", "a", NOW)
    monkeypatch.setattr(world.notifications, "create", _unavailable)

    with pytest.raises(Unavailable):
        world.send(channel=Channel.IN_APP)

    assert world.sockets.frames == []
    assert world.queue.pushes == []


def test_without_the_queue_nothing_is_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.queue, "put", _unavailable)

    with pytest.raises(Unavailable):
        world.send()

    page = world.notifications.page("4", PageRequest(limit=10))
    assert page.records == ()


def test_what_is_queued_is_accepted_even_if_its_record_must_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 503 would be a lie: the message is on its way. The dispatcher writes the record."""
    monkeypatch.setattr(world.notifications, "create", _unavailable)

    notification = world.send()

    assert world.queue.notifications == [notification]
    assert world.journal.events == ["record_left_to_dispatcher", "accepted"]


def test_without_the_table_no_address_is_found_and_nothing_is_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.profiles, "get", _unavailable)

    with pytest.raises(Unavailable):
        world.send()

    assert world.queue.notifications == []


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
@pytest.mark.parametrize(("ahead", "delay"), [(1, 1), (1_000, 1), (1_001, 2), (15 * MINUTE, 900)])
def test_what_is_to_be_sent_soon_waits_on_the_queue(
    world: World, channel: Channel, ahead: int, delay: int
) -> None:
    notification = world.send(channel=channel, send_at=NOW + ahead)

    assert world.queue.delays == {notification.id: delay}
    assert world.schedule.notifications == {}
    record = world.stored(notification)
    assert record is not None
    assert (record.status, record.notification.send_at) == (Status.SCHEDULED, NOW + ahead)


@pytest.mark.parametrize("channel", list(Channel))
def test_what_is_to_be_sent_later_waits_on_the_schedule(world: World, channel: Channel) -> None:
    notification = world.send(channel=channel, send_at=NOW + 15 * MINUTE + 1)

    assert world.queue.notifications == []
    assert world.schedule.notifications == {notification.id: notification}
    record = world.stored(notification)
    assert record is not None
    assert record.status is Status.SCHEDULED


def test_a_scheduled_in_app_one_is_pushed_by_the_queue_at_its_time(world: World) -> None:
    world.connections.add("4", "phone", NOW)

    notification = world.send(channel=Channel.IN_APP, send_at=NOW + MINUTE)

    assert world.sockets.frames == []
    assert world.queue.delays == {notification.id: 60}


@pytest.mark.parametrize("ago", [0, 1, MINUTE])
def test_a_time_that_is_just_over_is_now(world: World, ago: int) -> None:
    notification = world.send(send_at=NOW - ago)

    assert notification.send_at is None
    assert world.queue.delays == {notification.id: 0}


@pytest.mark.parametrize(
    ("send_at", "code"),
    [(NOW - MINUTE - 1, "in_the_past"), (NOW + 366 * 24 * 60 * MINUTE + 1, "too_late")],
)
def test_a_time_out_of_reach_is_refused(world: World, send_at: int, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        world.send(send_at=send_at)

    assert [(error.field, error.code) for error in caught.value.fields] == [("send_at", code)]
    assert world.queue.notifications == []


def test_the_id_of_a_scheduled_one_stands_where_it_appears(world: World) -> None:
    later = world.send(send_at=NOW + 5_000)
    between = world.send(send_at=NOW + 4_000)

    assert between.id < later.id


def test_what_expires_does_so_from_its_own_time_on(world: World) -> None:
    notification = world.send(send_at=NOW + 5_000, expires_in=60)

    assert notification.expires_at == NOW + 65_000


@pytest.mark.parametrize("port", ["queue", "schedule"])
def test_nothing_is_accepted_where_nothing_would_hold_it_back(
    world: World, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getattr(world, port), "put", _unavailable)
    send_at = NOW + (MINUTE if port == "queue" else 60 * MINUTE)

    with pytest.raises(Unavailable):
        world.send(send_at=send_at)

    assert world.notifications.page("4", PageRequest(limit=9)).records == ()


@pytest.mark.parametrize("port", ["queue", "schedule"])
def test_a_scheduled_in_app_one_is_in_the_inbox_even_if_nobody_will_push_it(
    world: World, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getattr(world, port), "put", _unavailable)
    send_at = NOW + (MINUTE if port == "queue" else 60 * MINUTE)

    notification = world.send(channel=Channel.IN_APP, send_at=send_at)

    assert world.stored(notification) is not None
    assert world.journal.events == ["accepted", "push_dropped"]


def _unavailable(*_: object) -> Sequence[str]:
    raise Unavailable


def test_one_too_many_is_refused_and_leaves_nothing(world: World) -> None:
    world.limiter = Limiter(
        buckets=MemoryBuckets(),
        per_caller=None,
        per_recipient={Channel.EMAIL: Limit(1, 3_600)},
        pool=world.pool,
        clock=Clock(NOW),
    )
    world.send()

    with pytest.raises(RateLimited) as caught:
        world.send()

    assert caught.value.allowance.bucket.owner == "4"
    assert len(world.queue.notifications) == 1
    assert len(world.notifications.page("4", PageRequest(limit=9)).records) == 1
