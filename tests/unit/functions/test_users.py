"""`/users/{id}` and its tokens, from event to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
import pytest

from functions.users.app import handler
from tests.unit.functions.conftest import TOKEN_SECRET, api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

PUT = "PUT /users/{id}"
GET = "GET /users/{id}"
TOKENS = "POST /users/{id}/tokens"
PATH = {"id": "4"}


@pytest.mark.usefixtures("account")
def test_contact_points_are_normalised_stored_and_shown() -> None:
    body = {"email": "User4@EXAMPLE.com", "phone": "+1 (415) 555-0104"}
    expected = {"user_id": "4", "email": "User4@example.com", "phone": "+14155550104"}

    assert call(handler, api_event(PUT, path=PATH, body=body)) == (200, expected)
    assert call(handler, api_event(GET, path=PATH)) == (200, expected)


@pytest.mark.usefixtures("account")
def test_what_is_left_out_or_null_is_removed() -> None:
    full = {"email": "user4@example.com", "phone": "+14155550104"}
    call(handler, api_event(PUT, path=PATH, body=full))

    call(handler, api_event(PUT, path=PATH, body={"phone": None}))

    _, body = call(handler, api_event(GET, path=PATH))
    assert body == {"user_id": "4", "email": None, "phone": None}


@pytest.mark.usefixtures("account")
def test_an_unknown_user_is_404() -> None:
    assert call(handler, api_event(GET, path=PATH))[0] == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"email": "nobody"}, ["email"]),
        ({"phone": "555-0104"}, ["phone"]),
        ({"email": "nobody", "phone": "1"}, ["email", "phone"]),
        ({"email": 4}, ["email"]),
        ({"fax": "+14155550104"}, ["fax"]),
    ],
)
def test_wrong_contact_points_are_named_and_not_stored(
    account: Account, body: dict[str, Any], fields: list[str]
) -> None:
    status, problem = call(handler, api_event(PUT, path=PATH, body=body))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == fields
    assert account.items() == []


@pytest.mark.parametrize("user", ["", "u" * 129, "a\nb", "..", "a/b"])
@pytest.mark.usefixtures("account")
def test_a_bad_id_in_the_path_is_named(user: str) -> None:
    status, problem = call(handler, api_event(PUT, path={"id": user}, body={}))

    assert status == 422
    assert problem["errors"][0]["field"] == "user_id"


@pytest.mark.usefixtures("account")
def test_a_token_is_for_its_user_and_ends_soon() -> None:
    status, body = call(handler, api_event(TOKENS, path=PATH, body={"expires_in": 60}))

    assert status == 201
    claims = jwt.decode(body["token"], TOKEN_SECRET, algorithms=["HS256"])
    assert claims["sub"] == "4"
    assert claims["exp"] - claims["iat"] == 60
    assert body["websocket_url"] == "wss://sockets.example.com/live"


@pytest.mark.usefixtures("account")
def test_a_token_needs_no_body() -> None:
    assert call(handler, api_event(TOKENS, path=PATH))[0] == 201


@pytest.mark.parametrize("seconds", [59, 86_401, "60", 60.0, None])
@pytest.mark.usefixtures("account")
def test_a_token_cannot_last_for_ever(seconds: object) -> None:
    event = api_event(TOKENS, path=PATH, body={"expires_in": seconds})
    status, problem = call(handler, event)

    assert status == 422
    assert problem["errors"][0]["field"] == "expires_in"


@pytest.mark.parametrize("route", [PUT, GET, TOKENS])
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
    assert call(handler, api_event(route, path=PATH, body={}, caller=caller))[0] == 403
    assert account.items() == []
