"""The console in a real browser, served by the running stack."""

from __future__ import annotations

import os
import shutil
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.service import Service, Someone

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The first: CI runs as root. The rest keep it from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE = resources.files("axe_playwright_python") / "axe.min.js"
PATIENCE_MS = 60_000
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script> \u202egnp.exe 😀'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = "NO BROWSER: the console is not tested. Install Chromium."
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    made = context.new_page()
    yield made
    context.close()


def open_console(page: Page, service: Service, user: Someone) -> None:
    """Open the page signed in, as the link that `make run` prints does."""
    key, sandbox = service.endpoints.api_key, service.endpoints.sandbox_url
    page.goto(f"{service.endpoints.api_url}/#key={key}&user={user.id}&sandbox={sandbox}")
    expect(page.locator("#connection")).to_have_text("Live", timeout=PATIENCE_MS)


def send(page: Page, content: str, channel: str = "in-app") -> None:
    """Fill in the form and send it."""
    page.locator(f"input[value={channel}]").check(force=True)
    page.locator("#content").fill(content)
    page.get_by_role("button", name="Send", exact=True).click()


def test_what_is_sent_arrives_without_reloading(
    page: Page, service: Service, user: Someone
) -> None:
    open_console(page, service, user)
    assert service.endpoints.api_key not in page.url

    send(page, "hello from the console")

    expect(page.locator("#inbox")).to_contain_text("hello from the console", timeout=PATIENCE_MS)
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("hello from the console", timeout=PATIENCE_MS)
    expect(row).to_contain_text("Sent")


def test_a_status_changes_by_itself_and_the_timeline_tells_why(
    page: Page, service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "500", times=1, to=user.email)
    open_console(page, service, user)

    send(page, "by another way", "email")

    row = page.locator("tbody tr").first
    expect(row).to_contain_text("Sent", timeout=PATIENCE_MS)
    row.get_by_role("button").first.click()
    timeline = page.locator(".steps")
    expect(timeline).to_contain_text("500", timeout=PATIENCE_MS)
    expect(timeline).to_contain_text("ses", ignore_case=True)


def test_an_error_stands_at_its_field(page: Page, service: Service, user: Someone) -> None:
    open_console(page, service, user)
    page.locator("input[value=email]").check(force=True)
    page.locator("#to").fill("nobody")

    send(page, "hello", "email")

    expect(page.locator("#to-error")).not_to_be_empty(timeout=PATIENCE_MS)
    expect(page.locator("#to")).to_be_focused()


def test_hostile_content_is_shown_as_text(page: Page, service: Service, user: Someone) -> None:
    open_console(page, service, user)

    service.send(user, "in-app", HOSTILE)

    expect(page.locator("#inbox")).to_contain_text('onerror="document.title=1"')
    assert page.title().endswith("notificationd")
    assert page.locator("#inbox img, #inbox script").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_everyone_can_use_it(
    page: Page, service: Service, user: Someone, scheme: str, width: int
) -> None:
    """As far as axe-core can tell: WCAG 2.2 A and AA, and its best practices."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    service.send(user, "in-app", "hello")
    open_console(page, service, user)
    expect(page.locator("tbody tr")).not_to_have_count(0)

    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document)")

    assert [violation["id"] for violation in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
