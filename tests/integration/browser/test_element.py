"""`<notification-inbox>`: what it shows, wherever it stands and whatever the connection does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.integration.browser.pages import events, holding, open_panel, show, tag, three
from tests.integration.browser.scripted import id_of, notification

if TYPE_CHECKING:
    from tests.integration.browser.scripted import ScriptedService


# --- the bell


@pytest.mark.parametrize(
    ("unread", "capped", "badge", "label"),
    [
        (0, False, "", "Notifications"),
        (7, False, "7", "Notifications, 7 unread"),
        (999, False, "999", "Notifications, 999 unread"),
        (1_000, False, "1000", "Notifications, 1000 unread"),
        (1_000, True, "1000+", "Notifications, 1000+ unread"),
    ],
)
def test_the_bell_has_the_exact_count(
    service: ScriptedService, unread: int, badge: str, label: str, *, capped: bool
) -> None:
    holding(service, unread=unread, unread_capped=capped)
    inbox = show(service)

    expect(inbox.locator(".bell")).to_have_accessible_name(label)
    expect(inbox.locator(".badge")).to_be_visible(visible=unread > 0)
    if badge:
        expect(inbox.locator(".badge")).to_have_text(badge)


def test_the_count_follows_what_happens_and_the_page_is_told(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    expect(inbox.locator(".badge")).to_have_text("2")
    service.push({"type": "notification", "notification": notification(1_000)})

    expect(inbox.locator(".badge")).to_have_text("3")
    assert events(service, "unread-change") == [2, 3]
    assert events(service, "notification") == [id_of(1_000)]
    assert events(service, "state-change") == ["connecting", "live"]
    assert service.page.evaluate("window['last-notification'].composed")
    assert inbox.evaluate("(inbox) => [inbox.unread, inbox.state, inbox.notifications.length]") == [
        3,
        "live",
        4,
    ]


# --- the panel


def test_the_panel_opens_and_closes(service: ScriptedService) -> None:
    inbox = show(service)
    panel = inbox.locator(".panel")
    expect(panel).to_be_hidden()

    open_panel(inbox)
    expect(inbox.locator(".bell")).to_have_attribute("aria-expanded", "true")
    expect(inbox).to_have_attribute("open", "")
    inbox.locator(".bell").click()
    expect(panel).to_be_hidden()
    open_panel(inbox)
    service.page.mouse.click(5, 500)  # beside it
    expect(panel).to_be_hidden()
    expect(inbox).not_to_have_attribute("open", "")

    service.page.evaluate("inbox.show()")
    expect(panel).to_be_visible()
    service.page.evaluate("inbox.hide()")
    expect(panel).to_be_hidden()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("place", ["top: 0; left: 0", "top: 0; right: 0", "bottom: 0; right: 40%"])
def test_the_panel_is_within_the_window_wherever_the_bell_is(
    service: ScriptedService, place: str, direction: str
) -> None:
    holding(service, *three())
    body = f'<div dir="{direction}" style="position: fixed; {place}">{tag()}</div>'
    inbox = show(service, body)

    open_panel(inbox)

    expect(inbox.locator(".panel")).to_have_css("opacity", "1")
    box = inbox.locator(".panel").bounding_box()
    bell = inbox.locator(".bell").bounding_box()
    size = service.page.viewport_size
    assert box is not None
    assert bell is not None
    assert size is not None
    assert box["x"] >= 8
    assert box["y"] >= 8
    assert box["x"] + box["width"] <= size["width"] - 8
    assert box["y"] + box["height"] <= size["height"] - 8
    beside = abs(box["y"] - bell["y"] - bell["height"]), abs(box["y"] + box["height"] - bell["y"])
    assert min(beside) <= 10


def test_on_a_phone_the_panel_is_a_sheet_that_can_be_closed(service: ScriptedService) -> None:
    service.page.set_viewport_size({"width": 390, "height": 800})
    inbox = show(service)
    panel = open_panel(inbox)

    expect(panel).to_have_css("transform", "none")
    box = panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 800)
    inbox.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_inline_it_stands_where_it_is_put_and_is_always_open(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service, f'<div style="height: 300px">{tag(attributes="inline")}</div>')

    expect(inbox.locator(".panel")).to_be_visible()
    expect(inbox.locator(".panel")).to_have_role("region")
    expect(inbox.locator(".bell")).to_have_count(0)
    expect(inbox.locator(".item")).to_have_count(3)
    service.page.keyboard.press("Escape")
    expect(inbox.locator(".panel")).to_be_visible()


# --- what stands in it


def test_the_list_has_the_newest_first(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)

    expect(inbox.locator(".subject")).to_have_text(["Third", "Second", "First"])
    expect(inbox.locator(".item.unread")).to_have_count(2)
    expect(inbox.locator(".item").last).not_to_have_class("unread")


def test_where_nothing_is_it_says_so(service: ScriptedService) -> None:
    inbox = show(service)
    open_panel(inbox)

    expect(inbox.locator(".message")).to_contain_text("all caught up")
    expect(inbox.get_by_role("button", name="Load older")).to_be_hidden()
    expect(inbox.get_by_role("button", name="Mark all read")).to_have_attribute(
        "aria-disabled", "true"
    )


def test_while_it_loads_it_shows_that_it_does(service: ScriptedService) -> None:
    service.answer = lambda *_: None
    inbox = show(service, state="connecting")
    open_panel(inbox)

    expect(inbox.locator(".panel")).to_have_attribute("aria-busy", "true")
    expect(inbox.locator(".loading")).to_be_visible()
    expect(inbox.locator(".status")).to_have_text("Connecting")
    expect(inbox.locator(".message")).to_be_hidden()


def test_where_nothing_can_be_loaded_it_says_so_and_tries_again_when_asked(
    service: ScriptedService,
) -> None:
    service.refuses = True
    service.answer_http = lambda *_: (503, {"code": "unavailable", "detail": "Later."})
    inbox = show(service, state="reconnecting")
    open_panel(inbox)
    expect(inbox.locator(".message")).to_contain_text("could not be loaded")
    service.refuses = False
    holding(service, *three())

    inbox.get_by_role("button", name="Try again").click()

    expect(inbox.locator(".item")).to_have_count(3)
    expect(inbox.locator(".message")).to_be_hidden()


def test_a_token_that_has_ended_is_told_of_and_another_one_lets_it_in(
    service: ScriptedService,
) -> None:
    service.refuses = True
    service.answer_http = lambda *_: (401, {"code": "unauthenticated", "detail": "It has ended."})
    inbox = show(service, state="unauthorized")
    open_panel(inbox)
    expect(inbox.locator(".message")).to_contain_text("You are signed out")
    assert events(service, "state-change")[-1] == "unauthorized"
    service.refuses = False
    holding(service, *three())

    inbox.evaluate("(inbox) => inbox.setAttribute('token', 'b')")

    expect(inbox.locator(".item")).to_have_count(3)
    assert service.tokens == ["a", "b"]


def test_a_cut_shows_and_what_was_loaded_stays(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    service.refuses = True
    service.drop()

    expect(inbox.locator(".status")).to_have_text("Reconnecting")
    expect(inbox.locator(".item")).to_have_count(3)


def test_older_ones_are_loaded_when_asked_for(service: ScriptedService) -> None:
    holding(service, *three(), next="more")
    inbox = show(service)
    open_panel(inbox)
    holding(service, notification(0, subject="Zeroth"))

    inbox.get_by_role("button", name="Load older").click()

    expect(inbox.locator(".subject")).to_have_text(["Third", "Second", "First", "Zeroth"])
    expect(inbox.locator(".load-older")).to_be_hidden()


def test_older_ones_that_do_not_come_are_told_of(service: ScriptedService) -> None:
    holding(service, *three(), next="more")
    inbox = show(service)
    open_panel(inbox)
    service.answer = lambda *_: None
    service.drop()
    service.answer_http = lambda *_: (503, {"code": "unavailable", "detail": "Later."})

    inbox.get_by_role("button", name="Load older").click()

    expect(inbox.get_by_role("alert")).to_contain_text("Older notifications could not be loaded")
    expect(inbox.get_by_role("button", name="Load older")).to_be_visible()


def test_when_all_that_was_loaded_is_archived_the_next_ones_come(service: ScriptedService) -> None:
    holding(service, notification(9, archived=True), next="more")
    inbox = show(service)
    open_panel(inbox)
    holding(service, notification(1, subject="First"))
    service.drop()
    service.pass_time(1)

    expect(inbox.locator(".subject")).to_have_text(["First"])


def test_times_stay_fresh(service: ScriptedService) -> None:
    now = service.page.evaluate("new Date().toISOString()")
    holding(service, notification(3, created_at=now))
    inbox = show(service)
    open_panel(inbox)
    time = inbox.locator("time")
    expect(time).to_have_text("now")
    expect(time).to_have_attribute("datetime", now)
    service.pass_time(5 * 60 + 20)
    expect(time).to_have_text("5m ago")
    service.pass_time(60 * 60)
    expect(time).to_have_text("1h ago")
    service.pass_time(24 * 60 * 60)

    expect(time).to_have_text("yesterday")


def test_every_text_can_be_in_another_language(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service, f'<div lang="de">{tag()}</div>')
    inbox.evaluate(
        """(inbox) => {
          inbox.strings = { title: "Mitteilungen", bell: (count) => `Mitteilungen, ${count} neu`,
            states: { live: "Verbunden" } };
        }"""
    )
    open_panel(inbox)

    expect(inbox.locator(".bell")).to_have_accessible_name("Mitteilungen, 2 neu")
    expect(inbox.locator("h2")).to_have_text("Mitteilungen")
    expect(inbox.locator(".status")).to_have_text("Verbunden")
    expect(inbox.locator("time").first).to_have_text("5. März")
    expect(inbox.get_by_role("button", name="Mark all read")).to_be_visible()
