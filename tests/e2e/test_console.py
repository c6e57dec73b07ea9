"""The console in a real browser, served by the running stack."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import PATIENCE_MS, open_console, shown, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.e2e.service import Service, Someone

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script> \u202egnp.exe 😀'


def send(page: Page, content: str, channel: str = "in-app") -> None:
    """Fill in the form and send it."""
    page.locator(f"input[value={channel}]").check(force=True)
    page.locator("#content").fill(content)
    page.get_by_role("button", name="Send", exact=True).click()


def in_seconds(seconds: float) -> str:
    """Return a time to come, as the API takes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def view(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name).click()


# --- signing in


def test_it_asks_for_a_key_and_keeps_it_for_the_tab_only(
    page: Page, browser: Browser, service: Service
) -> None:
    page.goto(service.endpoints.api_url + "/")
    expect(page.locator("#key")).to_be_focused()
    page.locator("#key").fill("nd_wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#key-error")).to_have_text("This API key is not known.")
    page.locator("#key").fill(service.endpoints.api_key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#console")).to_be_visible()

    page.reload()
    expect(page.locator("#console")).to_be_visible()
    stored = page.evaluate("[localStorage.length, document.cookie, location.href]")
    assert stored == [0, "", service.endpoints.api_url + "/"]
    with browser.new_context() as other:
        elsewhere = other.new_page()
        elsewhere.goto(service.endpoints.api_url + "/")
        expect(elsewhere.locator("#sign-in")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#sign-in")).to_be_visible()
    assert service.endpoints.api_key not in page.evaluate("JSON.stringify({ ...sessionStorage })")


def test_the_link_that_make_run_prints_opens_it_signed_in(page: Page, service: Service) -> None:
    page.goto(service.endpoints.console_url)

    expect(page.get_by_role("heading", name="User 4")).to_be_visible()
    assert service.endpoints.api_key not in page.url
    assert page.evaluate("history.length") <= 2  # nor in the history


# --- sending


def test_what_is_sent_arrives_without_reloading(
    page: Page, service: Service, user: Someone
) -> None:
    inbox = open_console(page, service, user)
    page.evaluate("() => { window.isTheSamePage = true; }")

    send(page, "hello from the console")

    expect(inbox.locator(".content")).to_have_text("hello from the console", timeout=PATIENCE_MS)
    row = page.locator("#notifications tbody tr").first
    expect(row).to_contain_text("hello from the console", timeout=PATIENCE_MS)
    expect(row).to_contain_text("Sent")
    expect(page.locator("#content")).to_have_value("")
    assert page.evaluate("window.isTheSamePage")


def test_a_link_is_sent_along_and_leads_there(page: Page, service: Service, user: Someone) -> None:
    inbox = open_console(page, service, user)
    page.locator("#data").fill("https://example.com/orders/5")

    send(page, "your order")

    link = inbox.locator("a.open")
    expect(link).to_have_attribute("href", "https://example.com/orders/5", timeout=PATIENCE_MS)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_each_channel_goes_to_the_user_s_own_address_which_is_shown(
    page: Page, service: Service, user: Someone, channel: str
) -> None:
    own = {"email": user.email, "sms": user.phone}[channel]
    open_console(page, service, user)
    expect(page.locator("#contacts")).to_have_text(f"{user.email} · {user.phone}")
    page.locator(f"input[value={channel}]").check(force=True)
    expect(page.locator("#to-hint")).to_contain_text(own)

    send(page, "hello", channel)

    row = page.locator("#notifications tbody tr").first
    expect(row).to_contain_text("Sent", timeout=PATIENCE_MS)
    expect(row).to_contain_text(own)


@pytest.mark.parametrize(
    ("channel", "field", "value"),
    [
        ("email", "to", "nobody"),
        ("sms", "to", "12"),
        ("email", "subject", "x" * 256),
        ("in-app", "subject", "x" * 256),
        ("in-app", "content", ""),
        ("in-app", "send_at", "2020-01-01T00:00"),
        ("sms", "content", "x" * 1_601),
    ],
)
def test_an_error_stands_at_its_field(  # noqa: PLR0913, PLR0917 - a fixture each
    page: Page, service: Service, user: Someone, channel: str, field: str, value: str
) -> None:
    open_console(page, service, user)
    page.locator(f"input[value={channel}]").check(force=True)
    page.locator("#content").fill("hello")
    page.locator(f"#{field}").fill(value)

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator(f"#{field}-error")).not_to_be_empty(timeout=PATIENCE_MS)
    expect(page.locator(f"#{field}")).to_be_focused()
    expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
    page.locator(f"#{field}").press("End" if field != "send_at" else "ArrowUp")
    page.locator(f"#{field}").press("x" if field != "send_at" else "ArrowUp")
    expect(page.locator(f"#{field}-error")).to_be_empty()


# --- the table


def test_a_status_changes_by_itself_and_the_timeline_tells_why(
    page: Page, service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "500", times=1, to=user.email)
    open_console(page, service, user)

    send(page, "by another way", "email")

    row = page.locator("#notifications tbody tr").first
    expect(row).to_contain_text("Sent", timeout=PATIENCE_MS)
    row.get_by_role("button").first.click()
    timeline = page.locator(".steps")
    expect(timeline).to_contain_text("500", timeout=PATIENCE_MS)
    expect(timeline).to_contain_text("ses", ignore_case=True)
    page.keyboard.press("Escape")
    expect(page.locator("#timeline")).to_be_hidden()
    expect(row.get_by_role("button")).to_be_focused()


def test_what_another_one_sends_shows_in_the_table(
    page: Page, service: Service, user: Someone
) -> None:
    """The inbox is told of it, and the table looks."""
    open_console(page, service, user)

    service.send(user, "in-app", "from elsewhere")

    row = page.locator("#notifications tbody tr").first
    expect(row).to_contain_text("from elsewhere", timeout=PATIENCE_MS)


def test_an_email_that_another_one_sends_shows_as_well(
    page: Page, service: Service, user: Someone
) -> None:
    """Nobody tells of it: the table looks now and then."""
    open_console(page, service, user)
    expect(page.locator("#table-empty")).to_be_visible(timeout=PATIENCE_MS)

    service.send(user, "email", "from elsewhere")

    row = page.locator("#notifications tbody tr").first
    expect(row).to_contain_text("from elsewhere", timeout=PATIENCE_MS)


def test_the_table_can_be_filtered(page: Page, service: Service, user: Someone) -> None:
    service.send(user, "in-app", "into the inbox")
    email = service.send(user, "email", "by mail")
    service.settled(user, email)
    open_console(page, service, user)
    rows = page.locator("#notifications tbody tr")
    expect(rows).to_have_count(2, timeout=PATIENCE_MS)

    page.get_by_label("Channel", exact=True).first.select_option("email")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("by mail")
    page.get_by_label("Status").select_option("failed")
    expect(page.locator("#table-empty")).to_be_visible()


def test_older_rows_are_loaded(page: Page, service: Service, user: Someone) -> None:
    for number in range(22):
        service.send(user, "in-app", f"number {number}")
    open_console(page, service, user)
    rows = page.locator("#notifications tbody tr")
    expect(rows).to_have_count(20, timeout=PATIENCE_MS)

    page.locator("#older").click()

    expect(rows).to_have_count(22)
    expect(rows.last).to_contain_text("number 0")


def test_the_live_inbox_is_that_of_the_chosen_user(
    page: Page, service: Service, someone: Callable[[], Someone]
) -> None:
    one, other = someone(), someone()
    ids = {each.id: service.send(each, "in-app", f"for {each.id}") for each in (one, other)}
    inbox = open_console(page, service, one)
    assert shown(inbox) == [(ids[one.id], False)]

    page.locator("#user").fill(other.id)
    page.get_by_role("button", name="Open").click()

    expect(inbox.locator(".content")).to_have_text(f"for {other.id}", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name=f"User {other.id}")).to_be_visible()
    expect(page.locator("#notifications tbody tr")).to_have_count(1)


def test_what_is_looked_at_here_stays_unseen_and_what_is_read_is_read(
    page: Page, service: Service, user: Someone
) -> None:
    """It is the user's inbox: looking over their shoulder leaves no trace, a click does."""
    notification_id = service.send(user, "in-app", "hello")
    inbox = open_console(page, service, user)
    inbox.locator(".item").click()
    expect(page.locator(".steps")).to_contain_text("Put into the inbox")
    expect(page.locator(".steps")).to_contain_text("Read", timeout=PATIENCE_MS)

    found = service.notification(user, notification_id)
    assert (found["read"], found["seen"]) == (True, False)


# --- later


def test_what_is_scheduled_shows_when_it_is_due_and_can_be_cancelled(
    page: Page, service: Service, user: Someone
) -> None:
    open_console(page, service, user)
    page.locator("#send_at").fill("2027-01-02T09:30")

    send(page, "not yet", "email")

    expect(page.locator("#send-answer")).to_contain_text("Scheduled as", timeout=PATIENCE_MS)
    expect(page.locator("#send_at")).to_have_value("")
    row = page.locator("#notifications tbody tr").first
    expect(row).to_contain_text("Scheduled")
    expect(row.locator(".when time")).to_have_attribute("datetime", re.compile("^2027-01-0"))
    notification_id = row.get_attribute("data-id") or ""
    due = service.notification(user, notification_id)["send_at"]
    there = page.evaluate("new Date('2027-01-02T09:30').toISOString()")
    assert due == there  # it was meant in the zone of whoever typed it

    row.locator(".open").click()
    expect(page.locator(".steps")).to_contain_text("To be sent")
    page.get_by_role("button", name="Cancel this notification").click()
    page.get_by_role("button", name="Keep it").click()
    assert service.notification(user, notification_id)["status"] == "scheduled"
    page.get_by_role("button", name="Cancel this notification").click()
    page.get_by_role("button", name="Cancel it").click()

    expect(page.locator(".steps")).to_contain_text("Cancelled", timeout=PATIENCE_MS)
    expect(page.locator("#cancel")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(row).to_contain_text("Cancelled", timeout=PATIENCE_MS)
    assert service.notification(user, notification_id)["status"] == "cancelled"
    page.get_by_label("Status").select_option("cancelled")
    expect(page.locator("#notifications tbody tr")).to_have_count(1)


def test_what_is_due_appears_without_reloading(page: Page, service: Service, user: Someone) -> None:
    inbox = open_console(page, service, user)
    service.send(user, "in-app", "in good time", send_at=in_seconds(4))
    page.locator("#refresh").click()
    row = page.locator("#notifications tbody tr").first
    expect(row).to_contain_text("Scheduled", timeout=PATIENCE_MS)
    expect(inbox.locator(".content")).to_have_count(0)

    expect(inbox.locator(".content")).to_have_text("in good time", timeout=PATIENCE_MS)
    expect(row).to_contain_text("Sent", timeout=PATIENCE_MS)


def test_what_cannot_be_cancelled_any_more_says_so(
    page: Page, service: Service, user: Someone
) -> None:
    """An in-app one can be cancelled until 10 seconds before its time."""
    service.send(user, "in-app", "too late", send_at=in_seconds(8))
    open_console(page, service, user)
    page.locator("#notifications .open").first.click()
    page.get_by_role("button", name="Cancel this notification").click()
    page.get_by_role("button", name="Cancel it").click()

    expect(page.locator("#cancel-error")).not_to_be_empty(timeout=PATIENCE_MS)


def test_a_time_that_is_not_whole_sends_nothing(
    page: Page, service: Service, user: Someone
) -> None:
    """A browser's field has no value then, which would mean at once."""
    open_console(page, service, user)
    page.locator("#content").fill("hello")
    page.locator("#send_at").focus()
    page.keyboard.type("01")

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("#send_at-error")).to_have_text("Must be a whole date and time")
    expect(page.locator("#send_at")).to_be_focused()
    assert service.get(f"/users/{user.id}/notifications").status_code == 400  # none


# --- dead letters


@pytest.mark.usefixtures("mailgun_alone")
def test_dead_letters_are_shown_with_their_reason_and_sent_again(
    page: Page, service: Service, user: Someone
) -> None:
    """Misconfigured ones are there at once: no try is burned on them."""
    service.sandbox.fault("mailgun", "unauthorized", times=1, to=user.email)
    notification_id = service.send(user, "email", "to be sent again")
    assert service.settled(user, notification_id)["reason"] == "misconfigured"
    open_console(page, service, user)
    view(page, "Dead letters")
    row = page.locator(f"#letters [data-id='{notification_id}']")
    expect(row).to_contain_text("Misconfigured", timeout=PATIENCE_MS)
    expect(row).to_contain_text(user.id)
    row.locator(".open").click()
    expect(page.locator(".steps")).to_contain_text("Failed")
    page.keyboard.press("Escape")

    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send 1 again").click()

    expect(page.locator("#letters-answer")).to_have_text(
        "1 is on the way again.", timeout=PATIENCE_MS
    )
    expect(row).to_have_count(0)
    sent = service.settled(user, notification_id)
    assert sent["status"] == "sent"


# --- the sandbox


def test_what_the_sandbox_has_taken_is_shown_as_it_comes(
    page: Page, service: Service, user: Someone
) -> None:
    open_console(page, service, user)
    view(page, "Sandbox")
    service.send(user, "email", "a long letter", subject="By mail")
    service.send(user, "sms", f"a code for {user.id}")

    email = page.locator("#emails li", has_text=user.email)
    expect(email).to_contain_text("a long letter", timeout=PATIENCE_MS)
    expect(email).to_contain_text("By mail")
    text = page.locator("#texts li", has_text=user.phone)
    expect(text).to_contain_text(f"a code for {user.id}", timeout=PATIENCE_MS)


# --- hostile, and for everyone


def test_hostile_content_is_shown_as_text(page: Page, service: Service, user: Someone) -> None:
    inbox = open_console(page, service, user)

    service.send(user, "in-app", HOSTILE, subject=HOSTILE, data={"url": "javascript:x"})
    email = service.send(user, "email", HOSTILE, subject="hello")

    expect(inbox.locator(".content")).to_have_text(HOSTILE, timeout=PATIENCE_MS)
    row = page.locator("#notifications tbody tr", has_text="hello").first
    row.get_by_role("button").click()
    expect(page.locator(".message .text")).to_have_text(HOSTILE, timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    service.settled(user, email)
    view(page, "Sandbox")
    expect(page.locator("#emails li", has_text=user.email)).to_contain_text(
        'onerror="document.title=1"', timeout=PATIENCE_MS
    )
    expect(page.locator("img:not([src='console/icon.svg']), script:not([src])")).to_have_count(0)
    assert page.title() == "Sandbox · notificationd"


def test_all_of_it_can_be_done_with_the_keyboard(
    page: Page, service: Service, user: Someone
) -> None:
    inbox = open_console(page, service, user)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.locator("input[value=in-app]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[value=email]")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    expect(page.locator("#subject")).to_be_focused()
    page.keyboard.type("By keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type("hello")
    page.keyboard.press("Control+Enter")
    expect(inbox.locator(".subject")).to_have_text("By keyboard", timeout=PATIENCE_MS)
    expect(page.locator("#content")).to_be_focused()

    inbox.locator(".open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#timeline")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    expect(inbox.locator(".message")).to_contain_text("caught up", timeout=PATIENCE_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_everyone_can_use_it(
    page: Page, service: Service, user: Someone, scheme: str, width: int
) -> None:
    """As far as axe-core can tell: WCAG 2.2 A and AA, and its best practices."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    service.send(user, "in-app", "hello", subject="A subject")
    email = service.send(user, "email", "hello")
    service.settled(user, email)
    page.goto(service.endpoints.api_url + "/")
    assert violations(page) == []
    open_console(page, service, user)
    expect(page.locator("#notifications tbody tr")).to_have_count(2, timeout=PATIENCE_MS)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.locator("#notifications .open").first.click()
    expect(page.locator(".steps li").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    view(page, "Dead letters")
    expect(page.locator("#letters-empty, #letters").locator("visible=true")).to_have_count(
        1, timeout=PATIENCE_MS
    )
    assert violations(page) == []
    view(page, "Sandbox")
    expect(page.locator("#emails li").first).to_be_visible(timeout=PATIENCE_MS)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page).to_have_title(re.compile("Sandbox"))
