"""The documentation of the running service, and the service as its documentation has it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import requests

from documents import asyncapi
from documents.__main__ import ROOT
from tests.browsers import launched

if TYPE_CHECKING:
    from tests.e2e.service import Service, Someone

BASH = shutil.which("bash") or "/bin/bash"
GUIDE = (ROOT / "documents/guide.md").read_text("utf-8")
PROBLEM = "application/problem+json"


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_the_documents_are_served_to_anybody(service: Service, name: str) -> None:
    answer = requests.get(f"{service.endpoints.api_url}/{name}", timeout=10)

    assert answer.status_code == 200
    assert answer.text == (ROOT / "docs" / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "unknown_route"),
        ("POST", "/users/4/inbox/x", 404, "unknown_route"),
        ("PATCH", "/notifications", 405, "method_not_allowed"),
        ("DELETE", "/users/4", 405, "method_not_allowed"),
    ],
)
def test_what_no_route_takes_is_a_problem_with_a_page(
    service: Service, method: str, path: str, status: int, code: str
) -> None:
    answer = requests.request(method, service.endpoints.api_url + path, timeout=10)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.json()["type"] == f"/docs#{code}"


def test_what_a_socket_is_told_is_documented(service: Service, user: Someone) -> None:
    """A frame of each type, from two devices of a user."""
    frames: list[dict[str, Any]] = []
    with service.connect(user) as device, service.connect(user) as other:
        device.send("sync", ref="s")
        frames.append(device.receive())
        sent = service.send(user, "in-app")
        frames.append(device.receive())
        device.send("read", ids=[sent], ref="r")
        frames.append(device.receive())
        assert [other.receive()["type"] for _ in range(2)] == ["notification", "state"]
        device.send("read_all", up_to=sent)
        frames.append(device.receive())
        device.send("ping")
        frames.append(device.receive())
        device.send("dance")
        frames.append(device.receive())

    document = asyncapi.document()
    types = ["SyncPage", "Pushed", "State", "State", "Pong", "Fault"]
    for name, frame in zip(types, frames, strict=True):
        schema = {**document, "$ref": f"#/components/schemas/{name}"}
        jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(frame)


def test_the_page_needs_nothing_from_elsewhere_and_leads_to_a_problem(service: Service) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with launched() as browser, browser.new_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{service.endpoints.api_url}/docs#rate_limited")

        assert page.locator("#rate_limited").is_visible()
        assert page.get_by_role("heading", name="Getting started").is_visible()
        page.locator("#post_notification summary").click()
        assert page.locator("#post_notification pre").first.is_visible()

    own = [url for url in asked if url.startswith(service.endpoints.api_url)]
    assert own == asked
    assert [text for text in complaints if "favicon" not in text] == []


def test_a_newcomer_gets_through_the_guide(service: Service, user: Someone) -> None:
    """With the page alone: send on each channel, schedule, cancel, and read an inbox."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    script = "set -euo pipefail\n" + "\necho\n".join(blocks)
    script = script.replace("curl ", "curl --silent --show-error --fail-with-body ")
    script = script.replace("/users/4", f"/users/{user.id}").replace(
        '"user_id": 4', f'"user_id": "{user.id}"'
    )
    # Another user's request: the README has the same one for user 4.
    script = script.replace("order-17-shipped", f"order-17-shipped-to-{user.id}")
    environment = {
        **os.environ,
        "API_URL": service.endpoints.api_url,
        "API_KEY": service.endpoints.api_key,
    }

    done = subprocess.run(
        [BASH, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count('"Notification queued"') == 3  # the scheduled one's goes into $ID
    assert '"status":"cancelled"' in done.stdout.replace(" ", "")
    assert '"unread":1' in done.stdout.replace(" ", "")
    assert '"token"' in done.stdout
