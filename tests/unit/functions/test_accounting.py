"""The books, from the stream's events to the answer of the API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from functions.accounting.app import handler as accounting
from functions.tally.app import handler as tally
from notificationd.adapters.dynamodb.sheets import SHEETS
from notificationd.domain.ids import now_ms
from notificationd.runtime import aws as runtime_aws
from notificationd.runtime.logs import InvocationFailed
from tests.unit.functions.conftest import Account, api_event, call

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR_MS = 3_600_000
NOTHING = {
    "accepted": 0,
    "sent": 0,
    "failed": 0,
    "expired": 0,
    "cancelled": 0,
    "in_progress": 0,
}


def rfc3339(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat().replace("+00:00", "Z")


def change(  # noqa: PLR0913 - what a change consists of
    sequence: int,
    before: str | None,
    after: str | None,
    *,
    channel: str = "email",
    created: int | None = None,
    sk: str = "NOTIFICATION#1",
) -> dict[str, Any]:
    def image(status: str) -> dict[str, Any]:
        return {
            "status": {"S": status},
            "channel": {"S": channel},
            "created": {"N": str(now_ms() if created is None else created)},
            "content": {"S": "a secret"},
        }

    write: dict[str, Any] = {
        "ApproximateCreationDateTime": float(now_ms() // 1000),
        "Keys": {"pk": {"S": "USER#4"}, "sk": {"S": sk}},
        "SequenceNumber": str(sequence),
    }
    if before:
        write["OldImage"] = image(before)
    if after:
        write["NewImage"] = image(after)
    return {"eventID": f"event-{sequence}", "dynamodb": write}


def count(*records: dict[str, Any], shard: str = "shard-1") -> dict[str, Any]:
    return tally({"Records": list(records), "shardId": shard, "state": {}}, None)


def books(**query: str) -> dict[str, Any]:
    status, body = call(accounting, api_event("GET /accounting", query=query))
    assert status == 200, body
    return body


@pytest.fixture
def calls(account: Account) -> Iterator[list[str]]:  # noqa: ARG001 - order
    """What the functions ask of the table."""
    made: list[str] = []
    client = runtime_aws.dynamodb()

    def note(model: Any, **_: Any) -> None:  # noqa: ANN401 - botocore's
        made.append(model.name)

    client.meta.events.register("before-call.dynamodb", note)
    yield made
    client.meta.events.unregister("before-call.dynamodb", note)


@pytest.mark.usefixtures("account")
def test_what_is_accepted_is_shown_by_hour_and_channel() -> None:
    now = now_ms()
    count(
        change(1, None, "pending", created=now),
        change(2, None, "pending", created=now),
        change(3, None, "sent", channel="in-app", created=now - HOUR_MS),
        change(4, "pending", "sent", created=now),
        change(5, None, "pending", channel="sms", created=now),
        change(6, "pending", "failed", channel="sms", created=now),
    )

    answer = books()

    hour = rfc3339(now // HOUR_MS * HOUR_MS).replace("Z", ".000Z")
    earlier = rfc3339(now // HOUR_MS * HOUR_MS - HOUR_MS).replace("Z", ".000Z")
    email = {**NOTHING, "accepted": 2, "sent": 1, "in_progress": 1}
    sms = {**NOTHING, "accepted": 1, "failed": 1}
    in_app = {**NOTHING, "accepted": 1, "sent": 1}
    assert answer["data"] == [
        {"hour": earlier, "notification_type": "in-app", **in_app},
        {"hour": hour, "notification_type": "email", **email},
        {"hour": hour, "notification_type": "sms", **sms},
    ]
    assert answer["totals"] == {"in-app": in_app, "sms": sms, "email": email}
    assert answer["total"] == {**NOTHING, "accepted": 4, "sent": 2, "failed": 1, "in_progress": 1}
    assert datetime.fromisoformat(answer["counted_up_to"]).timestamp() * 1000 >= now - 1_000


@pytest.mark.usefixtures("account")
def test_where_nothing_was_accepted_there_is_nothing_to_show() -> None:
    answer = books()

    assert (answer["data"], answer["counted_up_to"]) == ([], None)
    assert answer["total"] == NOTHING


def test_what_is_removed_or_keeps_its_status_changes_nothing_and_costs_nothing(
    calls: list[str],
) -> None:
    """Most of an email's changes are a claim, or a try that is to be repeated."""
    count(change(1, None, "pending"))
    before = books()
    calls.clear()

    count(change(2, "pending", "pending"), change(3, "pending", None))

    assert calls == []
    assert books()["data"] == before["data"]


@pytest.mark.usefixtures("account")
def test_what_is_no_notification_is_not_counted() -> None:
    count(change(1, None, "pending", sk="PROFILE"))

    assert books()["data"] == []


def test_a_batch_is_counted_by_one_write(calls: list[str]) -> None:
    count(*(change(number, None, "pending") for number in range(1, 501)))

    assert calls == ["Query", "PutItem"]
    assert books()["total"]["accepted"] == 500


def test_a_batch_that_comes_again_writes_nothing(calls: list[str]) -> None:
    batch = [change(number, None, "pending") for number in range(1, 10)]
    count(*batch)
    calls.clear()

    count(*batch)

    assert calls == ["Query"]
    assert books()["total"]["accepted"] == 9


def test_what_has_joined_a_batch_that_comes_again_is_counted_by_one_write(
    calls: list[str],
) -> None:
    batch = [change(number, None, "pending") for number in range(1, 10)]
    count(*batch[:4])
    calls.clear()

    count(*batch)

    assert calls == ["Query", "PutItem"]
    assert books()["total"]["accepted"] == 9


@pytest.mark.usefixtures("account")
def test_shards_have_numbers_of_their_own() -> None:
    count(change(1_000, None, "pending"), shard="shard-1")
    count(change(1, None, "pending"), shard="shard-2")

    assert books()["total"]["accepted"] == 2


def test_the_end_of_a_window_is_no_change(calls: list[str]) -> None:
    state = {"anything": 1}
    event = {"Records": [], "shardId": "shard-1", "state": state, "isFinalInvokeForWindow": True}

    answer = tally(event, None)

    assert answer == {"state": state}
    assert calls == []


@pytest.mark.usefixtures("account")
def test_a_batch_that_does_not_name_its_shard_is_counted_in_the_local_run_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = {"Records": [change(1, None, "pending")]}
    with pytest.raises(InvocationFailed):
        tally(event, None)

    monkeypatch.setenv("ENVIRONMENT", "local")

    assert tally(event, None) == {"state": {}}


def test_a_record_that_cannot_be_read_is_not_passed_over(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """The batch comes again until somebody has mended it; an alarm tells."""
    with pytest.raises(InvocationFailed):
        count(change(1, None, "pending"), change(2, None, "sleeping"))

    assert account.items() == []
    out = capsys.readouterr().out
    assert "change_not_understood" in out
    assert "a secret" not in out


def test_the_books_hold_numbers_alone(account: Account) -> None:
    count(change(1, None, "pending"))

    (item,) = account.items()
    assert item["pk"]["S"] == SHEETS
    assert "secret" not in json.dumps(item)
    assert "USER" not in json.dumps(item)


@pytest.mark.usefixtures("account")
def test_whole_hours_are_meant() -> None:
    answer = books(**{"from": "2026-11-20T14:31:00+01:00", "to": "2026-11-20T15:00:01Z"})

    assert answer["from"] == "2026-11-20T13:00:00.000Z"
    assert answer["to"] == "2026-11-20T16:00:00.000Z"


@pytest.mark.usefixtures("account")
def test_without_a_range_it_is_the_last_day() -> None:
    answer = books()

    first, last = (datetime.fromisoformat(answer[name]) for name in ("from", "to"))
    assert (last - first).total_seconds() == 24 * 3600
    assert 0 <= last.timestamp() * 1000 - now_ms() <= HOUR_MS


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-11-20T14:00:00"}, "from"),
        ({"to": "1795400000"}, "to"),
        ({"since": "2026-11-20T14:00:00Z"}, "since"),
        ({"start": "2026-11-20T14:00:00Z"}, "start"),
        ({"from": "2026-11-20T14:00:00Z", "to": "2026-11-20T14:00:00Z"}, "from"),
        ({"from": "2026-11-20T16:00:00Z", "to": "2026-11-20T14:00:00Z"}, "from"),
        ({"from": "2026-10-20T13:59:59Z", "to": "2026-11-20T14:00:00Z"}, "from"),
        ({"from": "2020-11-20T13:00:00Z", "to": "2020-11-20T14:00:00Z"}, "from"),
        ({"from": "0001-01-01T00:00:00+14:00", "to": "0001-01-01T00:00:00Z"}, "from"),
        ({"from": "9999-12-31T23:00:00Z", "to": "9999-12-31T23:59:59-14:00"}, "from"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_range_that_makes_no_sense_is_refused(query: dict[str, str], field: str) -> None:
    status, body = call(accounting, api_event("GET /accounting", query=query))

    assert status == 422, body
    assert [each["field"] for each in body["errors"]] == [field]


@pytest.mark.usefixtures("account")
def test_a_month_can_be_asked_for_in_one_query(calls: list[str]) -> None:
    month = {"from": rfc3339(now_ms() - 30 * 24 * HOUR_MS), "to": rfc3339(now_ms())}
    count(change(1, None, "pending"))
    calls.clear()

    assert books(**month)["total"]["accepted"] == 1
    assert calls == ["Query"]


@pytest.mark.parametrize(
    "caller",
    [
        {"kind": "api_key", "id": "k", "scopes": "send read"},
        {"kind": "user", "user": "4", "expires_at": "9999999999999"},
    ],
)
@pytest.mark.usefixtures("account")
def test_only_an_operator_sees_the_books(caller: dict[str, str]) -> None:
    status, body = call(accounting, api_event("GET /accounting", caller=caller))

    assert (status, body["code"]) == (403, "forbidden")
