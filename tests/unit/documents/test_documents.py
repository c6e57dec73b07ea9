"""The documentation is what the code says: up to date, complete, valid, and with true examples."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from documents import asyncapi, openapi
from documents.__main__ import ROOT, made
from documents.frames import ASKED, TOLD
from documents.page import MEANINGS
from functions.ws_inbox.app import ACTIONS
from notificationd.api import frames
from notificationd.api.documentation import NAMES
from notificationd.api.problems import catalogue
from notificationd.domain.errors import InvalidRequest
from notificationd.domain.identity import Scope
from tests.unit.template.loader import Template, load
from tests.unit.template.routes import DEFAULT, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENAPI = openapi.document()
ASYNCAPI = asyncapi.document()
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, item in OPENAPI["paths"].items()
    for method, operation in item.items()
]
NOT_OF_THE_API = {"GET /", "GET /console/{file}", "GET /inbox.js", "GET /client.js", *NAMES}


def fits(schema: dict[str, Any], value: object, document: dict[str, Any] = OPENAPI) -> bool:
    """Tell whether a value fits a schema, which may refer to the document's."""
    validator = jsonschema_rs.Draft202012Validator({**document, **schema}, validate_formats=True)
    return validator.is_valid(value)


def test_every_file_is_up_to_date() -> None:
    """`make docs` writes them."""
    stale = [path.relative_to(ROOT) for path, text in made().items() if path.read_text() != text]

    assert stale == []


def test_the_document_is_openapi() -> None:
    validate(OPENAPI)


def test_every_route_of_the_template_is_described() -> None:
    there = {route.key for route in routes(Template(load()))} - {DEFAULT}

    assert {key for key, _ in OPERATIONS} == there - NOT_OF_THE_API


def test_every_operation_says_what_opens_it() -> None:
    for key, operation in OPERATIONS:
        if key == "GET /health":
            assert operation["security"] == []
            continue
        scope, owner, _ = openapi.routes()[key]
        assert scope in set(Scope)
        assert f"`{scope}`" in operation["description"]
        assert {"apiKey": [scope]} in operation["security"]
        assert ({"userToken": []} in operation["security"]) is owner


def test_every_link_names_an_operation_and_gives_its_parameters() -> None:
    """Whether it leads there is tried in tests/e2e/test_links.py."""
    described = {operation["operationId"]: operation for _, operation in OPERATIONS}

    for _, operation in OPERATIONS:
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                parameters = described[link["operationId"]].get("parameters", [])
                required = {each["name"] for each in parameters if each.get("required")}
                assert (
                    required <= link["parameters"].keys() <= {each["name"] for each in parameters}
                )


def examples() -> Iterator[Any]:
    for key, operation in OPERATIONS:
        contents = list(operation.get("requestBody", {}).get("content", {}).values())
        contents += [
            content
            for answer in operation["responses"].values()
            for content in answer["content"].values()
        ]
        for content in contents:
            shown = [each["value"] for each in content.get("examples", {}).values()]
            for value in [*shown, *([content["example"]] if "example" in content else [])]:
                yield pytest.param(content["schema"], value, id=key)


@pytest.mark.parametrize(("schema", "value"), list(examples()))
def test_every_example_fits_its_schema(schema: dict[str, Any], value: object) -> None:
    assert fits(schema, value)


def test_an_example_that_does_not_fit_is_found() -> None:
    assert not fits({"$ref": "#/components/schemas/Accepted"}, {"message": "Notification queued"})


def test_every_problem_has_its_place_on_the_page() -> None:
    page = (ROOT / "console/documentation/docs.html").read_text()

    for kind in catalogue():
        assert f'id="{kind.code}"' in page
        assert kind.type == f"/docs#{kind.code}"
    assert MEANINGS.keys() == {kind.code for kind in catalogue()}


def test_the_page_runs_nothing_and_fetches_nothing_but_its_style() -> None:
    page = (ROOT / "console/documentation/docs.html").read_text()
    fetched = re.findall(r'<(?!a\b)[^>]*\b(?:src|href)="([^"]*)"', page)

    assert fetched == ["docs.css"]
    assert "<script" not in page
    assert "style=" not in page


def test_every_message_of_the_sockets_is_described() -> None:
    messages = ASYNCAPI["components"]["messages"]

    assert messages.keys() == {kind.__name__ for kind in (*ASKED, *TOLD)}
    actions = {
        action
        for kind in ASKED
        for schema in [ASYNCAPI["components"]["schemas"][kind.__name__]["properties"]["action"]]
        for action in schema.get("enum", [schema.get("const")])
    }
    assert actions == {*ACTIONS, "ping"}


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("Pong", frames.pong("a")),
        ("Pong", frames.pong()),
        ("Fault", frames.not_understood('{"action": "dance", "ref": "r"}')),
        ("Fault", frames.not_understood("{")),
        ("Fault", frames.error_of(InvalidRequest(), None)),
    ],
)
def test_a_frame_is_as_it_is_described(name: str, frame: bytes) -> None:
    assert fits({"$ref": f"#/components/schemas/{name}"}, json.loads(frame), ASYNCAPI)
