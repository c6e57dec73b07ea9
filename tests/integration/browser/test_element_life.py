"""`<notification-inbox>` comes, is moved, changes and goes: nothing of it stays behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.integration.browser.pages import events, holding, open_panel, show, tag, three
from tests.integration.browser.scripted import ORIGIN, SOCKETS, notification

if TYPE_CHECKING:
    from tests.integration.browser.scripted import ScriptedService

TIMERS = """
() => {
  window.timers = new Set();
  for (const [set, clear] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
    const [start, stop] = [window[set], window[clear]];
    window[set] = (work, ...rest) => {
      const id = start(() => { if (set === "setTimeout") timers.delete(id); work(); }, ...rest);
      timers.add(id);
      return id;
    };
    window[clear] = (id) => { timers.delete(id); stop(id); };
  }
  window.listening = new Map();
  for (const target of [window, document]) {
    const add = target.addEventListener.bind(target);
    const remove = target.removeEventListener.bind(target);
    target.addEventListener = (name, listener, options) => {
      listening.set(listener, name);
      options?.signal?.addEventListener("abort", () => listening.delete(listener));
      add(name, listener, options);
    };
    target.removeEventListener = (name, listener) => {
      listening.delete(listener);
      remove(name, listener);
    };
  }
}
"""

OURS = {"visibilitychange", "pagehide", "pageshow", "online", "offline", "scroll", "resize"}


def listening(service: ScriptedService) -> set[str]:
    """Return the names of what is listened to on the window and the document."""
    return set(service.page.evaluate("[...listening.values()]"))


def test_when_it_goes_its_socket_its_timers_and_its_listeners_go(service: ScriptedService) -> None:
    service.page.evaluate(TIMERS)
    holding(service, *three())
    inbox = show(service)
    open_panel(inbox)
    assert service.page.evaluate("timers.size") > 0
    assert {"visibilitychange", "pagehide", "offline", "scroll"} <= listening(service)

    inbox.evaluate("(inbox) => inbox.remove()")

    service.until(lambda: service.sockets == [])
    service.pass_time(600)
    service.look()
    assert service.page.evaluate("timers.size") == 0
    assert not listening(service) & OURS
    assert len(service.tokens) == 1


def test_it_can_be_moved_about_without_being_connected_anew(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service, f'<div id="one">{tag()}</div><div id="other"></div>')
    inbox.evaluate(
        """(inbox) => {
          for (let times = 0; times < 5; times += 1) {
            document.getElementById("other").append(inbox);
            document.getElementById("one").append(inbox);
          }
        }"""
    )
    open_panel(inbox)

    expect(inbox.locator(".item")).to_have_count(3)
    service.look()
    assert len(service.tokens) == 1
    assert events(service, "state-change") == ["connecting", "live"]


def test_it_comes_back_as_it_was(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    service.page.evaluate(
        "() => { window.kept = document.querySelector('notification-inbox'); kept.remove(); }"
    )
    service.until(lambda: service.sockets == [])

    service.page.evaluate("document.body.append(kept)")

    expect(inbox.locator(".badge")).to_have_text("2")
    open_panel(inbox)
    expect(inbox.locator(".item")).to_have_count(3)
    assert len(service.tokens) == 2


def test_another_user_s_inbox_takes_the_place_of_the_first(service: ScriptedService) -> None:
    holding(service, *three())
    inbox = show(service)
    expect(inbox.locator(".badge")).to_have_text("2")
    holding(service, notification(9, subject="Of another"))

    inbox.evaluate(
        "(inbox) => { inbox.setAttribute('user', '5'); inbox.setAttribute('token', 'b'); }"
    )

    expect(inbox.locator(".badge")).to_have_text("1")
    open_panel(inbox)
    expect(inbox.locator(".subject")).to_have_text(["Of another"])
    assert service.tokens == ["a", "b"]
    assert len(service.sockets) == 1


def test_a_renewed_token_costs_no_connection(service: ScriptedService) -> None:
    """The page's own timer may set it: a socket outlives its token."""
    inbox = show(service)
    inbox.evaluate("(inbox) => inbox.setAttribute('token', 'b')")
    service.look()
    assert service.tokens == ["a"]
    service.drop()
    service.pass_time(1)
    service.until(lambda: len(service.tokens) == 2)

    assert service.tokens == ["a", "b"]


def test_without_a_user_or_a_token_it_connects_to_nothing(service: ScriptedService) -> None:
    html = "<notification-inbox inline></notification-inbox>"
    inbox = show(service, html, state="unauthorized")

    service.look()
    assert service.requests == []
    expect(inbox.locator(".message")).to_contain_text("You are signed out")


def test_the_token_s_function_may_be_set_before_the_element_is_known(
    service: ScriptedService,
) -> None:
    """The page's own script runs first: modules wait until the page has been read."""
    service.page.evaluate(
        """([api, websocket]) => {
          const inbox = document.createElement("notification-inbox");
          inbox.token = async () => ({ token: "from a function", websocket_url: websocket });
          inbox.strings = { title: "Early" };
          inbox.setAttribute("api", api);
          inbox.setAttribute("user", "4");
          document.body.append(inbox);
        }""",
        [ORIGIN, SOCKETS],
    )
    service.page.evaluate("import('/element/notification_inbox.js')")
    inbox = service.page.locator("notification-inbox")

    expect(inbox.locator(".status")).to_have_attribute("data-state", "live")
    expect(inbox.locator("h2")).to_have_text("Early")
    assert service.tokens == ["from a function"]


def test_several_live_on_one_page_each_for_itself(service: ScriptedService) -> None:
    holding(service, *three())
    first = show(service, tag("first") + tag("second", user="5") + tag("third"))
    second, third = (service.page.locator(f"#{name}") for name in ("second", "third"))
    for inbox in (second, third):
        expect(inbox.locator(".status")).to_have_attribute("data-state", "live")
    assert len(service.sockets) == 3
    open_panel(second)
    expect(first.locator(".panel")).to_be_hidden()

    open_panel(third)  # a click beside the second one
    expect(second.locator(".panel")).to_be_hidden()
    third.evaluate("(inbox) => inbox.remove()")
    service.until(lambda: len(service.sockets) == 2)

    expect(first.locator(".badge")).to_have_text("2")


def test_the_file_may_be_loaded_twice(service: ScriptedService) -> None:
    inbox = show(service)
    errors: list[str] = []
    service.page.on("pageerror", lambda error: errors.append(error.message))

    service.page.evaluate("import('/element/notification_inbox.js?again')")

    expect(inbox.locator(".bell")).to_be_visible()
    assert errors == []
