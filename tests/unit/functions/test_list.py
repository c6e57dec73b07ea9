"""`GET /users/{id}/notifications` and one of them, from event to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from functions.list.app import handler
from functions.send.app import handler as send
from notificationd.runtime import aws
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

LIST = "GET /users/{id}/notifications"
ONE = "GET /users/{id}/notifications/{notification_id}"
FOREVER = "9999999999999"


def sent(count: int = 1, user_id: int | str = 4) -> list[str]:
    """Send in-app notifications and return their ids, newest first."""
    ids = []
    for number in range(count):
        body = {"user_id": user_id, "notification_type": "in-app", "content": f"hello {number}"}
        _, answer = call(send, api_event("POST /notifications", body=body))
        ids.append(answer["id"])
    return sorted(ids, reverse=True)


@pytest.mark.usefixtures("account")
def test_a_list_has_the_shape_of_the_contract() -> None:
    (notification_id,) = sent()

    status, body = call(handler, api_event(LIST, path={"id": "4"}))

    assert status == 200
    assert body["next"] is None
    (entry,) = body["data"]
    assert entry["id"] == notification_id
    assert entry["user_id"] == 4
    assert entry["notification_type"] == "in-app"
    assert entry["content"] == "hello 0"
    assert entry["status"] == "sent"
    assert entry["timestamp"].endswith("Z")


@pytest.mark.usefixtures("account")
def test_a_user_without_any_gets_the_answer_of_the_first_api() -> None:
    status, body = call(handler, api_event(LIST, path={"id": "4"}))

    assert status == 400
    assert body["error"] == "No notifications for user_id found."


@pytest.mark.usefixtures("account")
def test_an_empty_filter_result_is_no_error() -> None:
    sent()

    status, body = call(handler, api_event(LIST, path={"id": "4"}, query={"type": "sms"}))

    assert (status, body) == (200, {"data": [], "next": None})


@pytest.mark.usefixtures("account")
def test_cursors_lead_through_all_pages() -> None:
    ids = sent(5)

    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        status, body = call(handler, api_event(LIST, path={"id": "4"}, query=query))
        assert status == 200
        seen += [entry["id"] for entry in body["data"]]
        if body["next"] is None:
            break
        query["cursor"] = body["next"]

    assert seen == ids


@pytest.mark.usefixtures("account")
def test_pages_hold_still_while_others_are_sent() -> None:
    """What was there at the first page is shown once, whatever comes in between."""
    ids = sent(5)
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        _, body = call(handler, api_event(LIST, path={"id": "4"}, query=query))
        seen += [entry["id"] for entry in body["data"]]
        if body["next"] is None:
            break
        query["cursor"] = body["next"]
        sent(2)

    assert seen == ids


@pytest.mark.usefixtures("account")
def test_a_list_is_never_a_scan() -> None:
    sent(3)
    calls: list[str] = []

    def take_down(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        calls.append(model.name)

    aws.dynamodb().meta.events.register("before-call.dynamodb", take_down)
    for query in ({}, {"type": "sms"}, {"status": "failed"}, {"unread": "true"}):
        call(handler, api_event(LIST, path={"id": "4"}, query=query))

    assert set(calls) == {"Query", "GetItem"}


@pytest.mark.usefixtures("account")
def test_another_users_cursor_is_refused() -> None:
    sent(3, user_id=5)
    sent(3, user_id=4)
    _, page = call(handler, api_event(LIST, path={"id": "5"}, query={"limit": "1"}))

    event = api_event(LIST, path={"id": "4"}, query={"cursor": page["next"]})
    status, problem = call(handler, event)

    assert status == 422
    assert problem["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "9" * 5_000}, "limit"),
        ({"cursor": "mangled"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"type": "fax"}, "type"),
        ({"status": "lost"}, "status"),
        ({"stauts": "sent"}, "stauts"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_wrong_parameter_is_named(query: dict[str, str], field: str) -> None:
    status, problem = call(handler, api_event(LIST, path={"id": "4"}, query=query))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.usefixtures("account")
def test_one_notification_comes_with_its_timeline() -> None:
    (notification_id,) = sent()

    event = api_event(ONE, path={"id": "4", "notification_id": notification_id})
    status, body = call(handler, event)

    assert status == 200
    assert body["id"] == notification_id
    assert body["attempts"] == []
    assert body["attempt_count"] == 0
    assert body["next_attempt_at"] is None


@pytest.mark.parametrize("notification_id", ["nothing", "../PROFILE", "x" * 3_000])
@pytest.mark.usefixtures("account")
def test_an_unknown_notification_is_404(notification_id: str) -> None:
    sent()

    event = api_event(ONE, path={"id": "4", "notification_id": notification_id})

    assert call(handler, event)[0] == 404


@pytest.mark.parametrize(
    ("path", "caller", "status"),
    [
        ("4", {"kind": "user", "user": "4", "expires_at": FOREVER}, 200),
        ("5", {"kind": "user", "user": "4", "expires_at": FOREVER}, 403),
        ("4", {"kind": "api_key", "id": "k", "scopes": "read"}, 200),
        ("4", {"kind": "api_key", "id": "k", "scopes": "send admin"}, 403),
        ("4", {"kind": "nobody", "detail": "No."}, 401),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_user_token_opens_its_own_inbox_only(
    path: str, caller: dict[str, str], status: int
) -> None:
    sent()
    sent(user_id=5)

    assert call(handler, api_event(LIST, path={"id": path}, caller=caller))[0] == status


@pytest.mark.usefixtures("account")
def test_an_id_with_a_percent_sign_is_decoded() -> None:
    """API Gateway decodes a path but for the percent sign itself."""
    sent(user_id="50% off")

    assert call(handler, api_event(LIST, path={"id": "50%25 off"}))[0] == 200


def test_without_the_table_the_answer_is_503(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")

    status, _ = call(handler, api_event(LIST, path={"id": "4"}))

    assert status == 503
    assert account.items() == []
