"""The client's rules in JavaScript are those in Python: both show the same, whatever happens.

The Python client is held to a model by tests/devices. Here the same state machine runs once more,
and frames of all kinds come in any order besides; everything that the Python client hears is played
to the one in JavaScript, which has to say and to show the same after each step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, override

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from notificationd_client.replica import Replica
from tests.devices.test_convergence import Inboxes

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Page

    from notificationd_client.replica import Frame

PLAY = """
async (steps) => {
  const { Replica } = await import("/client/replica.js");
  const replica = new Replica(3);
  return steps.map(([name, given]) => {
    const said = given === null ? replica[name]() : replica[name](given);
    const { unread, unreadCapped, oldest, isCurrent, hasGap, isSyncing, hasOlder } = replica;
    const shown = replica.notifications.map(({ body, ...rest }) => [...Object.values(rest), body]);
    return [said, shown, unread, unreadCapped, oldest, isCurrent, hasGap, isSyncing, hasOlder];
  });
}
"""


class Recorded(Replica):
    """A replica that takes down what it is asked, and what it says and shows after that."""

    def __init__(self) -> None:
        super().__init__(limit=3)
        self.steps: list[tuple[str, Frame | None]] = []
        self.outcomes: list[list[Any]] = []

    @override
    def connected(self) -> Frame:
        said = super().connected()
        self._note("connected", None, said)
        return said

    @override
    def refresh(self) -> Frame | None:
        return self._note("refresh", None, super().refresh())

    @override
    def older(self) -> Frame | None:
        return self._note("older", None, super().older())

    @override
    def received(self, frame: Frame) -> Frame | None:
        return self._note("received", frame, super().received(frame))

    def _note(self, name: str, given: Frame | None, said: Frame | None) -> Frame | None:
        self.steps.append((name, given))
        shown = [[e.id, e.read, e.seen, e.archived, e.body] for e in self.notifications]
        self.outcomes.append(
            [
                said,
                shown,
                self.unread,
                self.unread_capped,
                self.oldest,
                self.is_current,
                self.has_gap,
                self.is_syncing,
                self.has_older,
            ]
        )
        return said


class InboxesInJavaScript(Inboxes):
    page: ClassVar[Page]

    def __init__(self) -> None:
        super().__init__()
        for device in self.world.devices:
            device.replica = Recorded()

    @override
    def teardown(self) -> None:
        super().teardown()
        for device in self.world.devices:
            assert isinstance(device.replica, Recorded)
            outcomes = self.page.evaluate(PLAY, device.replica.steps)
            assert outcomes == device.replica.outcomes


def test_both_clients_say_and_show_the_same(sources: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InboxesInJavaScript, "page", sources, raising=False)

    run_state_machine_as_test(
        InboxesInJavaScript,
        settings=settings(
            max_examples=100,
            stateful_step_count=60,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def id_of(number: int) -> str:
    return f"0199a2b3-0000-7000-8000-00000000000{number}"


IDS = st.sampled_from([id_of(number) for number in range(1, 5)])
FLAGS = {name: st.booleans() for name in ("read", "seen", "archived")}
COUNTED: dict[str, st.SearchStrategy[Any]] = {
    "revision": st.integers(0, 4),
    "unread": st.integers(0, 3),
    "unread_capped": st.sampled_from([False, False, False, True]),
    "settled": IDS,
    "recent": st.lists(IDS, max_size=2, unique=True),
    "read_up_to": st.none() | IDS,
}
NOTIFICATIONS = st.fixed_dictionaries(
    {"id": IDS, "content": st.sampled_from(["", "hello"]), **FLAGS},
    optional={"truncated": st.just(True)},  # noqa: FBT003 - JSON
)
REF = st.sampled_from(["its own", "its own", "its own", "another"])
PAGES = st.fixed_dictionaries(
    {
        "type": st.just("sync"),
        "notifications": st.lists(NOTIFICATIONS, max_size=3, unique_by=lambda each: each["id"]).map(
            lambda some: sorted(some, key=lambda each: str(each["id"]), reverse=True)
        ),
        "next": st.none() | st.sampled_from(["cursor", "another cursor"]),
        "since": IDS,
        "ref": REF,
        **COUNTED,
    }
)
STATES = st.sampled_from(["read", "unread", "seen", "unseen", "archived", "unarchived"])
FRAMES = st.one_of(
    st.fixed_dictionaries({"type": st.just("notification"), "notification": NOTIFICATIONS}),
    st.fixed_dictionaries(
        {
            "type": st.just("state"),
            "state": STATES,
            "ids": st.lists(IDS, min_size=1, max_size=2, unique=True),
            **COUNTED,
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("state"), "state": st.just("read"), "up_to": IDS, **COUNTED}
    ),
    PAGES,
    PAGES,
    st.fixed_dictionaries({"type": st.just("error"), "code": st.just("unavailable"), "ref": REF}),
    st.just({"type": "pong"}),
)
STEPS = st.sampled_from(["connected", "refresh", "older"]) | FRAMES


def page(ref: str, *ids: int, following: str | None = None, revision: int = 0) -> dict[str, Any]:
    new = dict.fromkeys(FLAGS, False)
    notifications = [{"id": id_of(each), "content": "", **new} for each in ids]
    counted = {"revision": revision, "unread": 0, "unread_capped": False, "settled": id_of(1)}
    answer = {"type": "sync", "notifications": notifications, "next": following, "since": id_of(4)}
    return {**answer, **counted, "recent": [], "read_up_to": None, "ref": ref}


def state(name: str, which: int, revision: int) -> dict[str, Any]:
    counted = {**page("", revision=revision), "type": "state", "ref": None}
    return {**counted, "state": name, "ids": [id_of(which)]}


# Histories that chance is slow to come to, as tests/devices/test_replica.py has them.
EMPTY_PAGE_BETWEEN = [
    page("sync-1", 3, following="more"),
    "older",
    page("older-2", following="more"),
    state("unarchived", 2, 1),
    "older",
    page("older-3", 1, revision=1),
]
LOADED_WHILE_SYNCING = [
    page("sync-1", 4, following="more"),
    "older",
    state("seen", 4, 2),
    "refresh",
    page("older-2", 3, revision=2),
    page("sync-3", 4, revision=3),
]


def perform(replica: Recorded, steps: list[str | dict[str, Any]]) -> None:
    """Do what the steps say; a frame's own `ref` is that of what was last asked."""
    asked = ""
    for step in steps:
        if isinstance(step, str):
            said = getattr(replica, step)()
        else:
            own = {"ref": asked} if step.get("ref") == "its own" else {}
            said = replica.received({**step, **own})
        asked = said["ref"] if said else asked


def test_both_clients_take_any_frames_in_any_order_in_the_same_way(sources: Page) -> None:
    @example(EMPTY_PAGE_BETWEEN)
    @example(LOADED_WHILE_SYNCING)
    @settings(max_examples=400)
    @given(st.lists(STEPS, min_size=10, max_size=40))
    def play(steps: list[str | dict[str, Any]]) -> None:
        replica = Recorded()
        replica.connected()
        perform(replica, steps)

        assert sources.evaluate(PLAY, replica.steps) == replica.outcomes

    play()
