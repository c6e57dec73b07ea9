"""`make screenshots`: take the README's pictures of a running service into docs/images."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import expect

from local.settings import ROOT
from local.stack import Stack, settings_beside
from tests.browsers import launched
from tests.e2e.browsing import PATIENCE_MS, open_console, site, wait_until_live
from tests.e2e.service import Service
from tests.screenshots.scene import ADA, STORE, set_scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, FloatRect, Page

IMAGES = ROOT / "docs/images"
LARGEST = 200 * 1024
ELEMENT_HEIGHT = 620
"""What is below the panel is the page's own."""
type Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 1040}, "device_scale_factor": 1},
    "phone": {
        "viewport": {"width": 390, "height": 760},
        "device_scale_factor": 1.5,
        "is_mobile": True,
        "has_touch": True,
    },
}


def main() -> int:
    """Take all of them; return 0 if each is small enough to be committed."""
    with ExitStack() as open_:
        stack = open_.enter_context(Stack(settings_beside("screenshots")))
        service = open_.enter_context(Service(stack))
        browser = open_.enter_context(launched())
        delayed = set_scene(service)
        for scheme in SCHEMES:
            for device in DEVICES:
                name = f"{device}-{scheme}"
                _console(_context(browser, device, scheme), service, name)
                height = ELEMENT_HEIGHT if device == "desktop" else 0
                _element(_context(browser, device, scheme), service, name, height)
            _timeline(_context(browser, "desktop", scheme), service, scheme, delayed)
    large = [path.name for path in IMAGES.glob("*.png") if path.stat().st_size > LARGEST]
    if large:
        print(f"Too large to be committed: {', '.join(large)}", file=sys.stderr)  # noqa: T201
    return 1 if large else 0


def _context(browser: Browser, device: str, scheme: Scheme) -> BrowserContext:
    return browser.new_context(**DEVICES[device], color_scheme=scheme, locale="en-GB")


def _console(context: BrowserContext, service: Service, name: str) -> None:
    with context:
        page = context.new_page()
        open_console(page, service, ADA)
        expect(page.locator("#notifications tbody tr")).to_have_count(10, timeout=PATIENCE_MS)
        _take(page, f"console-{name}")


def _timeline(context: BrowserContext, service: Service, name: str, delayed: str) -> None:
    with context:
        page = context.new_page()
        open_console(page, service, ADA)
        page.locator(f"#notifications [data-id='{delayed}'] .open").click()
        expect(page.locator(".steps li").first).to_be_visible()
        _take(page, f"timeline-{name}")


def _element(context: BrowserContext, service: Service, name: str, height: int) -> None:
    html = (
        STORE.replace("API_URL", service.endpoints.api_url)
        .replace("USER_TOKEN", service.token(ADA))
        .replace("USER_ID", ADA.id)
    )
    with site({"/": html}) as origin, context:
        page = context.new_page()
        page.goto(origin)
        inbox = page.locator("notification-inbox")
        wait_until_live(inbox)
        inbox.get_by_role("button", name="Notifications").first.click()
        expect(inbox.locator(".item").first).to_be_visible()
        _take(page, f"inbox-{name}", height)


def _take(page: Page, name: str, height: int = 0) -> None:
    """Take a picture of what the window shows.

    Args:
        height: how much of it, in CSS pixels from the top; 0 for all.
    """
    size = page.viewport_size
    assert size is not None
    clip: FloatRect = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready")
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide", clip=clip)


if __name__ == "__main__":
    sys.exit(main())
