"""`<notification-inbox>` and texts that are meant to break it: all is shown, and nothing acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.integration.browser.pages import holding, open_panel, show, tag, violations
from tests.integration.browser.scripted import ORIGIN, notification

if TYPE_CHECKING:
    from tests.integration.browser.scripted import ScriptedService

IMAGE = '<img src=x onerror="document.title = 1">'
SCRIPT = "<script>document.title = 2</script>"
LINK = '<a href="javascript:document.title = 3">here</a>'
STYLE = "<style>* { display: none !important }</style></style></template></section>"
EXPRESSION = "${document.title = 4} {{constructor.constructor('document.title = 5')()}}"
OVERRIDE = "\u202egnp.exe \u2066\u2069\u200f"
FAMILY = "\u200d".join("\U0001f468\U0001f469\U0001f467\U0001f466") + " \U0001f3f3\ufe0f e\u0301"
STACKED = "Z" + "\u0351\u0323\u0489" * 300
NOTHING = "\u200b\u2060\ufeff\u00ad \u3164"
ONE_WORD = "x" * 65_536
RIGHT_TO_LEFT = "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd 123 abc"


@pytest.mark.parametrize("text", [IMAGE, SCRIPT, LINK, STYLE, EXPRESSION])
def test_markup_is_shown_as_text_wherever_it_stands(service: ScriptedService, text: str) -> None:
    holding(service, notification(2, subject=text, content=text, data={"url": text, text: text}))
    inbox = show(service)
    open_panel(inbox)
    service.push({"type": "notification", "notification": notification(1_003, subject=text)})
    service.pass_time(1)

    expect(inbox.locator(".subject").last).to_have_text(text)
    expect(inbox.locator(".content").last).to_have_text(text)
    expect(inbox.locator(".item").last.locator(".open")).to_have_accessible_name(f"Unread: {text}")
    expect(inbox.get_by_role("status").last).to_have_text(f"New notification: {text}")
    expect(inbox.locator("img, script, style, .item a:not(.open)")).to_have_count(0)
    expect(inbox.locator(".header")).to_be_visible()
    assert service.page.title() == "A page"


@pytest.mark.parametrize(
    "text", [OVERRIDE, FAMILY, STACKED, ONE_WORD, RIGHT_TO_LEFT, "\n" * 200 + "x", "\t" * 500]
)
@pytest.mark.parametrize("width", [1280, 390])
def test_any_text_stays_in_its_place(service: ScriptedService, text: str, width: int) -> None:
    service.page.set_viewport_size({"width": width, "height": 800})
    holding(
        service,
        notification(2, subject=text[:255], content=text),
        notification(1, subject="Below", content="it"),
    )
    inbox = show(service)
    open_panel(inbox)
    expect(inbox.locator(".panel")).to_have_css("opacity", "1")

    panel = inbox.locator(".panel").bounding_box()
    item = inbox.locator(".item").first.bounding_box()
    time = inbox.locator(".item time").first.bounding_box()
    assert panel is not None
    assert item is not None
    assert time is not None
    assert item["width"] <= panel["width"]
    assert item["height"] <= 330
    assert panel["x"] <= time["x"] <= panel["x"] + panel["width"] - time["width"]
    assert inbox.locator(".body").evaluate("(body) => body.scrollWidth <= body.clientWidth")
    expect(inbox.locator(".subject").last).to_have_text("Below")


def test_64_kb_are_there_in_full_when_asked_for(service: ScriptedService) -> None:
    words = "word " * 13_107
    holding(service, notification(2, content=words))
    inbox = show(service)
    open_panel(inbox)
    assert len(inbox.locator(".content").inner_text()) < 1_000
    inbox.get_by_role("button", name="Show more").click()
    assert len(inbox.locator(".content").text_content() or "") == len(words)
    expect(inbox.locator(".item .open")).to_have_attribute("aria-label", f"Unread: {words[:119]}…")
    assert inbox.locator(".panel").evaluate("(panel) => panel.offsetHeight") <= 600

    inbox.get_by_role("button", name="Show less").click()

    assert len(inbox.locator(".content").text_content() or "") < 1_000


def test_a_text_of_nothing_visible_has_a_name_and_a_height(service: ScriptedService) -> None:
    holding(service, notification(2, subject=NOTHING, content=NOTHING))
    inbox = show(service)
    open_panel(inbox)

    expect(inbox.locator(".open")).to_have_accessible_name("Unread: Notification")
    expect(inbox.locator(".content")).to_have_text("Notification")
    expect(inbox.locator(".subject")).to_be_hidden()
    assert violations(service) == []


def test_a_direction_in_a_text_ends_with_it(service: ScriptedService) -> None:
    """Right-to-left text and overrides turn neither the time nor the rest of the item around."""
    holding(
        service,
        notification(2, subject=RIGHT_TO_LEFT, content=OVERRIDE),
        notification(1, subject="Plain", content="text"),
    )
    inbox = show(service)
    open_panel(inbox)

    for text in (".subject", ".content"):
        expect(inbox.locator(text).first).to_have_css("unicode-bidi", "isolate")
    expect(inbox.locator(".subject").first).to_have_css("direction", "rtl")
    expect(inbox.locator(".subject").last).to_have_css("direction", "ltr")


def test_a_user_s_id_cannot_lead_the_token_elsewhere(service: ScriptedService) -> None:
    """The page's author writes it into an attribute, perhaps from what somebody has typed."""
    service.refuses = True
    show(service, tag(user="../../evil?a=b#c"), state="polling")

    (_, path, _), *_ = service.requests
    assert path == "/users/..%2F..%2Fevil%3Fa%3Db%23c/inbox?limit=50"
    assert service.page.url.startswith(ORIGIN)


def test_it_works_on_a_page_that_lets_nothing_in_but_the_service(service: ScriptedService) -> None:
    """With a strict policy: no styles in the page, no markup from strings, no other address."""
    service.page.route(
        "**/strict",
        lambda route: route.fulfill(
            content_type="text/html",
            headers={
                "Content-Security-Policy": (
                    f"default-src 'none'; script-src {ORIGIN}; connect-src {ORIGIN} ws://inbox.test;"
                    " require-trusted-types-for 'script'"
                )
            },
            body=(
                "<!doctype html><title>A page</title>"
                '<script type="module" src="/element/notification_inbox.js"></script>' + tag()
            ),
        ),
    )
    holding(service, notification(2, subject="Second"))
    refused: list[str] = []
    service.page.on("console", lambda message: refused.append(message.text))
    service.page.goto(f"{ORIGIN}/strict")
    inbox = service.page.locator("notification-inbox")
    open_panel(inbox)

    expect(inbox.locator(".subject")).to_have_text("Second")
    expect(inbox.locator(".panel")).to_have_css("position", "fixed")
    assert refused == []
