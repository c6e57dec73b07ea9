"""`/templates`, from event to answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.templates.app import handler
from notificationd.api.template_models import LISTING, versions_of
from notificationd.domain.page import encode_key
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

LIST = "GET /templates"
PUT = "PUT /templates/{name}"
GET = "GET /templates/{name}"
VERSIONS = "GET /templates/{name}/versions"
DELETE = "DELETE /templates/{name}"
PREVIEW = "POST /templates/{name}/preview"
PATH = {"name": "welcome"}

GOOD: dict[str, Any] = {
    "description": "Sent after the first login.",
    "default_locale": "en",
    "variables": {"name": {"description": "First name"}, "gift": {"default": "a book"}},
    "channels": {
        "email": {
            "en": {
                "subject": "Welcome, {{ name }}",
                "text": "Hi {{ name }}: {{ gift }}",
                "html": "<p>Hi {{ name }}</p>",
            },
            "de-at": {"subject": "Servus, {{ name }}", "text": "Servus"},
        },
        "sms": {"en": {"text": "Hi {{ name }}"}},
    },
}


def put(body: dict[str, Any] = GOOD, name: str = "welcome") -> tuple[int, dict[str, Any]]:
    return call(handler, api_event(PUT, path={"name": name}, body=body))


@pytest.mark.usefixtures("account")
def test_a_template_is_stored_and_shown_as_it_was_written() -> None:
    status, body = put()

    assert (status, body["name"], body["version"]) == (201, "welcome", 1)
    assert body.pop("created_at").endswith("Z")
    expected = {
        **GOOD,
        "variables": {
            "name": {"required": True, "description": "First name"},
            "gift": {"required": False, "default": "a book"},
        },
        "channels": {
            **GOOD["channels"],
            "email": {
                "en": GOOD["channels"]["email"]["en"],
                "de-AT": GOOD["channels"]["email"]["de-at"],
            },
        },
    }
    assert body == {"name": "welcome", "version": 1, **expected}
    found = call(handler, api_event(GET, path=PATH))[1]
    del found["created_at"]
    assert found == body


@pytest.mark.parametrize(
    ("variable", "required"),
    [
        ({}, True),
        ({"required": True}, True),
        ({"required": False}, False),
        ({"default": "x"}, False),
        ({"default": None}, False),
        ({"default": 0, "required": False}, False),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_variable_is_required_unless_it_has_a_default_or_says_so(
    variable: dict[str, Any], *, required: bool
) -> None:
    _, body = put({**GOOD, "variables": {**GOOD["variables"], "extra": variable}})

    stored = body["variables"]["extra"]
    assert stored["required"] is required
    assert required or stored["default"] == variable.get("default")


@pytest.mark.usefixtures("account")
def test_what_is_shown_can_be_stored_again_and_makes_no_version() -> None:
    put()
    _, shown = call(handler, api_event(GET, path=PATH))
    parts = ("description", "default_locale", "variables", "channels")

    status, body = put({name: shown[name] for name in parts})

    assert (status, body["version"]) == (200, 1)


@pytest.mark.usefixtures("account")
def test_each_change_makes_a_version_and_all_are_there() -> None:
    put()
    status, body = put({**GOOD, "description": "another"})
    assert (status, body["version"]) == (201, 2)

    first = call(handler, api_event(GET, path=PATH, query={"version": "1"}))[1]
    assert first["description"] == GOOD["description"]
    _, listed = call(handler, api_event(VERSIONS, path=PATH))
    assert [(each["version"], each["description"]) for each in listed["data"]] == [
        (2, "another"),
        (1, GOOD["description"]),
    ]
    assert listed["next"] is None


@pytest.mark.usefixtures("account")
def test_templates_are_listed_by_name_without_their_texts() -> None:
    for name in ("welcome", "receipt", "reset"):
        put(name=name)

    _, first = call(handler, api_event(LIST, query={"limit": "2"}))
    _, second = call(handler, api_event(LIST, query={"limit": "2", "cursor": first["next"]}))

    assert [each["name"] for each in first["data"]] == ["receipt", "reset"]
    assert second["next"] is None
    (entry,) = second["data"]
    assert entry.pop("created_at").endswith("Z")
    assert entry == {
        "name": "welcome",
        "version": 1,
        "description": GOOD["description"],
        "default_locale": "en",
        "channels": {"email": ["de-AT", "en"], "sms": ["en"]},
    }


@pytest.mark.usefixtures("account")
def test_versions_are_listed_a_page_at_a_time() -> None:
    for number in range(3):
        put({**GOOD, "description": str(number)})

    _, first = call(handler, api_event(VERSIONS, path=PATH, query={"limit": "2"}))
    query = {"limit": "2", "cursor": first["next"]}
    _, second = call(handler, api_event(VERSIONS, path=PATH, query=query))

    assert [each["version"] for each in first["data"]] == [3, 2]
    assert [each["version"] for each in second["data"]] == [1]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("route", "query", "field"),
    [
        (LIST, {"limit": "0"}, "limit"),
        (LIST, {"limit": "101"}, "limit"),
        (LIST, {"cursor": "x"}, "cursor"),
        (LIST, {"cursor": encode_key("other", "welcome")}, "cursor"),
        (LIST, {"cursor": encode_key(LISTING, "no name")}, "cursor"),
        (LIST, {"name": "welcome"}, "name"),
        (VERSIONS, {"limit": "x"}, "limit"),
        (VERSIONS, {"cursor": encode_key(versions_of("other"), "1")}, "cursor"),
        (VERSIONS, {"cursor": encode_key(versions_of("welcome"), "one")}, "cursor"),
        (GET, {"version": "0"}, "version"),
        (GET, {"version": "one"}, "version"),
        (GET, {"version": "9" * 5_000}, "version"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_wrong_query_is_named(route: str, query: dict[str, str], field: str) -> None:
    put()

    status, problem = call(handler, api_event(route, path=PATH, query=query))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.usefixtures("account")
def test_a_deleted_template_is_gone_and_its_numbers_are_not_used_again() -> None:
    put()

    status, body = call(handler, api_event(DELETE, path=PATH))

    assert (status, body["version"]) == (200, 1)
    assert call(handler, api_event(GET, path=PATH))[0] == 404
    assert call(handler, api_event(VERSIONS, path=PATH))[0] == 404
    assert call(handler, api_event(DELETE, path=PATH))[0] == 404
    assert call(handler, api_event(LIST))[1] == {"data": [], "next": None}
    assert put()[1]["version"] == 2


@pytest.mark.parametrize("route", [GET, VERSIONS, DELETE])
@pytest.mark.parametrize("name", ["other", "Welcome", "a b", "%2F", "x" * 10_000])
@pytest.mark.usefixtures("account")
def test_what_is_not_there_is_404(route: str, name: str) -> None:
    put()

    assert call(handler, api_event(route, path={"name": name}))[0] == 404


@pytest.mark.usefixtures("account")
def test_a_version_that_is_not_there_is_404() -> None:
    put()

    assert call(handler, api_event(GET, path=PATH, query={"version": "2"}))[0] == 404


def changed(path: str, value: object) -> dict[str, Any]:
    """Return a good template with something else at a place; an ellipsis takes the place out."""
    body = json.loads(json.dumps(GOOD))
    *parents, last = path.split("/")
    place = body
    for each in parents:
        place = place[each]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return dict(body)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("channels", ..., "channels"),
        ("channels", [], "channels"),
        ("channels", {}, "channels"),
        ("channels/fax", {"en": {"text": "a"}}, "channels.fax"),
        ("channels/sms", "Hi", "channels.sms"),
        ("channels/sms/en", "Hi", "channels.sms.en"),
        ("channels/sms/en", {}, "channels.sms.en.text"),
        ("channels/sms/en/text", 4, "channels.sms.en.text"),
        ("channels/sms/en/text", "{{ name", "channels.sms.en.text"),
        ("channels/sms/en/text", "{{ nmae }}", "variables.nmae"),
        ("channels/sms/en/subject", "Hi", "channels.sms.en.subject"),
        ("channels/sms/en/color", "red", "channels.sms.en.color"),
        ("channels/sms/german", {"text": "Hi"}, "channels.sms.german"),
        ("default_locale", ..., "default_locale"),
        ("default_locale", "x", "default_locale"),
        ("default_locale", 4, "default_locale"),
        ("description", 4, "description"),
        ("variables", [], "variables"),
        ("variables/name", 4, "variables.name"),
        ("variables/name/type", "string", "variables.name.type"),
        ("variables/name/required", "yes", "variables.name.required"),
        ("variables/gift/required", True, "variables.gift.required"),
        ("variables/a b", {}, "variables.a b"),
        ("version", 1, "version"),
        ("name", "other", "name"),
    ],
)
def test_a_wrong_field_is_named_with_its_path_and_nothing_is_stored(
    account: Account, path: str, value: object, field: str
) -> None:
    status, problem = put(changed(path, value))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert account.items() == []


def test_a_syntax_error_is_told_with_line_and_column(account: Account) -> None:
    text = "Hi {{ name }},\n{% for line in lines %}\n{{ line }}"

    status, problem = put(changed("channels/sms/en/text", text))

    assert status == 422
    (error,) = problem["errors"]
    assert error["code"] == "syntax"
    assert error["detail"] == "text, line 2, column 1: 'for' is never closed"
    assert account.items() == []


@pytest.mark.parametrize("name", ["Welcome", "a b", "wel/come", "welcome@2", "ä", "x" * 65])
def test_a_wrong_name_is_named(account: Account, name: str) -> None:
    status, problem = put(name=name)

    assert status == 422
    assert problem["errors"][0]["field"] == "name"
    assert account.items() == []


def preview(body: dict[str, Any], name: str = "welcome") -> tuple[int, dict[str, Any]]:
    return call(handler, api_event(PREVIEW, path={"name": name}, body=body))


@pytest.mark.usefixtures("account")
def test_a_preview_shows_what_would_be_sent() -> None:
    put()
    body = {"notification_type": "email", "locale": "en-GB", "variables": {"name": "<Ada>"}}

    assert preview(body) == (
        200,
        {
            "version": 1,
            "locale": "en",
            "subject": "Welcome, <Ada>",
            "content": "Hi <Ada>: a book",
            "html": "<p>Hi &lt;Ada&gt;</p>",
        },
    )


@pytest.mark.usefixtures("account")
def test_an_older_version_can_be_previewed() -> None:
    put()
    put(changed("channels/sms/en/text", "Hello {{ name }}"))
    body = {"notification_type": "sms", "variables": {"name": "Ada"}}

    assert preview({**body, "version": 1})[1]["content"] == "Hi Ada"
    assert preview(body)[1]["content"] == "Hello Ada"


def test_what_an_editor_has_not_stored_yet_can_be_previewed(account: Account) -> None:
    body = {"notification_type": "sms", "variables": {"name": "Ada"}, "template": GOOD}

    status, answer = preview(body)

    assert (status, answer["content"], answer["version"]) == (200, "Hi Ada", None)
    assert account.items() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"notification_type": ...}, "notification_type"),
        ({"notification_type": "fax"}, "notification_type"),
        ({"notification_type": "in-app"}, "notification_type"),
        ({"variables": ...}, "variables.name"),
        ({"variables": []}, "variables"),
        ({"variables": {"name": "x" * 2_000}}, "template"),
        ({"locale": "x"}, "locale"),
        ({"locale": 4}, "locale"),
        ({"version": 0}, "version"),
        ({"version": "1"}, "version"),
        ({"version": 1, "template": GOOD}, "version"),
        ({"template": "x"}, "template"),
        ({"template": changed("channels/sms/en/text", "{{")}, "channels.sms.en.text"),
        ({"template": changed("channels/sms/en/text", 4)}, "template.channels.sms.en.text"),
        ({"unknown": 1}, "unknown"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_wrong_field_of_a_preview_is_named(change: dict[str, Any], field: str) -> None:
    put()
    whole = {"notification_type": "sms", "variables": {"name": "Ada"}, **change}
    body = {name: value for name, value in whole.items() if value is not ...}

    status, problem = preview(body)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.usefixtures("account")
def test_a_preview_of_what_is_not_there_is_404() -> None:
    put()
    body = {"notification_type": "sms", "variables": {"name": "Ada"}}

    assert preview(body, "other")[0] == 404
    assert preview({**body, "version": 2})[0] == 404


@pytest.mark.parametrize("route", [LIST, PUT, GET, VERSIONS, DELETE, PREVIEW])
@pytest.mark.parametrize(
    "caller",
    [
        {"kind": "user", "user": "4", "expires_at": "9999999999999"},
        {"kind": "api_key", "id": "k", "scopes": "send read"},
    ],
)
def test_only_an_administrator_gets_here(
    account: Account, route: str, caller: dict[str, str]
) -> None:
    assert call(handler, api_event(route, path=PATH, body=GOOD, caller=caller))[0] == 403
    assert account.items() == []


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("route", [LIST, PUT, GET, VERSIONS, DELETE, PREVIEW])
def test_without_the_table_the_answer_is_503(monkeypatch: pytest.MonkeyPatch, route: str) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")
    body = {"notification_type": "sms"} if route == PREVIEW else GOOD

    status, problem = call(handler, api_event(route, path=PATH, body=body))

    assert (status, problem["code"]) == (503, "unavailable")


@pytest.mark.usefixtures("account")
def test_nothing_of_a_template_or_its_values_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put()
    preview({"notification_type": "sms", "variables": {"name": "Ada the secret"}})
    put(changed("channels/sms/en/text", "{{ secret"))

    assert capsys.readouterr().out == ""
