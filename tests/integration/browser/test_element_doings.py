"""`<notification-inbox>`: what a user does with it, and what the page and the service are told."""

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
)
from tests.integration.browser.scripted import EMPTY, id_of, notification, told

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.integration.browser.scripted import ScriptedService


def test_an_item_is_marked_read_and_unread(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    item = inbox.locator(".item").nth(1)
    item.hover()
    item.get_by_role("button", name="Mark as read").click()
    expect(item.get_by_role("button", name="Mark as unread")).to_be_visible()
    expect(inbox.locator(".badge")).to_have_text("1")
    frame = heard(service, "read")
    assert frame["ids"] == [id_of(2)]
    service.push(told(frame, 1))

    item.get_by_role("button", name="Mark as unread").click()

    assert heard(service, "unread")["ids"] == [id_of(2)]
    expect(inbox.locator(".badge")).to_have_text("2")


def test_all_are_marked_read(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    inbox.get_by_role("button", name="Mark all read").click()

    assert heard(service, "read_all")["up_to"] == id_of(3)
    expect(inbox.locator(".item.unread")).to_have_count(0)
    expect(inbox.locator(".badge")).to_be_hidden()


def test_an_item_is_archived_and_that_is_undone(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    inbox.locator(".item").nth(1).hover()
    inbox.locator(".item").nth(1).get_by_role("button", name="Archive").click()
    expect(inbox.locator(".subject")).to_have_text(["Third", "First"])
    service.push(told(heard(service, "archive"), 1))
    service.answer_http = lambda *_: (
        200,
        {**EMPTY, "unread": 2, "revision": 2, "settled": id_of(999)},
    )

    inbox.get_by_role("button", name="Undo").click()

    expect(inbox.locator(".subject")).to_have_text(["Third", "Second", "First"])
    expect(inbox.locator(".notice")).to_be_hidden()
    assert service.requests[-1][:2] == ("PATCH", f"/users/4/notifications/{id_of(2)}")


def test_what_the_service_refuses_is_taken_back_and_told_of(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    inbox.get_by_role("button", name="Mark all read").click()
    expect(inbox.locator(".item.unread")).to_have_count(0)
    frame = heard(service, "read_all")
    service.push({"type": "error", "code": "not_found", "detail": "No.", "ref": frame["ref"]})

    expect(inbox.locator(".item.unread")).to_have_count(2)
    expect(inbox.locator(".badge")).to_have_text("2")
    expect(inbox.get_by_role("alert")).to_contain_text("taken back")
    assert events(service, "inbox-error") == ["not_found"]
    inbox.get_by_role("button", name="Dismiss").click()
    expect(inbox.locator(".notice")).to_be_hidden()


def test_a_click_marks_as_read_and_tells_the_page(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    inbox.locator(".item").first.click()

    assert heard(service, "read")["ids"] == [id_of(3)]
    assert events(service, "notification-click") == [id_of(3)]
    assert service.page.evaluate("window['last-notification-click'].detail.url") is None


def linked(service: ScriptedService, url: object) -> Locator:
    holding(service, notification(3, subject="Third", data={"url": url}))
    inbox = show(service)
    open_panel(inbox)
    return inbox


def test_a_notification_with_an_address_leads_there_and_is_read(service: ScriptedService) -> None:
    inbox = linked(service, "/orders/5")
    service.answer_http = lambda *_: (200, {**EMPTY, "revision": 1})
    expect(inbox.locator("a.open")).to_have_attribute("href", "http://inbox.test/orders/5")
    inbox.locator(".item").click()

    service.page.wait_for_url("**/orders/5")
    service.until(lambda: len(service.requests) == 1)
    assert service.requests[0][0] == "PATCH"


def test_a_page_may_go_there_itself(service: ScriptedService) -> None:
    """That of a single-page application has a router of its own."""
    inbox = linked(service, "https://example.com/5")
    service.page.evaluate(
        "addEventListener('notification-click', (event) => event.preventDefault())"
    )
    inbox.locator(".item").click()

    assert heard(service, "read")["ids"] == [id_of(3)]
    assert (
        service.page.evaluate("window['last-notification-click'].detail.url")
        == "https://example.com/5"
    )
    assert service.page.url == "http://inbox.test/"
    expect(inbox.locator(".panel")).to_be_hidden()


@pytest.mark.parametrize(
    "url", ["javascript:document.title='x'", "data:text/html,x", "vbscript:x", "http://[", 5, None]
)
def test_an_address_that_no_page_should_open_is_none(service: ScriptedService, url: object) -> None:
    inbox = linked(service, url)
    expect(inbox.locator("a")).to_have_count(0)
    inbox.locator(".item").click()

    assert heard(service, "read")["ids"] == [id_of(3)]
    assert service.page.title() == "A page"


def test_what_somebody_has_seen_is_marked_so_together(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    service.pass_time(5)
    service.look()
    assert service.said("seen") == []
    open_panel(inbox)
    service.page.wait_for_timeout(100)  # the browser looks what is to be seen as it paints
    service.pass_time(1)

    assert sorted(heard(service, "seen")["ids"]) == [id_of(1), id_of(2), id_of(3)]


def test_what_is_only_looked_at_for_somebody_else_stays_unseen(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service, tag(attributes="keep-unseen"))
    open_panel(inbox)
    service.page.wait_for_timeout(100)
    service.pass_time(2)
    service.look()

    assert service.said("seen") == []
