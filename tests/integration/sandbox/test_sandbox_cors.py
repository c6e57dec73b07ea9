"""Which pages see what the sandbox has captured."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from local.sandbox.client import SandboxClient

ALLOWED = "Access-Control-Allow-Origin"


def call(sandbox: SandboxClient, method: str, path: str, origin: str) -> requests.Response:
    url = f"{sandbox.base_url}{path}"
    return requests.request(method, url, headers={"Origin": origin}, timeout=10)


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "DELETE"])
@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:4566", "http://localhost:1", "http://[::1]:8080"]
)
def test_a_page_of_this_machine_may_read_and_clear_messages(
    sandbox: SandboxClient, method: str, origin: str
) -> None:
    answer = call(sandbox, method, "/messages", origin)

    assert answer.ok
    assert answer.headers[ALLOWED] == origin
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "https://127.0.0.1.example.com",
        "https://localhost.example.com",
        "null",
        "http://[",
        "file://localhost",
    ],
)
def test_no_other_page_may(sandbox: SandboxClient, origin: str) -> None:
    asked, preflight = (call(sandbox, each, "/messages", origin) for each in ("GET", "OPTIONS"))

    assert ALLOWED not in asked.headers
    assert ALLOWED not in preflight.headers
    assert "Access-Control-Allow-Methods" not in preflight.headers


def test_a_browser_is_told_that_it_may_delete(sandbox: SandboxClient) -> None:
    answer = call(sandbox, "OPTIONS", "/messages", "http://127.0.0.1:4566")

    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("path", ["/requests", "/faults", "/mailgun/v3/x/messages"])
def test_nothing_else_is_open_to_any_page(sandbox: SandboxClient, path: str) -> None:
    assert ALLOWED not in call(sandbox, "GET", path, "http://127.0.0.1:4566").headers
