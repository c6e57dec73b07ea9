"""`<notification-inbox>` by keyboard, with a screen reader, in the dark, from right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.integration.browser.pages import (
    events,
    heard,
    holding,
    open_panel,
    show,
    tag,
    three,
    violations,
)
from tests.integration.browser.scripted import id_of, notification, told

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.integration.browser.scripted import ScriptedService

LONG = "A long one. " * 40


def press(service: ScriptedService, *keys: str) -> None:
    for key in keys:
        service.page.keyboard.press(key)


def item(inbox: Locator, number: int) -> Locator:
    return inbox.locator(".item").nth(number).locator(".open")


# --- the keyboard


def test_all_of_it_can_be_done_with_the_keyboard(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service, f"<button>Before</button>{tag()}<button>After</button>")
    press(service, "Tab", "Tab")
    expect(inbox.locator(".bell")).to_be_focused()

    press(service, "Enter")
    expect(inbox.locator(".panel")).to_be_visible()
    expect(item(inbox, 0)).to_be_focused()
    press(service, "ArrowDown", "ArrowDown", "ArrowDown")
    expect(item(inbox, 2)).to_be_focused()
    press(service, "ArrowUp")
    expect(item(inbox, 1)).to_be_focused()
    press(service, "End")
    expect(item(inbox, 2)).to_be_focused()
    press(service, "Home")
    expect(item(inbox, 0)).to_be_focused()

    press(service, "Enter")
    assert heard(service, "read")["ids"] == [id_of(3)]
    assert events(service, "notification-click") == [id_of(3)]
    service.push(told(service.said("read")[0], 1))
    press(service, "Tab")
    expect(
        inbox.locator(".item").nth(0).get_by_role("button", name="Mark as unread")
    ).to_be_focused()
    press(service, "Tab")
    expect(inbox.locator(".item").nth(0).get_by_role("button", name="Archive")).to_be_focused()
    press(service, "Shift+Tab", "Shift+Tab", "Shift+Tab")
    expect(inbox.get_by_role("button", name="Mark all read")).to_be_focused()

    press(service, "Escape")
    expect(inbox.locator(".panel")).to_be_hidden()
    expect(inbox.locator(".bell")).to_be_focused()
    press(service, "Tab")
    expect(service.page.get_by_role("button", name="After")).to_be_focused()


def test_only_one_item_is_on_the_way_of_the_tab_key(service: ScriptedService) -> None:
    """A list of fifty has not a hundred and fifty stops."""
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    press(service, "ArrowDown")

    stops = inbox.locator(".list [tabindex='0']")
    expect(stops).to_have_count(4)  # itself, its two actions, and "more", which is hidden here
    expect(inbox.locator(".item").nth(1).locator("[tabindex='0']")).to_have_count(4)


def test_what_is_archived_with_the_keyboard_gives_the_focus_to_the_next(
    service: ScriptedService,
) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    press(service, "ArrowDown", "Delete")
    expect(inbox.locator(".subject")).to_have_text(["Third", "First"])
    expect(item(inbox, 1)).to_be_focused()
    press(service, "Delete")

    expect(inbox.locator(".subject")).to_have_text(["Third"])
    expect(item(inbox, 0)).to_be_focused()


def test_the_focus_stays_where_it_is_when_something_arrives(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    press(service, "ArrowDown")
    service.push({"type": "notification", "notification": notification(4, subject="Fourth")})
    expect(inbox.locator(".item")).to_have_count(4)

    expect(item(inbox, 2)).to_be_focused()


def test_where_nothing_is_the_panel_itself_has_the_focus(service: ScriptedService) -> None:
    inbox = show(service)
    open_panel(inbox)

    expect(inbox.locator(".panel")).to_be_focused()


# --- a screen reader


def test_what_arrives_is_announced_politely_and_once_for_many(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    live = inbox.get_by_role("status").last
    expect(live).to_have_attribute("aria-live", "polite")
    service.pass_time(1)
    expect(live).to_be_empty()  # what was there already is no news
    service.push({"type": "notification", "notification": notification(1_004, subject="Fourth")})
    expect(inbox.locator(".badge")).to_have_text("3")
    service.pass_time(0.6)
    expect(live).to_have_text("New notification: Fourth")
    for number in (1_005, 1_006, 1_007):
        service.push({"type": "notification", "notification": notification(number)})
    expect(inbox.locator(".badge")).to_have_text("6")
    service.pass_time(0.6)

    expect(live).to_have_text("3 new notifications")


def test_everything_has_a_role_and_a_name(service: ScriptedService) -> None:
    holding(service, notification(2, subject="Second"), notification(1, content=LONG, read=True))
    inbox = show(service)
    expect(inbox.locator(".bell")).to_have_attribute("aria-haspopup", "dialog")
    open_panel(inbox)

    expect(inbox.get_by_role("dialog", name="Notifications")).to_be_visible()
    expect(inbox.get_by_role("heading", name="Notifications")).to_be_visible()
    expect(inbox.get_by_role("listitem")).to_have_count(2)
    expect(item(inbox, 0)).to_have_accessible_name("Unread: Second")
    expect(item(inbox, 1)).to_have_accessible_name(f"{LONG[:120].strip()}…")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(service: ScriptedService, scheme: str, width: int) -> None:
    """Closed, open, on an item, with an error, empty, loading, signed out; closed again."""
    service.page.set_viewport_size({"width": width, "height": 800})
    service.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    service.page.add_style_tag(content="html { color-scheme: light dark }")
    holding(service, *three(), notification(0, content=LONG), next="more")
    body = f"<main><h1>A page</h1>{tag()}</main>"
    inbox = show(service, body)
    assert violations(service) == []
    open_panel(inbox)
    expect(inbox.locator(".panel")).to_have_css("opacity", "1")
    assert violations(service) == []

    inbox.locator(".item").first.hover()
    press(service, "ArrowDown")
    inbox.get_by_role("button", name="Show more").click()
    inbox.get_by_role("button", name="Mark all read").click()
    service.push({**told(heard(service, "read_all"), 0), "type": "error", "code": "x"})
    expect(inbox.get_by_role("alert")).to_be_visible()
    assert violations(service) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["live", "connecting", "unauthorized", "reconnecting"])
def test_axe_finds_nothing_where_there_is_no_list(
    service: ScriptedService, scheme: str, state: str
) -> None:
    service.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    service.page.add_style_tag(content="html { color-scheme: light dark }")
    service.refuses = state in {"unauthorized", "reconnecting"}
    service.answer_http = lambda *_: (401 if state == "unauthorized" else 503, {"code": state})
    if state == "connecting":
        service.answer = lambda *_: None
    inbox = show(service, f"<main><h1>A page</h1>{tag(attributes='inline')}</main>", state=state)
    if state == "reconnecting":
        expect(inbox.locator(".message")).to_be_visible()

    assert violations(service) == []


# --- themes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_can_be_forced(service: ScriptedService, theme: str) -> None:
    service.page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    inbox = show(service, tag(attributes=f'theme="{theme}"'))
    open_panel(inbox)

    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 24, 28)"}[theme]
    expect(inbox.locator(".panel")).to_have_css("background-color", ground)


def test_a_page_gives_it_colours_and_styles_its_parts(service: ScriptedService) -> None:
    holding(service, *three())
    service.page.add_style_tag(
        content="""
        notification-inbox { --notification-inbox-accent: rgb(1, 2, 3); font-size: 40px; }
        notification-inbox::part(bell) { width: 60px; }
        notification-inbox::part(item-unread) { color: rgb(4, 5, 6); }
        notification-inbox::part(badge) { background: rgb(7, 8, 9); }
        p, button { letter-spacing: 9px; }
        """
    )
    inbox = show(service)
    open_panel(inbox)

    expect(inbox.locator(".unread .mark").first).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(inbox.locator(".bell")).to_have_css("width", "60px")
    expect(inbox.locator(".item").first).to_have_css("color", "rgb(4, 5, 6)")
    expect(inbox.locator(".item").last).not_to_have_css("color", "rgb(4, 5, 6)")
    expect(inbox.locator(".badge")).to_have_css("background-color", "rgb(7, 8, 9)")
    expect(inbox.locator(".subject").first).to_have_css("letter-spacing", "normal")


def test_nothing_moves_for_whoever_wants_that(service: ScriptedService) -> None:
    holding(service, *three())
    service.page.emulate_media(reduced_motion="reduce")
    inbox = show(service)
    open_panel(inbox)
    service.push({"type": "notification", "notification": notification(4)})
    expect(inbox.locator(".item")).to_have_count(4)

    expect(inbox.locator(".item.arrived")).to_have_css("animation-name", "none")
    expect(inbox.locator(".panel")).to_have_css("transition-property", "none")


# --- right to left


def test_from_right_to_left_everything_changes_sides(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service, f'<div dir="rtl">{tag()}</div>')
    open_panel(inbox)
    expect(inbox.locator(".panel")).to_have_css("opacity", "1")

    mark = inbox.locator(".unread .mark").first.bounding_box()
    time = inbox.locator("time").first.bounding_box()
    bell = inbox.locator(".bell").bounding_box()
    panel = inbox.locator(".panel").bounding_box()
    assert mark is not None
    assert time is not None
    assert bell is not None
    assert panel is not None
    assert mark["x"] > time["x"]
    assert panel["x"] + panel["width"] <= bell["x"] + bell["width"] + 1
    assert service.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
