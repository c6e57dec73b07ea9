"""Limits, from event to answer: 429, what its headers say, and what a limit costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.send.app import handler
from notificationd.runtime import aws
from tests.fakes.aws import TABLE
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

ONE = "POST /notifications"
MANY = "POST /notifications/batch"
EMAIL = {"user_id": 4, "notification_type": "email", "content": "hi", "to": "user4@example.com"}
SMS = {"user_id": 4, "notification_type": "sms", "content": "hi", "to": "+14155550104"}


@pytest.fixture
def five_sms_an_hour(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("RECIPIENT_LIMITS", "sms=5/hour")
    return account


@pytest.fixture
def two_a_minute(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("CALLER_LIMIT", "2/minute")
    return account


def test_nothing_is_limited_unless_it_is_set(account: Account) -> None:
    answer = handler(api_event(ONE, body=EMAIL), None)

    assert answer["statusCode"] == 201
    assert not [name for name in answer["headers"] if name.lower().startswith("ratelimit")]
    assert len(account.items()) == 1


def test_the_sixth_sms_of_an_hour_is_refused(five_sms_an_hour: Account) -> None:
    left = []
    for _ in range(5):
        answer = handler(api_event(ONE, body=SMS), None)
        assert answer["statusCode"] == 201
        left.append(answer["headers"]["RateLimit-Remaining"])
    answer = handler(api_event(ONE, body=SMS), None)
    status, problem = call(handler, api_event(ONE, body=SMS))

    assert left == ["4", "3", "2", "1", "0"]
    assert status == answer["statusCode"] == 429
    assert problem["code"] == "rate_limited"
    assert problem["detail"].startswith("This user may be sent 5 sms notifications in 3600 seconds")
    headers = answer["headers"]
    assert headers["RateLimit-Limit"] == "5"
    assert headers["RateLimit-Policy"] == "5;w=3600"
    assert headers["RateLimit-Remaining"] == "0"
    assert 600 < int(headers["Retry-After"]) <= 720
    assert int(headers["RateLimit-Reset"]) > 3_500
    assert len(five_sms_an_hour.messages("sms")) == 5


@pytest.mark.usefixtures("five_sms_an_hour")
def test_other_users_and_channels_have_limits_of_their_own() -> None:
    for _ in range(6):
        handler(api_event(ONE, body=SMS), None)

    assert call(handler, api_event(ONE, body={**SMS, "user_id": 5}))[0] == 201
    assert call(handler, api_event(ONE, body=EMAIL))[0] == 201


@pytest.mark.usefixtures("two_a_minute")
def test_in_a_batch_the_first_ones_go() -> None:
    status, body = call(handler, api_event(MANY, body={"notifications": [EMAIL] * 4}))

    assert status == 200
    assert [entry["status"] for entry in body["data"]] == [201, 201, 429, 429]
    assert body["data"][2]["problem"]["code"] == "rate_limited"


@pytest.mark.usefixtures("two_a_minute")
def test_a_batch_of_which_none_may_go_is_refused_as_a_whole() -> None:
    call(handler, api_event(MANY, body={"notifications": [EMAIL] * 2}))

    answer = handler(api_event(MANY, body={"notifications": [EMAIL] * 2}), None)

    assert answer["statusCode"] == 429
    assert "Retry-After" in answer["headers"]


def test_a_refused_request_may_be_made_again_with_its_key(two_a_minute: Account) -> None:
    for _ in range(2):
        call(handler, api_event(ONE, body=EMAIL))
    event = api_event(ONE, body=EMAIL, headers={"idempotency-key": "again"})
    assert call(handler, event)[0] == 429

    time_goes_by = {"pk": {"S": "LIMIT#k"}, "sk": {"S": "-"}}
    two_a_minute.dynamodb.delete_item(TableName=TABLE, Key=time_goes_by)

    assert call(handler, event)[0] == 201


@pytest.mark.usefixtures("two_a_minute")
def test_a_replayed_answer_takes_no_token() -> None:
    event = api_event(ONE, body=EMAIL, headers={"idempotency-key": "k"})
    assert [call(handler, event)[0] for _ in range(5)] == [201] * 5
    assert call(handler, api_event(ONE, body=EMAIL))[0] == 201


@pytest.mark.usefixtures("two_a_minute")
def test_a_limit_costs_one_write() -> None:
    calls: list[str] = []

    def take_down(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        calls.append(model.name)

    aws.dynamodb().meta.events.register("before-call.dynamodb", take_down)
    call(handler, api_event(MANY, body={"notifications": [EMAIL] * 2}))

    assert calls.count("UpdateItem") == 1


def test_a_limit_that_cannot_be_looked_at_lets_nothing_through(
    two_a_minute: Account,
) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    aws.dynamodb().meta.events.register("before-send.dynamodb.UpdateItem", fail)

    assert call(handler, api_event(ONE, body=EMAIL))[0] == 503
    assert two_a_minute.messages("email") == []
