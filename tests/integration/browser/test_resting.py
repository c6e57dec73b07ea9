"""Nobody looks at the page: the client keeps no socket, and catches up when it is seen again."""

from __future__ import annotations

import pytest

from tests.integration.browser.scripted import ScriptedService, id_of, notification, synced

LIVE = "snapshot?.state === 'live'"
SHOW = """
(isShown) => {
  Object.defineProperty(document, "hidden", { value: !isShown, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


@pytest.fixture
def hidden(service: ScriptedService) -> ScriptedService:
    """Return a service whose client rests."""
    service.connect()
    service.wait_for(LIVE)
    service.page.evaluate(SHOW, False)  # noqa: FBT003 - JSON
    service.pass_time(16)
    service.wait_for("snapshot.state === 'paused'")
    return service


def show(service: ScriptedService) -> None:
    service.page.evaluate(SHOW, True)  # noqa: FBT003 - JSON


def test_a_glance_at_another_page_costs_no_connection(service: ScriptedService) -> None:
    service.connect()
    service.wait_for(LIVE)
    service.page.evaluate(SHOW, False)  # noqa: FBT003 - JSON
    service.pass_time(14)
    show(service)
    service.pass_time(30)
    service.until(lambda: len(service.said("sync")) == 2)

    assert len(service.tokens) == 1
    assert service.page.evaluate("snapshot.state") == "live"


def test_a_hidden_page_closes_its_socket_and_asks_for_nothing(hidden: ScriptedService) -> None:
    hidden.until(lambda: hidden.sockets == [])
    hidden.pass_time(3_600)
    hidden.look()

    assert len(hidden.tokens) == 1
    assert hidden.requests == []


def test_a_page_that_is_seen_again_catches_up(hidden: ScriptedService) -> None:
    hidden.answer = lambda socket, frame: synced(
        socket, frame, notifications=[notification(1)], unread=1, settled=id_of(9)
    )

    show(hidden)

    hidden.wait_for("inbox.unread === 1")
    assert "since" in hidden.heard[-1]
    assert hidden.page.evaluate("arrived") == [id_of(1)]
    assert hidden.page.evaluate("snapshot.state") == "live"


def test_a_page_that_is_opened_in_the_background_rests_as_well(service: ScriptedService) -> None:
    """It has looked first: its title may show the count."""
    service.page.evaluate(SHOW, False)  # noqa: FBT003 - JSON
    service.connect()
    service.wait_for(LIVE)
    service.pass_time(16)

    service.until(lambda: service.sockets == [])


def test_a_page_that_may_come_back_keeps_no_socket(service: ScriptedService) -> None:
    """One that is kept as it was ("bfcache") may not hold any."""
    service.connect()
    service.wait_for(LIVE)

    service.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    service.until(lambda: service.sockets == [])
    service.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    service.wait_for(LIVE)
    assert len(service.tokens) == 2


def test_what_is_changed_while_it_rests_goes_over_http(hidden: ScriptedService) -> None:
    """A page may mark from its own code at any time."""
    hidden.page.evaluate(f"() => {{ inbox.markRead('{id_of(1)}'); }}")

    hidden.until(lambda: len(hidden.requests) == 1)
    assert hidden.requests[0][0] == "PATCH"
