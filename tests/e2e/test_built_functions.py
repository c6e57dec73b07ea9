"""Each function as it is shipped, with its layers, under AWS's own runtime client.

What `sam local invoke` does in a container, with the same event files and the same variables.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.settings import ROOT
from tests.e2e import rie

if TYPE_CHECKING:
    from tests.e2e.service import Service

EVENTS = ROOT / "events"

EXPECTED: dict[str, dict[str, Any]] = {
    "AuthorizeFunction": {
        "isAuthorized": True,
        "context": {"kind": "nobody", "detail": "This API key is not known."},
    },
    "ConsoleFunction": {"statusCode": 200},
    "DeadLettersFunction": {"statusCode": 200},
    "DispatchFunction": {"batchItemFailures": []},
    "InboxFunction": {"statusCode": 200},
    "ListFunction": {"statusCode": 200},
    "ReconcileFunction": {"pending": 0, "settled": 0},
    "SendFunction": {"statusCode": 201},
    "TemplatesFunction": {"statusCode": 200},
    "UsersFunction": {"statusCode": 200},
    "WatchFunction": {},
    "WsConnectFunction": {"statusCode": 200},
    "WsInboxFunction": {"statusCode": 200},
}


def invoke(service: Service, function: str, event: str) -> dict[str, Any]:
    """Run a built function once and return its answer."""
    settings = service.stack.settings
    variables = json.loads((settings.state / "sam-env.json").read_text("utf-8"))
    with rie.running(settings, function, variables[function]) as call:
        answer: dict[str, Any] | None = call(json.loads((EVENTS / event).read_text("utf-8")))
    return answer or {}  # whoever answers a stream says nothing


def event_of(function: str) -> str:
    """Return the name of a function's event file: WsConnectFunction has ws_connect.json."""
    stem = function.removesuffix("Function")
    words = "".join(f"_{c.lower()}" if c.isupper() else c for c in stem).removeprefix("_")
    return f"{words}.json"


def test_every_function_has_an_event_and_the_other_way_round(service: Service) -> None:
    built = rie.functions_of(service.stack.settings.build)

    assert sorted(EXPECTED) == sorted(built)
    assert sorted(map(event_of, built)) == sorted(path.name for path in EVENTS.iterdir())


@pytest.mark.parametrize("function", sorted(EXPECTED))
def test_a_built_function_answers_its_event(service: Service, function: str) -> None:
    service.post(
        "/notifications", {"user_id": 4, "notification_type": "in-app", "content": "something"}
    )

    answer = invoke(service, function, event_of(function))

    assert {name: answer.get(name) for name in EXPECTED[function]} == EXPECTED[function], answer


def test_what_is_invoked_acts_on_the_running_stack(service: Service) -> None:
    answer = invoke(service, "SendFunction", "send.json")

    notification_id = json.loads(answer["body"])["id"]
    found = service.get(f"/users/4/notifications/{notification_id}").json()
    assert found["content"] == "hello from sam local invoke"


def test_the_console_is_served_by_the_api(service: Service) -> None:
    page = service.session.get(service.endpoints.api_url + "/", timeout=60)

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name in (path.name for path in Path(ROOT / "console/static").iterdir()):
        file = service.session.get(service.url(f"/console/{name}"), timeout=60)
        assert file.status_code == 200, name
    assert service.get("/console/app.py").status_code == 404
