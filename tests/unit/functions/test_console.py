"""What is public, from event to answer: `GET /`, the console's files, `GET /health`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from console.app import handler


def get(name: str | None = None, **headers: str) -> dict[str, Any]:
    event: dict[str, Any] = {"routeKey": "GET /console/{file}", "headers": headers}
    if name is not None:
        event["pathParameters"] = {"file": name}
    return handler(event, None)


def test_the_root_is_the_page_and_lets_only_its_own_files_run() -> None:
    answer = get()

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer["headers"]["Content-Security-Policy"]
    assert "unsafe" not in answer["headers"]["Content-Security-Policy"]
    assert answer["body"].startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("console.js", "text/javascript"), ("base.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
def test_a_file_has_its_type(name: str, kind: str) -> None:
    assert get(name)["headers"]["Content-Type"].startswith(kind)


@pytest.mark.parametrize("name", ["app.py", "../app.py", "", ".", "static", "nothing.js"])
def test_what_is_no_file_of_the_page_is_404(name: str) -> None:
    answer = get(name)

    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "not_found"


def test_a_file_that_the_browser_has_is_not_sent_again() -> None:
    tag = get("console.js")["headers"]["ETag"]

    answer = get("console.js", **{"if-none-match": tag})

    assert answer["statusCode"] == 304
    assert "body" not in answer
    assert get("console.js", **{"if-none-match": '"another"'})["statusCode"] == 200


def test_the_health_says_which_version_answers_and_may_be_kept_for_a_moment() -> None:
    answer = handler({"routeKey": "GET /health", "headers": {}}, None)

    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"status": "ok", "version": project["project"]["version"]}
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "public, max-age=5"
