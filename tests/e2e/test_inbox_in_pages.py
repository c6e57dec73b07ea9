"""`<notification-inbox>` and its client in pages of other origins, on the running stack."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from local.credentials import Credentials
from local.settings import ROOT
from notificationd.adapters.tokens import JwtTokens
from tests.e2e.browsing import PATIENCE_MS, live_within, shown, site, wait_until_live
from tests.e2e.proxy import FlakyProxy
from tests.e2e.service import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.e2e.service import Service, Someone

HOSTILE = (
    "<img src=x onerror=\"document.title = 'stolen'\"><script>document.title = 'stolen'</script>"
    " \u202egnp.exe\u202c مرحبا\u200b\u200d 👩‍👩‍👧‍👦 😀 "
)
CONNECT = """
async ([api, user, token]) => {
  const { connect } = await import(`${api}/client.js`);
  window.inbox = connect({ api, user, token });
  window.arrived = [];
  inbox.subscribe((snapshot) => {
    window.snapshot = snapshot;
    arrived.push(...snapshot.arrived.map(({ content }) => content));
  });
}
"""


def documented(service: Service, user: Someone) -> str:
    """Return the page in docs/, with what it says to put in."""
    page = (ROOT / "docs/inbox.html").read_text("utf-8")
    assert len(page.splitlines()) == 10
    return (
        page.replace("API_URL", service.endpoints.api_url)
        .replace("USER_TOKEN", service.token(user))
        .replace('user="4"', f'user="{user.id}"')
    )


def page_with(service: Service, attributes: str) -> str:
    """Return a page with an inbox that is always open."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>'
        f'<script type="module" src="{service.endpoints.api_url}/inbox.js"></script>'
        f"<notification-inbox inline {attributes}></notification-inbox></html>"
    )


def of(service: Service, user: Someone) -> str:
    return f'user="{user.id}" token="{service.token(user)}"'


def agrees(inbox: Locator, service: Service, user: Someone) -> None:
    """Wait until a page shows what the service has, in order, with the count."""
    expected = [(each["id"], each["read"]) for each in service.everything(user)]
    unread = service.inbox(user)["unread"]
    for _ in range(PATIENCE_MS // 100):
        if shown(inbox) == expected and inbox.evaluate("(inbox) => inbox.unread") == unread:
            return
        inbox.page.wait_for_timeout(100)
    assert (shown(inbox), inbox.evaluate("(inbox) => inbox.unread")) == (expected, unread)


def test_the_page_in_the_documentation_receives_a_notification_live(
    page: Page, service: Service, user: Someone
) -> None:
    """Ten lines, opened from another origin than the service's."""
    with site({"/": documented(service, user)}) as origin:
        assert not service.endpoints.api_url.startswith(origin)
        page.goto(origin)
        inbox = page.locator("notification-inbox")
        wait_until_live(inbox)
        expect(inbox.get_by_role("button", name="Notifications", exact=True)).to_be_visible()

        service.send(user, "in-app", "your order is on its way")

        bell = inbox.get_by_role("button", name="Notifications, 1 unread")
        expect(bell).to_be_visible(timeout=PATIENCE_MS)
        bell.click()
        expect(inbox.locator(".content")).to_have_text("your order is on its way")
        inbox.get_by_role("button", name="Mark all read").click()
        expect(inbox.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
        agrees(inbox, service, user)


def test_two_tabs_stay_in_step(
    new_page: Callable[[], Page], service: Service, user: Someone
) -> None:
    ids = [service.send(user, "in-app", f"number {number}") for number in range(3)]
    with site({"/": page_with(service, of(service, user))}) as origin:
        tabs = [new_page(), new_page()]
        one, other = (tab.locator("notification-inbox") for tab in tabs)
        for tab in tabs:
            tab.goto(origin)
            wait_until_live(tab.locator("notification-inbox"))
        assert shown(one) == shown(other) == [(each, False) for each in reversed(ids)]

        one.get_by_role("button", name="Mark as read").first.click()
        expect(other.locator(".item.unread, [part~=item-unread]")).to_have_count(
            2, timeout=PATIENCE_MS
        )
        other.get_by_role("button", name="Archive").last.click()
        expect(one.locator(".item")).to_have_count(2, timeout=PATIENCE_MS)
        other.get_by_role("button", name="Mark all read").click()
        expect(one.locator("[part~=item-unread]")).to_have_count(0, timeout=PATIENCE_MS)

        agrees(one, service, user)
        agrees(other, service, user)


def test_what_is_sent_while_it_is_cut_off_is_there_once_it_is_back(
    page: Page, service: Service, user: Someone
) -> None:
    """The network dies under the socket, comes back, and dies again."""
    service.send(user, "in-app", "before")
    with FlakyProxy(service.endpoints.websocket_url) as proxy:
        attributes = f'{of(service, user)} websocket="{proxy.url}"'
        with site({"/": page_with(service, attributes)}) as origin:
            page.goto(origin)
            inbox = page.locator("notification-inbox")
            wait_until_live(inbox)
            for turn in range(2):
                proxy.refuse()
                proxy.kill()
                expect(inbox.locator(".status")).not_to_have_attribute("data-state", "live")
                service.send(user, "in-app", f"while it was away, {turn}")
                service.mark(user, shown(inbox)[-1][0], read=turn == 0)
                proxy.accept()
                live_within(inbox, PATIENCE_MS)
                agrees(inbox, service, user)
            service.send(user, "in-app", "live again")
            expect(inbox.locator(".content").first).to_have_text("live again")
            agrees(inbox, service, user)


def test_a_token_that_has_ended_is_renewed_by_the_page_s_function(
    page: Page, service: Service, user: Someone
) -> None:
    """Tokens of a second: the one that is held has ended when the socket is cut."""
    secret = Credentials.of(service.stack.settings.state).token_secret
    tokens = JwtTokens(lambda: secret)
    ends: list[float] = []

    def mint() -> str:
        now = time.time_ns() // 1_000_000
        ends.append(now / 1_000 + 1)
        return tokens.sign(user.id, issued_at=now, expires_at=now + 1_000)

    with FlakyProxy(service.endpoints.websocket_url) as proxy:
        html = page_with(service, f'user="{user.id}" websocket="{proxy.url}"')
        with site({"/": html}) as origin:
            page.expose_function("mint", mint)
            page.goto(origin)
            inbox = page.locator("notification-inbox")
            inbox.evaluate("(inbox) => { inbox.token = () => mint(); }")
            wait_until_live(inbox)
            assert len(ends) == 1
            eventually(lambda: time.time() > ends[0])
            proxy.kill()
            expect(inbox.locator(".status")).not_to_have_attribute("data-state", "live")
            service.send(user, "in-app", "with another token")

            expect(inbox.locator(".content")).to_have_text("with another token")
            wait_until_live(inbox)
            assert len(ends) > 1


@pytest.mark.parametrize("size", [300, 64 * 1024])
def test_hostile_content_arrives_as_text(
    page: Page, service: Service, user: Someone, size: int
) -> None:
    """One of 64 KB, whatever it is made of, comes whole."""
    content = (HOSTILE * (size // len(HOSTILE.encode())))[: size // 2] or HOSTILE
    with site({"/": page_with(service, of(service, user))}) as origin:
        page.goto(origin)
        inbox = page.locator("notification-inbox")
        wait_until_live(inbox)

        service.send(user, "in-app", content, subject=HOSTILE.strip(), data={"url": "javascript:x"})

        expect(inbox.locator(".item")).to_have_count(1, timeout=PATIENCE_MS)
        whole = "(inbox) => inbox.notifications[0].content"
        for _ in range(PATIENCE_MS // 100):
            if inbox.evaluate(whole):
                break
            page.wait_for_timeout(100)
        assert inbox.evaluate(whole) == content
        expect(inbox.locator(".subject")).to_have_text(HOSTILE.strip())
        expect(inbox.locator("img, script, a")).to_have_count(0)
        assert page.title() == "A page"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_client_works_by_itself(page: Page, service: Service, user: Someone) -> None:
    first = service.send(user, "in-app", "first")
    with site({"/": "<!doctype html><title>A page</title>"}) as origin:
        page.goto(origin)
        page.evaluate(CONNECT, [service.endpoints.api_url, user.id, service.token(user)])
        page.wait_for_function("window.snapshot?.state === 'live'")
        assert page.evaluate("inbox.notifications.map(({ content }) => content)") == ["first"]

        service.send(user, "in-app", "second")
        page.wait_for_function("arrived.includes('second')")
        page.evaluate("(id) => inbox.markRead(id)", first)
        assert service.notification(user, first)["read"] is True
        assert page.evaluate("inbox.unread") == 1
        page.evaluate("inbox.markAllRead()")
        assert service.inbox(user)["unread"] == 0
        page.evaluate("(id) => inbox.archive(id)", first)
        assert [each["content"] for each in service.everything(user)] == ["second"]
        page.evaluate("inbox.close()")
        assert page.evaluate("inbox.state") == "closed"


def test_another_user_s_token_opens_nothing(
    page: Page, service: Service, someone: Callable[[], Someone]
) -> None:
    one, other = someone(), someone()
    service.send(one, "in-app", "a secret")
    attributes = f'user="{one.id}" token="{service.token(other)}"'
    with site({"/": page_with(service, attributes)}) as origin:
        page.goto(origin)
        inbox = page.locator("notification-inbox")
        expect(inbox.locator(".status")).to_have_attribute(
            "data-state", "live", timeout=PATIENCE_MS
        )
        assert shown(inbox) == []  # a token says itself whose it is
