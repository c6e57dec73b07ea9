"""The JavaScript client against a service that does whatever a test says, and a clock that jumps.

Every number here is one of docs/protocol.md: the client has its own timing, and time is the test's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.integration.browser.scripted import (
    EMPTY,
    SINCE,
    ScriptedService,
    id_of,
    notification,
    synced,
)

if TYPE_CHECKING:
    from playwright.sync_api import WebSocketRoute

LIVE = "snapshot?.state === 'live'"


def syncs(service: ScriptedService, number: int) -> None:
    """Wait until so many syncs were asked for."""
    service.until(lambda: len(service.said("sync")) == number)


def tokens(service: ScriptedService, number: int) -> None:
    """Wait until so many connections were tried."""
    service.until(lambda: len(service.tokens) == number)


def requests(service: ScriptedService, number: int) -> None:
    """Wait until so much was asked for over HTTP."""
    service.until(lambda: len(service.requests) == number)


def test_it_syncs_when_it_connects_and_again_after_a_cut(service: ScriptedService) -> None:
    service.connect()
    service.wait_for(LIVE)
    service.drop()
    service.pass_time(1)
    syncs(service, 2)
    service.wait_for(LIVE)

    first, second = service.heard
    assert "since" not in first
    assert second["since"] == SINCE
    assert service.page.evaluate("told.includes('reconnecting')")


def test_it_syncs_after_30_seconds_and_every_5_minutes(service: ScriptedService) -> None:
    service.connect()
    service.wait_for(LIVE)
    service.pass_time(29)
    syncs(service, 1)
    service.pass_time(1.5)
    syncs(service, 2)
    service.pass_time(298)
    syncs(service, 2)
    service.pass_time(3)
    syncs(service, 3)

    assert len(service.tokens) == 1


def test_a_connection_on_which_a_sync_is_not_answered_within_10_seconds_is_given_up(
    service: ScriptedService,
) -> None:
    service.answer = lambda *_: None
    service.connect()
    syncs(service, 1)
    service.pass_time(9)
    assert len(service.tokens) == 1
    service.pass_time(1.5)
    service.answer = synced
    service.until(lambda: service.sockets == [])

    service.pass_time(1)

    service.wait_for(LIVE)
    assert len(service.tokens) == 2


def test_a_change_that_it_was_not_told_of_is_fetched_after_2_seconds(
    service: ScriptedService,
) -> None:
    service.connect()
    service.wait_for(LIVE)
    state = {"type": "state", "state": "read", "ids": [], **EMPTY, "revision": 2}
    service.push(state)  # that of revision 1 is missing
    service.pass_time(1)
    syncs(service, 1)

    service.pass_time(1.5)

    syncs(service, 2)
    assert service.heard[-1]["since"] == "00000000-0000-7000-8000-000000000000"


def test_a_sync_that_failed_is_made_again_after_2_seconds(service: ScriptedService) -> None:
    def refuse(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        error = {"type": "error", "code": "unavailable", "detail": "Later.", "ref": frame["ref"]}
        socket.send(json.dumps(error))

    service.answer = refuse
    service.connect()
    syncs(service, 1)
    service.answer = synced
    service.pass_time(2.5)

    service.wait_for(LIVE)
    assert len(service.tokens) == 1


def test_it_comes_back_after_at_most_1_2_4_and_30_seconds(service: ScriptedService) -> None:
    """At random below that; here the dice fall as high as they can."""
    service.refuses = True
    service.connect()
    tokens(service, 1)
    for number, seconds in enumerate([1, 2, 4, 8, 16, 30, 30], start=2):
        requests(service, number - 1)  # it has helped itself over HTTP
        service.pass_time(seconds * 0.9)
        service.look()
        assert len(service.tokens) == number - 1
        service.pass_time(seconds * 0.1)
        tokens(service, number)


def test_only_an_answered_sync_makes_the_next_wait_short_again(service: ScriptedService) -> None:
    service.answer = lambda *_: None
    service.connect()
    for number, seconds in enumerate([1, 2, 4], start=1):
        syncs(service, number)
        service.drop()  # it was open, and good for nothing
        service.until(lambda: service.sockets == [])
        service.pass_time(seconds * 0.9)
        service.look()
        assert len(service.tokens) == number
        service.pass_time(seconds * 0.1)


def test_a_jumping_network_is_no_reason_to_wait(service: ScriptedService) -> None:
    """The browser says when it is back on the network."""
    service.connect()
    service.wait_for(LIVE)

    service.page.evaluate("dispatchEvent(new Event('offline'))")
    service.wait_for("snapshot.state === 'reconnecting'")
    service.page.evaluate("dispatchEvent(new Event('online'))")

    service.wait_for(LIVE)
    assert len(service.tokens) == 2


# --- what arrives


def test_what_was_there_is_no_arrival_and_what_comes_is_one_once(service: ScriptedService) -> None:
    service.answer = lambda socket, frame: synced(
        socket, frame, notifications=[notification(1)], unread=1, settled=id_of(2)
    )
    service.connect()
    service.wait_for(LIVE)
    for _ in range(2):
        service.push({"type": "notification", "notification": notification(3)})
    service.wait_for("inbox.unread === 2")

    service.answer = lambda socket, frame: synced(
        socket,
        frame,
        notifications=[notification(3), notification(2), notification(1)],
        unread=3,
        settled=id_of(4),
    )
    service.drop()
    service.pass_time(1)
    service.wait_for("inbox.unread === 3")

    assert service.page.evaluate("arrived") == [id_of(3), id_of(2)]
    assert service.page.evaluate("inbox.notifications.map(({ id }) => id)") == [
        id_of(3),
        id_of(2),
        id_of(1),
    ]


def test_what_was_too_large_for_a_frame_is_fetched(service: ScriptedService) -> None:
    service.answer_http = lambda *_: (200, notification(1, content="long"))
    service.connect()
    service.wait_for(LIVE)

    service.push(
        {"type": "notification", "notification": notification(1, content="", truncated=True)}
    )

    service.wait_for("inbox.notifications[0]?.content === 'long'")
    assert service.requests == [("GET", f"/users/4/notifications/{id_of(1)}", "Bearer a")]


def test_a_notification_is_the_same_object_until_it_changes(service: ScriptedService) -> None:
    service.connect()
    service.wait_for(LIVE)
    service.push({"type": "notification", "notification": notification(1)})
    service.wait_for("inbox.notifications.length === 1")

    assert service.page.evaluate(
        "() => { const [one] = inbox.notifications; return one === inbox.notifications[0]; }"
    )


def test_more_than_a_thousand_are_said_to_be_more(service: ScriptedService) -> None:
    service.answer = lambda socket, frame: synced(socket, frame, unread=1_000, unread_capped=True)
    service.connect()
    service.wait_for(LIVE)

    assert service.page.evaluate("[inbox.unread, inbox.unreadCapped]") == [1_000, True]


# --- tokens


def test_a_good_token_is_used_again(service: ScriptedService) -> None:
    service.connect(tokens=["one", "two"])
    service.wait_for(LIVE)
    service.drop()
    service.pass_time(1)
    tokens(service, 2)

    assert service.tokens == ["one", "one"]


def test_a_token_is_renewed_30_seconds_before_it_ends(service: ScriptedService) -> None:
    service.page.evaluate(
        """() => {
          window.given = [];
          window.supply = async () => {
            const end = new Date(Date.now() + 60_000).toISOString();
            given.push(`token-${given.length + 1}`);
            return { token: given.at(-1), expires_at: end, websocket_url: "ws://inbox.test/live" };
          };
        }"""
    )
    service.page.evaluate(
        """async () => {
          const { connect } = await import("/client/client.js");
          window.inbox = connect({ api: "http://inbox.test", user: 4, token: supply });
          inbox.subscribe((snapshot) => { window.snapshot = snapshot; });
        }"""
    )
    service.wait_for(LIVE)
    service.drop()
    service.pass_time(1)
    tokens(service, 2)
    service.wait_for(LIVE)
    service.pass_time(29)
    service.drop()
    service.pass_time(1)
    tokens(service, 3)

    assert service.tokens == ["token-1", "token-1", "token-2"]


def test_a_token_that_is_refused_is_replaced(service: ScriptedService) -> None:
    """A browser does not say why a socket did not open: HTTP does."""
    service.refuses = True
    service.answer_http = lambda *_: (401, {"code": "unauthenticated", "detail": "It has ended."})
    service.connect(tokens=["old", "new"])
    requests(service, 2)
    assert [sent for _, _, sent in service.requests] == ["Bearer old", "Bearer new"]
    service.wait_for("snapshot.state === 'unauthorized'")
    service.refuses = False

    service.pass_time(2)

    service.wait_for(LIVE)
    assert service.tokens == ["old", "new"]


def test_a_token_that_cannot_be_renewed_and_is_refused_is_asked_for(
    service: ScriptedService,
) -> None:
    """The page is told, nothing is tried any more, and another one lets it in."""
    service.refuses = True
    service.answer_http = lambda *_: (401, {"code": "unauthenticated", "detail": "It has ended."})
    service.connect(token="old")
    service.wait_for("snapshot.state === 'unauthorized'")
    service.pass_time(120)
    service.look()
    assert service.tokens == ["old"]
    assert service.page.evaluate("snapshot.error.message") == "It has ended."
    service.refuses = False

    service.page.evaluate("inbox.setToken('new')")

    service.wait_for(LIVE)
    assert service.tokens == ["old", "new"]


def test_a_page_whose_user_has_left_asks_again_later(service: ScriptedService) -> None:
    service.connect(tokens=[None, None, "new"])
    service.wait_for("snapshot.state === 'unauthorized'")
    assert service.tokens == []

    for _ in range(3):
        service.pass_time(30)
        service.look()

    service.wait_for(LIVE)
    assert service.tokens == ["new"]


# --- without a socket


def test_where_no_socket_can_be_had_it_asks_over_http(service: ScriptedService) -> None:
    service.refuses = True
    pages = [
        {**EMPTY, "data": [notification(2), notification(1)], "next": None, "unread": 2},
        {**EMPTY, "data": [notification(3), notification(1)], "next": None, "unread": 2},
    ]
    service.answer_http = lambda *_: (200, {**pages[0], "revision": 3 - len(pages)})
    service.connect()
    service.wait_for("snapshot?.state === 'polling'")
    assert service.page.evaluate("inbox.notifications.map(({ id }) => id)") == [id_of(2), id_of(1)]

    pages.pop(0)
    service.pass_time(30)

    service.wait_for("inbox.notifications.length && inbox.notifications[0].id.endsWith('3')")
    shown = service.page.evaluate("inbox.notifications.map(({ id }) => id)")
    assert shown == [id_of(3), id_of(1)]  # what is on the page no more has been archived
    assert service.page.evaluate("arrived") == [id_of(3)]


def test_what_is_too_far_away_to_be_connected_begins_anew(service: ScriptedService) -> None:
    """Between what it knows and the newest page there may be more: it shows no list with a hole."""
    service.refuses = True
    pages = [[notification(1)], [notification(9), notification(8)]]
    service.answer_http = lambda *_: (200, {**EMPTY, "data": pages[0], "next": "more"})
    service.connect()
    service.wait_for("snapshot?.state === 'polling'")

    pages.pop(0)
    service.pass_time(30)

    service.wait_for("inbox.notifications.length === 2")
    assert service.page.evaluate("inbox.notifications.map(({ id }) => id)") == [id_of(9), id_of(8)]
    assert service.page.evaluate("arrived") == [id_of(8), id_of(9)]


def test_when_the_socket_comes_at_last_it_goes_on_from_there(service: ScriptedService) -> None:
    service.refuses = True
    page = {**EMPTY, "data": [notification(2)], "next": "more", "unread": 2}
    service.answer_http = lambda *_: (200, page)
    service.connect()
    service.wait_for("snapshot?.state === 'polling'")
    assert service.page.evaluate("inbox.hasOlder")
    service.answer = lambda socket, frame: synced(
        socket, frame, notifications=[notification(2), notification(1)], unread=2
    )
    service.refuses = False
    service.pass_time(30)

    service.wait_for(LIVE)
    assert service.page.evaluate("inbox.notifications.map(({ id }) => id)") == [id_of(2), id_of(1)]
    assert not service.page.evaluate("inbox.hasOlder")


# --- older ones


def test_older_pages_come_over_the_socket(service: ScriptedService) -> None:
    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        number = {None: 3, "below 3": 2, "below 2": 1}[frame.get("cursor")]
        following = f"below {number}" if number > 1 else None
        synced(socket, frame, notifications=[notification(number)], next=following)

    service.answer = answer
    service.connect()
    service.wait_for(LIVE)
    assert service.page.evaluate("inbox.notifications.length") == 1

    service.page.evaluate("inbox.loadOlder()")
    assert service.page.evaluate("inbox.hasOlder")
    service.page.evaluate("inbox.loadOlder()")

    assert service.page.evaluate("inbox.notifications.map(({ id }) => id)") == [
        id_of(3),
        id_of(2),
        id_of(1),
    ]
    assert not service.page.evaluate("inbox.hasOlder")
    assert service.page.evaluate("arrived") == []


def test_an_older_page_that_is_empty_is_passed_by(service: ScriptedService) -> None:
    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        pages = {None: ([3], "a"), "a": ([], "b"), "b": ([1], None)}
        numbers, following = pages[frame.get("cursor")]
        synced(socket, frame, notifications=list(map(notification, numbers)), next=following)

    service.answer = answer
    service.connect()
    service.wait_for(LIVE)

    service.page.evaluate("inbox.loadOlder()")

    assert service.page.evaluate("inbox.notifications.length") == 2


def test_without_a_socket_older_pages_are_walked_to_over_http(service: ScriptedService) -> None:
    service.refuses = True

    def answer(_: str, path: str) -> tuple[int, dict[str, Any]]:
        numbers, following = ([1], None) if "cursor" in path else ([3, 2], "more")
        return 200, {**EMPTY, "data": list(map(notification, numbers)), "next": following}

    service.answer_http = answer
    service.connect()
    service.wait_for("snapshot?.state === 'polling'")

    service.page.evaluate("inbox.loadOlder()")

    assert service.page.evaluate("inbox.notifications.length") == 3
    assert not service.page.evaluate("inbox.hasOlder")
    assert [path for _, path, _ in service.requests] == [
        "/users/4/inbox?limit=50",
        "/users/4/inbox?limit=100",
        "/users/4/inbox?limit=100&cursor=more",
    ]
