"""The browser, with the modules' sources at an address that leads nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browsers import launched
from tests.integration.browser.scripted import ORIGIN, ScriptedService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

NOW = "2026-11-25T12:00:00Z"
SOURCES = Path(__file__).parents[3] / "console"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def sources(browser: Browser) -> Iterator[Page]:
    """Return a page that can import what is in `console/`."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Lisbon")
    _serve_sources(context)
    page = context.new_page()
    page.goto(ORIGIN)
    yield page
    context.close()


@pytest.fixture
def service(browser: Browser) -> Iterator[ScriptedService]:
    """Return a service that does whatever a test says, and a page that can reach it."""
    context = browser.new_context()
    _serve_sources(context)
    page = context.new_page()
    made = ScriptedService(page)
    page.clock.install(time=NOW)
    page.goto(ORIGIN)
    yield made
    context.close()


def _serve_sources(context: BrowserContext) -> None:
    def serve(route: Route) -> None:
        path = SOURCES / urlsplit(route.request.url).path.removeprefix("/")
        if path.suffix == ".js":
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>A page</title>", content_type="text/html")

    context.route("**/*", serve)
