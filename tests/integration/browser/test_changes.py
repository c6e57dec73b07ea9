"""What a user changes in the JavaScript client: shown at once, and taken back if it fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.browser.scripted import (
    EMPTY,
    ScriptedService,
    id_of,
    notification,
    synced,
    told,
)

if TYPE_CHECKING:
    from playwright.sync_api import WebSocketRoute

LIVE = "snapshot?.state === 'live'"
THREE = [notification(3), notification(2), notification(1)]
UNREAD = "inbox.notifications.map(({ read }) => !read)"


@pytest.fixture
def inbox(service: ScriptedService) -> ScriptedService:
    """Return a service whose user has three unread notifications, and answers no change yet."""

    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if frame["action"] == "sync":
            synced(socket, frame, notifications=THREE, unread=3, settled=id_of(999))

    service.answer = answer
    service.connect()
    service.wait_for(LIVE)
    return service


def start(inbox: ScriptedService, call: str) -> None:
    """Start a change, and take down what becomes of it."""
    inbox.page.evaluate(
        f"""() => {{
          window.outcome = "pending";
          {call}.then(() => {{ outcome = "done"; }}, (problem) => {{ outcome = problem.code; }});
        }}"""
    )


def frames(inbox: ScriptedService, action: str, number: int) -> dict[str, Any]:
    """Wait until so many frames of an action were heard, and return the last."""
    inbox.until(lambda: len(inbox.said(action)) == number)
    return inbox.said(action)[-1]


def requests(inbox: ScriptedService, number: int) -> None:
    inbox.until(lambda: len(inbox.requests) == number)


def refuse(inbox: ScriptedService, frame: dict[str, Any], code: str) -> None:
    inbox.push({"type": "error", "code": code, "detail": "No.", "ref": frame["ref"]})


@pytest.mark.parametrize(
    ("call", "action", "shown", "unread"),
    [
        ("inbox.markRead(id)", "read", [True, False, True], 2),
        ("inbox.archive(id)", "archive", [True, True], 2),
        ("inbox.markAllRead()", "read_all", [False, False, False], 0),
    ],
)
def test_a_change_shows_before_it_is_confirmed(
    inbox: ScriptedService, call: str, action: str, shown: list[bool], unread: int
) -> None:
    start(inbox, call.replace("id", f"'{id_of(2)}'", 1) if "(id)" in call else call)
    frame = frames(inbox, action, 1)
    assert inbox.page.evaluate(UNREAD) == shown
    assert inbox.page.evaluate("inbox.unread") == unread
    assert inbox.page.evaluate("outcome") == "pending"

    inbox.push(told(frame, unread))

    inbox.wait_for("outcome === 'done'")
    assert inbox.page.evaluate(UNREAD) == shown
    assert inbox.page.evaluate("inbox.unread") == unread
    assert inbox.requests == []


@pytest.mark.parametrize("call", [f"inbox.markRead('{id_of(2)}')", "inbox.markAllRead()"])
def test_a_change_that_is_refused_is_taken_back(inbox: ScriptedService, call: str) -> None:
    start(inbox, call)
    action = "read_all" if "All" in call else "read"
    refuse(inbox, frames(inbox, action, 1), "not_found")

    inbox.wait_for("outcome === 'not_found'")
    assert inbox.page.evaluate(UNREAD) == [True, True, True]
    assert inbox.page.evaluate("inbox.unread") == 3


def test_what_is_new_stays_unread_when_all_is_read(inbox: ScriptedService) -> None:
    start(inbox, "inbox.markAllRead()")
    frame = frames(inbox, "read_all", 1)
    inbox.push({"type": "notification", "notification": notification(1_000)})
    inbox.wait_for("inbox.notifications.length === 4")

    assert frame["up_to"] == id_of(3)
    assert inbox.page.evaluate("inbox.unread") == 1


def test_before_something_is_undone_its_own_answer_is_waited_for(inbox: ScriptedService) -> None:
    """Two frames that are sent one right after the other may be acted on in the other order."""
    start(inbox, f"inbox.markRead('{id_of(2)}')")
    first = frames(inbox, "read", 1)
    start(inbox, f"inbox.markUnread('{id_of(2)}')")
    inbox.look()
    assert inbox.said("unread") == []
    assert inbox.page.evaluate(UNREAD) == [True, True, True]

    inbox.push(told(first, 2))
    second = frames(inbox, "unread", 1)
    inbox.push(told(second, 3, revision=2))

    inbox.wait_for("outcome === 'done'")
    assert inbox.page.evaluate(UNREAD) == [True, True, True]


def test_what_is_done_to_many_meanwhile_goes_together(inbox: ScriptedService) -> None:
    for number in (1, 2, 3):
        start(inbox, f"inbox.markRead('{id_of(number)}')")
    first = frames(inbox, "read", 1)
    inbox.push(told(first, 2))

    second = frames(inbox, "read", 2)

    assert first["ids"] == [id_of(1)]
    assert second["ids"] == [id_of(2), id_of(3)]


def test_what_is_so_already_is_not_asked_for(inbox: ScriptedService) -> None:
    start(inbox, f"inbox.markUnread('{id_of(2)}')")

    inbox.wait_for("outcome === 'done'")
    inbox.look()
    assert inbox.said("unread") == []


def test_a_hundred_and_one_go_in_frames_that_are_made_whole(inbox: ScriptedService) -> None:
    """Each is one change of the service's: all of it or nothing, with one frame that says so."""
    ids = [id_of(number) for number in range(100, 201)]
    inbox.page.evaluate("(ids) => { inbox.markSeen(ids); }", ids)
    sizes = []
    for number in range(1, 6):
        frame = frames(inbox, "seen", number)
        sizes.append(len(frame["ids"]))
        inbox.push(told(frame, 3, revision=number))

    assert sizes == [24, 24, 24, 24, 5]


# --- where the socket does not do


def http_answer(unread: int, revision: int = 1) -> tuple[int, dict[str, Any]]:
    return 200, {**EMPTY, "unread": unread, "revision": revision, "settled": id_of(999)}


@pytest.mark.parametrize("code", ["unavailable", "internal_error"])
def test_a_change_that_may_have_been_made_is_asked_for_once_more(
    inbox: ScriptedService, code: str
) -> None:
    inbox.answer_http = lambda *_: http_answer(2)
    start(inbox, f"inbox.markRead('{id_of(2)}')")
    refuse(inbox, frames(inbox, "read", 1), code)

    inbox.wait_for("outcome === 'done'")
    assert inbox.page.evaluate("inbox.unread") == 2
    assert inbox.requests == [("PATCH", f"/users/4/notifications/{id_of(2)}", "Bearer a")]


def test_a_change_that_is_not_answered_within_10_seconds_is_asked_for_once_more(
    inbox: ScriptedService,
) -> None:
    inbox.answer_http = lambda *_: http_answer(2)
    start(inbox, f"inbox.markRead('{id_of(2)}')")
    frames(inbox, "read", 1)
    inbox.pass_time(11)

    inbox.wait_for("outcome === 'done'")
    assert [method for method, *_ in inbox.requests] == ["PATCH"]


def test_a_change_whose_socket_is_cut_is_asked_for_once_more(inbox: ScriptedService) -> None:
    inbox.answer_http = lambda *_: http_answer(0)
    start(inbox, "inbox.markAllRead()")
    frames(inbox, "read_all", 1)
    inbox.drop()

    inbox.wait_for("outcome === 'done'")
    assert inbox.requests[0][:2] == ("POST", "/users/4/notifications/read-all")
    assert inbox.page.evaluate("inbox.unread") == 0


def test_a_change_that_fails_for_a_while_is_tried_three_times_and_then_taken_back(
    inbox: ScriptedService,
) -> None:
    inbox.answer_http = lambda *_: (503, {"code": "unavailable", "detail": "Later."})
    start(inbox, f"inbox.markRead('{id_of(2)}')")
    refuse(inbox, frames(inbox, "read", 1), "unavailable")
    for number in (1, 2):
        requests(inbox, number)
        assert inbox.page.evaluate(UNREAD) == [True, False, True]
        inbox.look()
        inbox.pass_time(3)

    inbox.wait_for("outcome === 'unavailable'")
    assert inbox.page.evaluate(UNREAD) == [True, True, True]
    assert len(inbox.requests) == 3


def test_what_comes_back_from_the_archive_is_asked_for_over_http(inbox: ScriptedService) -> None:
    """Sockets have no action for it."""
    start(inbox, f"inbox.archive('{id_of(2)}')")
    inbox.push(told(frames(inbox, "archive", 1), 2))
    inbox.wait_for("outcome === 'done'")
    inbox.answer_http = lambda *_: http_answer(3, revision=2)

    start(inbox, f"inbox.unarchive('{id_of(2)}')")

    inbox.wait_for("outcome === 'done'")
    assert inbox.page.evaluate(UNREAD) == [True, True, True]
    assert inbox.page.evaluate("inbox.unread") == 3
    assert len(inbox.requests) == 1


def test_what_is_read_as_the_page_goes_away_outlives_it(inbox: ScriptedService) -> None:
    """A frame may be lost with its page: a request that is kept alive is not."""
    kept = []
    inbox.page.on("request", lambda request: kept.append(request.headers))
    inbox.answer_http = lambda *_: http_answer(2)

    start(inbox, f"inbox.markRead('{id_of(2)}', {{ leaving: true }})")

    inbox.wait_for("outcome === 'done'")
    assert inbox.said("read") == []
    assert [method for method, *_ in inbox.requests] == ["PATCH"]


def test_nothing_is_told_of_a_closed_inbox(inbox: ScriptedService) -> None:
    inbox.page.evaluate("() => { inbox.close(); window.told = []; }")
    inbox.until(lambda: inbox.sockets == [])
    inbox.pass_time(600)
    inbox.look()

    assert len(inbox.tokens) == 1
    assert inbox.page.evaluate("told") == []
    assert json.dumps(inbox.requests) == "[]"
