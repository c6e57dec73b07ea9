"""`/dead-letters`, from event to answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from functions.dead_letters.app import handler
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import write_message
from notificationd.domain.record import Attempt, Outcome, Reason, Status, accepted
from tests.fakes import aws, make
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from notificationd.domain.notification import Notification
    from tests.unit.functions.conftest import Account

LIST = "GET /dead-letters"
REDRIVE = "POST /dead-letters/redrive"
FAILED_AT = 1_795_405_422_674
ATTEMPT = Attempt(
    at=FAILED_AT, provider="mailgun", outcome=Outcome.RETRYABLE, code="500", text="down"
)


def bury(account: Account, **fields: object) -> Notification:
    notification = make.notification(**fields)
    record = replace(
        accepted(notification, Status.FAILED),
        reason=Reason.RETRIES_EXHAUSTED,
        updated_at=FAILED_AT,
        attempts=(ATTEMPT,),
        attempt_count=7,
    )
    DynamoNotifications(account.dynamodb, aws.TABLE).create(record)
    put(account, write_message(notification))
    return notification


def put(account: Account, body: str) -> str:
    queue = account.queues["dead-letters"]
    return account.sqs.send_message(QueueUrl=queue, MessageBody=body)["MessageId"]


def test_a_letter_is_listed_with_what_is_known_of_it(account: Account) -> None:
    notification = bury(account)

    status, body = call(handler, api_event(LIST))

    assert status == 200
    (letter,) = body["data"]
    assert body["more"] is False
    assert letter.pop("created_at").startswith("2027-")
    assert letter == {
        "id": notification.id,
        "reason": "retries_exhausted",
        "user_id": 4,
        "notification_type": "email",
        "failed_at": "2026-11-23T03:43:42.674Z",
        "attempt_count": 7,
        "last_attempt": {
            "at": "2026-11-23T03:43:42.674Z",
            "provider": "mailgun",
            "outcome": "retryable",
            "code": "500",
            "detail": "down",
            "provider_message_id": None,
        },
    }


def test_a_malformed_one_and_one_without_a_record_are_listed_too(account: Account) -> None:
    malformed = put(account, "[1]")
    notification = make.notification()
    put(account, write_message(notification))

    _, body = call(handler, api_event(LIST))

    letters = {letter["id"]: letter for letter in body["data"]}
    assert letters[malformed] == {"id": malformed, "reason": "malformed"}
    assert letters[notification.id]["reason"] == "unmarked"
    assert letters[notification.id]["last_attempt"] is None


def test_one_that_only_a_later_release_can_read_is_named_and_stays(account: Account) -> None:
    notification = make.notification()
    later = {"v": 99, "id": notification.id, "content": ["a shape of another day"]}
    put(account, json.dumps(later))

    _, listed = call(handler, api_event(LIST, query={"reason": "newer"}))
    _, redriven = call(handler, api_event(REDRIVE, body={"all": True}))
    _, still = call(handler, api_event(LIST))

    assert listed["data"] == [{"id": notification.id, "reason": "newer"}]
    assert redriven["skipped"] == [{"id": notification.id, "reason": "newer"}]
    assert still["data"] == listed["data"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"channel": "email"}, 2),
        ({"channel": "sms"}, 0),
        ({"reason": "retries_exhausted", "limit": "2"}, 2),
        ({"reason": "refused"}, 0),
        ({"since": "2026-11-23T03:43:42Z", "until": "2026-11-23T05:43:43+02:00"}, 2),
        ({"since": "2026-11-23T03:43:43Z"}, 0),
        ({"ids": "a,b"}, 0),
    ],
)
def test_a_query_chooses(account: Account, query: dict[str, str], count: int) -> None:
    bury(account)
    bury(account)

    status, body = call(handler, api_event(LIST, query=query))

    assert status == 200
    assert len(body["data"]) == count


def test_the_rest_is_announced(account: Account) -> None:
    bury(account)
    bury(account)

    _, body = call(handler, api_event(LIST, query={"limit": "1"}))

    assert (len(body["data"]), body["more"]) == (1, True)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"limit": "0"}, "limit", "greater_than_equal"),
        ({"limit": "101"}, "limit", "less_than_equal"),
        ({"channel": "fax"}, "channel", "unknown_value"),
        ({"reason": "weather"}, "reason", "unknown_value"),
        ({"since": "yesterday"}, "since", "not_a_time"),
        ({"until": "2026-11-23T03:43:43"}, "until", "not_a_time"),
        ({"ids": ""}, "ids", "string_too_short"),
        ({"all": "true"}, "all", "unknown_field"),
    ],
)
@pytest.mark.usefixtures("account")
def test_a_wrong_query_is_named(query: dict[str, str], field: str, code: str) -> None:
    status, problem = call(handler, api_event(LIST, query=query))

    assert status == 422
    assert [(each["field"], each["code"]) for each in problem["errors"]] == [(field, code)]


def test_what_is_redriven_is_on_its_queue_and_gone_from_the_letters(account: Account) -> None:
    email = bury(account)
    sms = bury(account, channel="sms", to="+14155550104")
    malformed = put(account, "{}")

    status, body = call(handler, api_event(REDRIVE, body={"all": True}))

    assert status == 200
    skipped = [{"id": malformed, "reason": "malformed"}]
    assert body == {"redriven": 2, "skipped": skipped, "more": False}
    assert [message["id"] for message in account.messages("email")] == [email.id]
    assert [message["id"] for message in account.messages("sms")] == [sms.id]
    record = DynamoNotifications(account.dynamodb, aws.TABLE).get("4", email.id)
    assert record is not None
    assert (record.status, record.reason, record.attempts) == (Status.PENDING, None, (ATTEMPT,))
    assert [each["id"] for each in call(handler, api_event(LIST))[1]["data"]] == [malformed]


@pytest.mark.parametrize("named", [{"channel": "sms"}, {"all": True, "channel": "sms"}])
def test_a_filter_narrows_it(account: Account, named: dict[str, Any]) -> None:
    bury(account)

    _, body = call(handler, api_event(REDRIVE, body=named))

    assert body == {"redriven": 0, "skipped": [], "more": False}
    assert account.messages("email") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "all"),
        ({"all": False}, "all"),
        ({"all": True, "ids": ["a"]}, "all"),
        ({"all": "yes"}, "all"),
        ({"ids": []}, "ids"),
        ({"ids": [4]}, "ids"),
        ({"ids": ["a"] * 101}, "ids"),
        ({"limit": 4}, "limit"),
    ],
)
def test_a_redrive_has_to_say_what_is_meant(
    account: Account, body: dict[str, Any], field: str
) -> None:
    bury(account)

    status, problem = call(handler, api_event(REDRIVE, body=body))

    assert status == 422
    assert [each["field"] for each in problem["errors"]] == [field]
    assert account.messages("email") == []


@pytest.mark.parametrize("route", [LIST, REDRIVE])
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
    bury(account)

    assert call(handler, api_event(route, body={"all": True}, caller=caller))[0] == 403
    assert account.messages("email") == []
