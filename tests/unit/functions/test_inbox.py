"""`/users/{id}/inbox` and what changes it over HTTP, from event to answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.inbox.app import handler
from functions.list.app import handler as listing
from functions.send.app import handler as send
from functions.users.app import handler as users
from notificationd.adapters.dynamodb.connections import DynamoConnections
from notificationd.domain.errors import Unavailable
from notificationd.domain.ids import first_id, last_id, now_ms
from notificationd.runtime import services
from tests.fakes import aws
from tests.fakes.delivery import RecordingSockets
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

INBOX = "GET /users/{id}/inbox"
PATCH = "PATCH /users/{id}/notifications/{notification_id}"
READ_ALL = "POST /users/{id}/notifications/read-all"
LIST = "GET /users/{id}/notifications"
ONE = "GET /users/{id}/notifications/{notification_id}"
UNKNOWN = "0199a2b3-0000-7000-8000-000000000004"
FOREVER = "9999999999999"


@pytest.fixture(autouse=True)
def sockets(account: Account, monkeypatch: pytest.MonkeyPatch) -> RecordingSockets:
    """Let user 4 have two devices and user 5 one, and return what they are told."""
    table = DynamoConnections(account.dynamodb, aws.TABLE)
    for user, connection in (("4", "a="), ("4", "b="), ("5", "c=")):
        table.add(user, connection, now_ms())
    made = RecordingSockets()
    monkeypatch.setattr(services, "sockets", lambda _endpoint: made)
    return made


def sent(count: int = 1, channel: str = "in-app", user_id: int = 4) -> list[str]:
    """Send notifications and return their ids, newest first."""
    ids = []
    for _ in range(count):
        body = {"user_id": user_id, "notification_type": channel, "content": "hello"}
        if channel == "email":
            body["to"] = "user4@example.com"
        _, answer = call(send, api_event("POST /notifications", body=body))
        ids.append(answer["id"])
    return sorted(ids, reverse=True)


def patch(notification_id: str, **body: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - JSON
    path = {"id": "4", "notification_id": notification_id}
    return call(handler, api_event(PATCH, body=body, path=path))


def inbox(**query: str) -> dict[str, Any]:
    status, body = call(handler, api_event(INBOX, path={"id": "4"}, query=query))
    assert status == 200
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in body["data"]]


def test_the_inbox_shows_what_is_not_archived_newest_first_with_the_count() -> None:
    sent(1, "email")
    newest, archived, oldest = sent(3)
    patch(archived, archived=True)

    body = inbox()

    assert ids(body) == [newest, oldest]
    assert (body["unread"], body["unread_capped"], body["revision"]) == (2, False, 1)
    assert body["next"] is None
    assert body["recent"] == [oldest, newest]
    entry = body["data"][0]
    assert (entry["read"], entry["seen"], entry["archived"]) == (False, False, False)


def test_an_inbox_without_anything_is_empty_and_no_error() -> None:
    body = inbox()

    assert (body["data"], body["next"], body["unread"]) == ([], None, 0)


def test_cursors_lead_through_the_inbox() -> None:
    expected = sent(5)
    seen: list[str] = []
    body = inbox(limit="2")
    while body["next"] is not None:
        seen += ids(body)
        body = inbox(limit="2", cursor=body["next"])

    assert seen + ids(body) == expected


def test_the_inbox_and_the_list_can_be_asked_for_the_unread_or_the_others() -> None:
    sent(1, "email")
    unread, read, archived = sent(3)
    patch(read, read=True)
    patch(archived, archived=True)

    def listed(**query: str) -> list[str]:
        status, body = call(listing, api_event(LIST, path={"id": "4"}, query=query))
        assert status == 200
        return ids(body)

    assert ids(inbox(unread="true")) == [unread]
    assert ids(inbox(unread="false")) == [read]
    assert listed(unread="true") == [unread]
    assert listed(unread="false") == [read, archived]
    assert listed(unread="true", type="in-app", status="sent") == [unread]
    assert listed(unread="true", type="email") == []
    assert listed(unread="true", status="failed") == []
    assert listed(unread="true", limit="1") == [unread]


def test_a_list_without_anything_stays_the_first_api_s_answer_with_a_filter_too() -> None:
    event = api_event(LIST, path={"id": "4"}, query={"unread": "true"})

    assert call(listing, event)[0] == 400


def test_the_list_shows_how_in_app_notifications_stand_and_others_do_not() -> None:
    (email,) = sent(1, "email")
    read, new = sent(2)
    patch(read, read=True, seen=True)

    _, body = call(listing, api_event(LIST, path={"id": "4"}))

    standing = {e["id"]: (e.get("read"), e.get("seen"), e.get("archived")) for e in body["data"]}
    assert standing == {
        read: (True, True, False),
        new: (False, False, False),
        email: (None, None, None),
    }


def test_one_notification_tells_when_it_was_read() -> None:
    (each,) = sent()
    patch(each, read=True)

    path = {"id": "4", "notification_id": each}
    _, body = call(listing, api_event(ONE, path=path))

    assert body["read"] is True
    assert body["read_at"].endswith("Z")
    assert (body["seen_at"], body["archived_at"]) == (None, None)


@pytest.mark.parametrize("field", ["read", "seen", "archived"])
def test_a_mark_is_set_and_undone(sockets: RecordingSockets, field: str) -> None:
    (each,) = sent()
    sockets.frames.clear()

    done = patch(each, **{field: True})
    undone = patch(each, **{field: False})

    assert [status for status, _ in (done, undone)] == [200, 200]
    assert [body["notification"][field] for _, body in (done, undone)] == [True, False]
    assert [body["revision"] for _, body in (done, undone)] == [1, 2]
    assert [body["unread"] for _, body in (done, undone)] == [int(field == "seen"), 1]
    frames = [(connection, json.loads(frame)) for connection, frame in sockets.frames]
    told = [frame["state"] for connection, frame in frames if connection == "a="]
    undoing = {"read": "unread", "seen": "unseen", "archived": "unarchived"}
    assert told == [field, undoing[field]]
    assert {connection for connection, _ in frames} == {"a=", "b="}


def test_several_marks_are_made_one_after_the_other() -> None:
    (each,) = sent()

    status, body = patch(each, read=True, seen=True, archived=True)

    assert status == 200
    assert body["notification"]["read"] is body["notification"]["archived"] is True
    assert (body["revision"], body["unread"]) == (3, 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"read": None}, "body"),
        ({"read": "yes"}, "read"),
        ({"read": 1}, "read"),
        ({"deleted": True}, "deleted"),
    ],
)
def test_a_wrong_field_is_named_and_changes_nothing(
    account: Account, body: dict[str, Any], field: str
) -> None:
    (each,) = sent()
    before = account.items()

    status, problem = patch(each, **body)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert account.items() == before


def test_what_is_not_in_the_user_s_inbox_is_404() -> None:
    (theirs,) = sent(1, user_id=5)
    (email,) = sent(1, "email")

    for notification_id in (theirs, email, UNKNOWN, "nothing", "../PROFILE", "x" * 3_000):
        assert patch(notification_id, read=True)[0] == 404


@pytest.mark.parametrize("notification_id", ["nothing", "../PROFILE", "x" * 3_000])
def test_what_is_no_id_is_404_without_a_look_into_the_table(
    monkeypatch: pytest.MonkeyPatch, notification_id: str
) -> None:
    """It refuses a key of more than 1,024 bytes, and that would be a 503."""
    monkeypatch.setenv("TABLE_NAME", "gone")
    path = {"id": "4", "notification_id": notification_id}

    assert patch(notification_id, read=True)[0] == 404
    assert call(listing, api_event(ONE, path=path))[0] == 404


def test_everything_is_read_up_to_now_or_up_to_an_id(sockets: RecordingSockets) -> None:
    newest, second, _ = sent(3)
    sockets.frames.clear()

    status, some = call(handler, api_event(READ_ALL, path={"id": "4"}, body={"up_to": second}))
    _, rest = call(handler, api_event(READ_ALL, path={"id": "4"}, content_type=None))

    assert status == 200
    assert (some["up_to"], some["unread"], some["revision"]) == (second, 1, 1)
    assert newest <= rest["up_to"] <= last_id(now_ms())
    assert (rest["unread"], rest["revision"]) == (0, 2)
    frames = [json.loads(frame) for connection, frame in sockets.frames if connection == "a="]
    assert [frame["up_to"] for frame in frames] == [second, rest["up_to"]]


@pytest.mark.parametrize(
    "up_to",
    ["now", 5, UNKNOWN.upper(), pytest.param(first_id(now_ms() + 3_600_000), id="ahead"), ["x"]],
)
def test_an_end_that_is_no_notification_s_is_a_wrong_field(account: Account, up_to: object) -> None:
    before = account.items()

    status, problem = call(handler, api_event(READ_ALL, path={"id": "4"}, body={"up_to": up_to}))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == ["up_to"]
    assert account.items() == before


@pytest.mark.parametrize(
    ("caller", "reading", "changing"),
    [
        ({"kind": "user", "user": "4", "expires_at": FOREVER}, 200, 200),
        ({"kind": "user", "user": "5", "expires_at": FOREVER}, 403, 403),
        ({"kind": "api_key", "id": "k", "scopes": "read"}, 200, 403),
        ({"kind": "api_key", "id": "k", "scopes": "send"}, 403, 200),
        ({"kind": "api_key", "id": "k", "scopes": "admin"}, 403, 403),
        ({"kind": "nobody", "detail": "No."}, 401, 401),
    ],
)
def test_the_user_s_token_opens_it_and_a_key_with_the_scope(
    caller: dict[str, str], reading: int, changing: int
) -> None:
    (each,) = sent()
    one = {"id": "4", "notification_id": each}

    assert call(handler, api_event(INBOX, path={"id": "4"}, caller=caller))[0] == reading
    event = api_event(PATCH, path=one, body={"read": True}, caller=caller)
    assert call(handler, event)[0] == changing
    assert call(handler, api_event(READ_ALL, path={"id": "4"}, caller=caller))[0] == changing


def test_contact_points_and_the_inbox_keep_out_of_each_other_s_way() -> None:
    (each,) = sent()
    user = {"id": "4"}
    patch(each, read=True)

    assert call(users, api_event("GET /users/{id}", path=user))[0] == 404
    points = {"email": "user4@example.com"}
    assert call(users, api_event("PUT /users/{id}", path=user, body=points))[0] == 200

    assert (inbox()["unread"], inbox()["revision"]) == (0, 1)
    assert call(users, api_event("GET /users/{id}", path=user))[0] == 200


def test_devices_that_cannot_be_looked_up_do_not_undo_a_change(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (each,) = sent()

    def unavailable(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(DynamoConnections, "of", unavailable)

    status, body = patch(each, read=True)

    assert (status, body["unread"]) == (200, 0)
    assert "change_not_told" in capsys.readouterr().out


def test_without_the_table_the_answer_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")

    assert call(handler, api_event(INBOX, path={"id": "4"}))[0] == 503
    assert patch(UNKNOWN, read=True)[0] == 503
