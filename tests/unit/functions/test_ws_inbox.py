"""The WebSocket API's routes for the inbox, from a device's frame to what all devices are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.send.app import handler as send
from functions.ws_inbox.app import handler
from notificationd.adapters.dynamodb.connections import DynamoConnections
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.api.views import FRAME_BYTES
from notificationd.domain.errors import ConnectionGone, Unavailable
from notificationd.domain.ids import first_id, now_ms, time_of
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status, accepted
from notificationd.runtime import aws as runtime_aws
from notificationd.runtime import services
from tests.fakes import aws, make
from tests.fakes.delivery import RecordingSockets
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

MINE, OTHER, STRANGER = "mine=", "other=", "stranger="
UNKNOWN = "0199a2b3-0000-7000-8000-000000000004"


class Devices(RecordingSockets):
    """User 4 has two devices, and user 5 has one; `mine` is the one that says something."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        table = DynamoConnections(account.dynamodb, aws.TABLE)
        for user, connection in (("4", MINE), ("4", OTHER), ("5", STRANGER)):
            table.add(user, connection, now_ms())

    def say(self, action: str, raw: str | None = None, **fields: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - JSON
        """Say something and return what each device is told then, by connection."""
        self.frames.clear()
        body = json.dumps({"action": action, **fields}) if raw is None else raw
        assert handler(event(action, body), None) == {"statusCode": 200}
        return sorted(
            ((connection, json.loads(frame)) for connection, frame in self.frames),
            key=lambda told: told[0],
        )

    def answer(self, action: str, raw: str | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Say something that only this device is to be answered, and return the answer."""
        ((connection, answer),) = self.say(action, raw, **fields)
        assert connection == MINE
        found: dict[str, Any] = answer
        return found


@pytest.fixture
def devices(account: Account, monkeypatch: pytest.MonkeyPatch) -> Devices:
    made = Devices(account)
    monkeypatch.setattr(services, "sockets", lambda _endpoint: made)
    return made


def event(route: str, body: str) -> dict[str, Any]:
    context = {
        "routeKey": route,
        "connectionId": MINE,
        "apiId": "api",
        "stage": "live",
        "authorizer": {"kind": "user", "user": "4", "expires_at": "9999999999999"},
    }
    return {"requestContext": context, "body": body}


def sent(count: int = 1, user_id: int = 4, **fields: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Send in-app notifications and return their ids, newest first."""
    ids = []
    for number in range(count):
        body = {
            "user_id": user_id,
            "notification_type": "in-app",
            "content": f"hello {number}",
            **fields,
        }
        status, answer = call(send, api_event("POST /notifications", body=body))
        assert status == 201
        ids.append(answer["id"])
    return sorted(ids, reverse=True)


def stored(account: Account, at: int) -> str:
    """Store an in-app notification of another time and return its id."""
    notification = make.notification(id=first_id(at), channel=Channel.IN_APP)
    table = DynamoNotifications(account.dynamodb, aws.TABLE)
    table.create(accepted(notification, Status.SENT))
    return notification.id


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["id"] for each in answer["notifications"]]


def test_a_sync_answers_with_the_inbox_newest_first_and_what_is_unread(devices: Devices) -> None:
    newest, oldest = sent(2)

    answer = devices.answer("sync", ref="é 7")

    assert ids(answer) == [newest, oldest]
    first = answer["notifications"][0]
    assert (first["read"], first["seen"], first["archived"]) == (False, False, False)
    assert first["status"] == "sent"
    assert answer | {"notifications": [], "since": "", "settled": ""} == {
        "type": "sync",
        "notifications": [],
        "unread": 2,
        "unread_capped": False,
        "revision": 0,
        "read_up_to": None,
        "settled": "",
        "recent": [oldest, newest],
        "since": "",
        "next": None,
        "ref": "é 7",
    }
    assert now_ms() - 60_000 < time_of(answer["settled"]) <= now_ms() - 30_000
    assert now_ms() - 10_000 < time_of(answer["since"]) <= now_ms()


@pytest.mark.usefixtures("account")
def test_an_empty_inbox_is_no_error(devices: Devices) -> None:
    answer = devices.answer("sync")

    assert (answer["notifications"], answer["unread"], answer["next"]) == ([], 0, None)
    assert "ref" not in answer


def test_cursors_lead_through_all_pages_of_a_sync_and_keep_its_since(devices: Devices) -> None:
    expected = sent(5)
    seen: list[str] = []
    answer = devices.answer("sync", limit=2)
    since = answer["since"]
    while True:
        seen += ids(answer)
        assert answer["since"] == since
        if answer["next"] is None:
            break
        answer = devices.answer("sync", limit=2, cursor=answer["next"])

    assert seen == expected


def test_since_is_answered_with_an_overlap_of_half_a_minute(
    account: Account, devices: Devices
) -> None:
    """Ids are made before their records are stored: one below may have come later."""
    now = now_ms()
    made = {age: stored(account, now - age) for age in (61_000, 31_000, 29_000, 0)}

    answer = devices.answer("sync", since=first_id(now))
    longer = devices.answer("sync", since=first_id(now - 30_000))

    assert ids(answer) == [made[0], made[29_000]]
    assert ids(longer) == [made[0], made[29_000], made[31_000]]
    assert time_of(answer["since"]) >= now


def test_since_brings_the_archived_too_so_that_they_can_be_taken_off(devices: Devices) -> None:
    newest, archived = sent(2)
    devices.say("archive", ids=[archived])

    assert ids(devices.answer("sync")) == [newest]
    answer = devices.answer("sync", since=archived)

    assert [(each["id"], each["archived"]) for each in answer["notifications"]] == [
        (newest, False),
        (archived, True),
    ]


def test_a_page_never_outgrows_a_frame(devices: Devices) -> None:
    expected = sent(5, content="é" * 32_768)

    answer = devices.answer("sync")
    frames = [devices.frames[0][1]]
    seen = ids(answer)
    while answer["next"] is not None:
        answer = devices.answer("sync", cursor=answer["next"])
        frames.append(devices.frames[0][1])
        seen += ids(answer)

    assert seen == expected
    assert len(frames) == 5
    assert max(map(len, frames)) <= FRAME_BYTES
    assert all(each["content"] for each in answer["notifications"])


def test_a_notification_that_outgrows_a_frame_alone_comes_without_its_content(
    devices: Devices,
) -> None:
    small = sent(1)
    large = sent(1, content='"' * 65_536, data={"d": "x" * 16_000}, subject='"' * 255)

    answer = devices.answer("sync")

    assert ids(answer) == [*large, *small]
    assert len(devices.frames[0][1]) <= FRAME_BYTES
    first, second = answer["notifications"]
    assert (first["content"], first["truncated"]) == ("", True)
    assert first["data"] == {"d": "x" * 16_000}
    assert second["content"] == "hello 0"


@pytest.mark.parametrize(
    ("action", "state"),
    [("read", "read"), ("unread", "unread"), ("seen", "seen"), ("archive", "archived")],
)
def test_a_change_is_told_to_all_of_the_user_s_devices_and_to_nobody_else(
    devices: Devices, action: str, state: str
) -> None:
    first, second, third = sent(3)
    told = devices.say(action, ids=[second, first, second, UNKNOWN], ref="1")

    assert [connection for connection, _ in told] == [MINE, OTHER]
    assert told[0][1] == told[1][1]
    frame = told[0][1]
    assert (frame["type"], frame["state"], frame["ref"]) == ("state", state, "1")
    assert frame["ids"] == [second, first]
    assert frame["revision"] == 1
    assert frame["unread"] == (1 if action in {"read", "archive"} else 3)
    assert third in frame["recent"]


def test_reading_all_is_one_write_and_is_told_with_its_end(devices: Devices) -> None:
    newest, second, oldest = sent(3)
    writes = written()

    told = devices.say("read_all", up_to=second)

    assert [connection for connection, _ in told] == [MINE, OTHER]
    frame = told[0][1]
    assert (frame["type"], frame["state"], frame["up_to"]) == ("state", "read", second)
    assert "ids" not in frame
    assert (frame["unread"], frame["recent"], frame["read_up_to"]) == (1, [newest], second)
    answer = devices.answer("sync")
    assert [each["read"] for each in answer["notifications"]] == [False, True, True]
    assert ids(answer)[2] == oldest
    assert writes == ["UpdateItem"]


def written() -> list[str]:
    """Return a list that takes down the calls that write to the table from now on."""
    calls: list[str] = []

    def take_down(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        if model.name in {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}:
            calls.append(model.name)

    runtime_aws.dynamodb().meta.events.register("before-call.dynamodb", take_down)
    return calls


def test_a_hundred_are_changed_in_parts_each_with_a_frame_of_its_own(
    account: Account, devices: Devices
) -> None:
    """A transaction's items may have 4 MB in all."""
    made = [stored(account, now_ms() + number) for number in range(100)]

    told = devices.say("read", ids=made)

    mine = [frame for connection, frame in told if connection == MINE]
    assert [len(frame["ids"]) for frame in mine] == [24, 24, 24, 24, 4]
    assert [frame["revision"] for frame in mine] == [1, 2, 3, 4, 5]
    assert [frame["unread"] for frame in mine] == [76, 52, 28, 4, 0]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"action": "read"}, "ids", "wrong_type"),
        ({"action": "read", "ids": []}, "ids", "wrong_type"),
        ({"action": "read", "ids": UNKNOWN}, "ids", "wrong_type"),
        ({"action": "read", "ids": [UNKNOWN] * 101}, "ids", "wrong_type"),
        ({"action": "read", "ids": [1]}, "ids", "invalid"),
        ({"action": "read", "ids": ["x"]}, "ids", "invalid"),
        ({"action": "seen", "ids": [UNKNOWN.upper()]}, "ids", "invalid"),
        ({"action": "archive", "ids": [UNKNOWN], "id": UNKNOWN}, "id", "unknown_field"),
        ({"action": "archive", "ids": [UNKNOWN], "\ud800": 1}, "\ud800", "unknown_field"),
        ({"action": "read_all"}, "up_to", "missing"),
        ({"action": "read_all", "up_to": None}, "up_to", "missing"),
        ({"action": "read_all", "up_to": 7}, "up_to", "invalid"),
        ({"action": "read_all", "up_to": "now"}, "up_to", "invalid"),
        ({"action": "read_all", "up_to": first_id(now_ms() + 3_600_000)}, "up_to", "in_the_future"),
        ({"action": "sync", "since": "yesterday"}, "since", "invalid"),
        ({"action": "sync", "since": {}}, "since", "invalid"),
        ({"action": "sync", "limit": 0}, "limit", "wrong_type"),
        ({"action": "sync", "limit": 101}, "limit", "wrong_type"),
        ({"action": "sync", "limit": True}, "limit", "wrong_type"),
        ({"action": "sync", "limit": "9"}, "limit", "wrong_type"),
        ({"action": "sync", "cursor": "mangled"}, "cursor", "invalid"),
        ({"action": "sync", "cursor": 5}, "cursor", "invalid"),
        ({"action": "sync", "unread": True}, "unread", "unknown_field"),
    ],
)
def test_a_wrong_field_is_named_to_the_device_alone_and_changes_nothing(
    account: Account, devices: Devices, said: dict[str, Any], field: str, code: str
) -> None:
    before = account.items()

    answer = devices.answer(**said, ref="7")

    assert (answer["type"], answer["code"], answer["ref"]) == ("error", "invalid_request", "7")
    assert [(each["field"], each["code"]) for each in answer["errors"]] == [(field, code)]
    assert account.items() == before


def test_another_user_s_cursor_is_refused(devices: Devices) -> None:
    sent(3)
    cursor = devices.answer("sync", limit=1)["next"]
    stranger = event("sync", json.dumps({"action": "sync", "cursor": cursor}))
    stranger["requestContext"]["authorizer"]["user"] = "5"
    devices.frames.clear()

    handler(stranger, None)

    ((_, frame),) = devices.frames
    assert json.loads(frame)["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("action", ["read", "unread", "seen", "archive"])
def test_what_is_not_in_the_user_s_inbox_is_not_found(devices: Devices, action: str) -> None:
    (theirs,) = sent(1, user_id=5)

    answer = devices.answer(action, ids=[theirs, UNKNOWN])

    assert answer["code"] == "not_found"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ('{"action": "read", "ids": ["' + "x" * 40_000 + '"]}', "too_large"),
        ("{", "not_json"),
        ("", "not_json"),
        ("[" * 20_000, "not_json"),
        ("[]", "invalid_request"),
    ],
)
def test_a_frame_that_cannot_be_read_is_answered_and_the_socket_stays(
    account: Account, devices: Devices, raw: str, code: str
) -> None:
    answer = devices.answer("read", raw)

    assert (answer["type"], answer["code"]) == ("error", code)
    assert len(account.items()) == 3


@pytest.mark.parametrize("ref", [1, {}, "x" * 65, "\ud800"])
def test_a_ref_that_cannot_come_back_is_none(devices: Devices, ref: object) -> None:
    assert "ref" not in devices.answer("sync", ref=ref)


def test_without_the_table_the_device_is_told_to_try_again(
    devices: Devices, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")

    answer = devices.answer("read", ids=[UNKNOWN], ref="7")

    assert (answer["code"], answer["ref"]) == ("unavailable", "7")
    assert "frame_failed" in capsys.readouterr().out


def test_a_fault_of_ours_says_nothing_of_its_cause(
    devices: Devices, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TABLE_NAME")

    answer = devices.answer("sync")

    assert answer["code"] == "internal_error"
    assert "TABLE_NAME" not in json.dumps(answer)
    assert "Misconfiguration" in capsys.readouterr().out


def test_a_socket_that_is_gone_when_it_is_answered_is_forgotten(
    account: Account, devices: Devices
) -> None:
    devices.failing = {MINE: ConnectionGone()}

    assert devices.say("sync") == []

    assert not [item for item in account.items() if MINE in item["sk"]["S"]]


def test_an_answer_that_cannot_be_given_now_is_no_error(devices: Devices) -> None:
    devices.failing = {MINE: Unavailable()}

    assert devices.say("sync") == []


def test_a_device_that_cannot_be_told_keeps_no_other_from_it(devices: Devices) -> None:
    (each,) = sent()
    devices.failing = {MINE: Unavailable()}

    assert [connection for connection, _ in devices.say("read", ids=[each])] == [OTHER]


def test_the_log_has_ids_but_no_content(
    devices: Devices, capsys: pytest.CaptureFixture[str]
) -> None:
    (each,) = sent(1, content="something private", subject="my subject")
    devices.say("read", ids=[each])
    devices.say("sync")

    log = capsys.readouterr().out
    assert '"message":"marked"' in log.replace(" ", "")
    for private in ("something private", "my subject"):
        assert private not in log
