"""Pages with the inbox on them, on the scripted service."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, expect

from tests.integration.browser.scripted import (
    ORIGIN,
    SOCKETS,
    id_of,
    notification,
    synced,
)

if TYPE_CHECKING:
    from playwright.sync_api import WebSocketRoute

    from tests.integration.browser.scripted import ScriptedService

AXE = resources.files("axe_playwright_python") / "axe.min.js"
SHOW = """
async (html) => {
  document.documentElement.lang = "en";
  document.body.innerHTML = html;
  window.events = [];
  const names = ["notification", "unread-change", "notification-click", "state-change",
    "inbox-error"];
  for (const name of names) {
    addEventListener(name, (event) => {
      window[`last-${name}`] = event;
      events.push([name, event.target.id, event.detail.unread ?? event.detail.state
        ?? event.detail.notification?.id ?? event.detail.error?.code]);
    });
  }
  await import("/element/notification_inbox.js");
}
"""


def tag(name: str = "inbox", attributes: str = "", *, user: str = "4") -> str:
    """Return an element of the scripted service's."""
    return (
        f'<notification-inbox id="{name}" api="{ORIGIN}" websocket="{SOCKETS}" token="a" '
        f'user="{user}" {attributes}></notification-inbox>'
    )


def holding(service: ScriptedService, *notifications: dict[str, Any], **fields: Any) -> None:  # noqa: ANN401 - JSON
    """Let the service's user have these notifications, newest first, and count them."""
    unread = sum(not each["read"] and not each["archived"] for each in notifications)

    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if frame["action"] == "sync":
            page = {"notifications": list(notifications), "unread": unread, "settled": id_of(999)}
            synced(socket, frame, **{**page, **fields})

    service.answer = answer


def three() -> list[dict[str, Any]]:
    return [
        notification(3, subject="Third"),
        notification(2, subject="Second"),
        notification(1, subject="First", read=True),
    ]


def show(service: ScriptedService, html: str | None = None, *, state: str = "live") -> Locator:
    """Put a page's body together, and return its first inbox once it has come to a state."""
    service.page.evaluate(SHOW, tag() if html is None else html)
    inbox = service.page.locator("notification-inbox").first
    expect(inbox.locator(".status")).to_have_attribute("data-state", state)
    return inbox


def open_panel(inbox: Locator) -> Locator:
    inbox.locator(".bell").click()
    panel = inbox.locator(".panel")
    expect(panel).to_be_visible()
    return panel


def violations(service: ScriptedService) -> list[str]:
    """Return what axe-core finds against the page as it is."""
    service.page.evaluate(AXE.read_text("utf-8"))
    found = service.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def heard(service: ScriptedService, action: str) -> dict[str, Any]:
    """Wait until a frame of an action was heard, and return it."""
    service.until(lambda: len(service.said(action)) == 1)
    return service.said(action)[0]


def events(service: ScriptedService, name: str) -> list[Any]:
    """Return what the page was told under a name."""
    told = service.page.evaluate("events")
    return [value for each, _, value in told if each == name]
