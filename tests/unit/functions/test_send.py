"""`POST /notifications` from event to answer."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.send.app import handler
from notificationd.adapters.dynamodb.templates import DynamoTemplates
from notificationd.domain.notification import Channel
from notificationd.domain.template import Body, Version, fingerprint
from notificationd.runtime import aws
from tests.fakes.aws import TABLE
from tests.fakes.templates import template
from tests.unit.functions.conftest import api_event, call

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

ROUTE = "POST /notifications"
GOOD = {
    "user_id": 4,
    "notification_type": "email",
    "content": "hello, world!",
    "to": "user4@example.com",
}


def test_a_notification_is_accepted_in_the_words_of_the_first_api(account: Account) -> None:
    status, body = call(handler, api_event(ROUTE, body=GOOD))

    assert status == 201
    assert body["message"] == "Notification queued"
    (message,) = account.messages("email")
    assert message["id"] == body["id"]
    assert message["to"] == "user4@example.com"
    (item,) = account.items()
    assert item["sk"]["S"] == f"NOTIFICATION#{body['id']}"
    assert item["status"]["S"] == "pending"


def test_an_ordinary_record_fits_into_one_write_unit(account: Account) -> None:
    body = {**GOOD, "content": "x" * 300, "subject": "y" * 60}
    call(handler, api_event(ROUTE, body=body))

    (item,) = account.items()
    size = sum(len(name) + len(json.dumps(value)) for name, value in item.items())
    assert size < 1024


def test_an_in_app_send_is_one_write_and_one_look_for_devices(account: Account) -> None:
    """Neither a count nor a revision is kept by it: those who change the inbox do that."""
    calls: list[str] = []

    def take_down(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        calls.append(model.name)

    aws.dynamodb().meta.events.register("before-call.dynamodb", take_down)
    body = {"user_id": 4, "notification_type": "in-app", "content": "hello"}

    assert call(handler, api_event(ROUTE, body=body))[0] == 201
    assert sorted(calls) == ["PutItem", "Query"]
    assert len(account.items()) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"notification_type": "fax"}, "notification_type"),
        ({"notification_type": None}, "notification_type"),
        ({"notification_type": 1}, "notification_type"),
        ({"user_id": {}}, "user_id"),
        ({"user_id": -1.5}, "user_id"),
        ({"user_id": 4.0}, "user_id"),
        ({"user_id": True}, "user_id"),
        ({"user_id": None}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "u" * 10_000}, "user_id"),
        ({"content": {"a": 1}}, "content"),
        ({"content": None}, "content"),
        ({"content": 5}, "content"),
        ({"content": ""}, "content"),
        ({"content": "c" * 65 * 1024}, "content"),
        ({"to": 7}, "to"),
        ({"to": "nobody"}, "to"),
        ({"to": ""}, "to"),
        ({"subject": ["s"]}, "subject"),
        ({"data": []}, "data"),
        ({"delivery": "twice"}, "delivery"),
        ({"expires_in": 0}, "expires_in"),
        ({"expires_in": 345_601}, "expires_in"),
        ({"expires_in": "60"}, "expires_in"),
        ({"expires_in": 1.5}, "expires_in"),
        ({"unknown": 1}, "unknown"),
        ({"\ud800": 1}, "body"),
    ],
)
def test_a_wrong_field_is_named_and_leaves_nothing(
    account: Account, change: dict[str, Any], field: str
) -> None:
    status, problem = call(handler, api_event(ROUTE, body={**GOOD, **change}))

    assert status == 422
    assert problem["code"] == "invalid_request"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["error"] == problem["detail"]
    assert account.messages("email") == []
    assert account.items() == []


@pytest.mark.parametrize("field", ["user_id", "notification_type", "content"])
def test_a_missing_field_is_named(account: Account, field: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != field}

    status, problem = call(handler, api_event(ROUTE, body=body))

    assert status == 422
    assert problem["errors"] == [{"field": field, "code": "missing", "detail": "is missing"}]
    assert account.items() == []


def store(account: Account, **fields: Any) -> None:  # noqa: ANN401 - any field of a template
    made = template(**fields)
    templates = DynamoTemplates(account.dynamodb, TABLE)
    head = templates.head("welcome")
    number = head.number + 1 if head else 1
    version = Version(name="welcome", number=number, created_at=0, template=made)
    templates.add(version, fingerprint(made))


BY_TEMPLATE: dict[str, Any] = {
    "user_id": 4,
    "notification_type": "email",
    "to": "user4@example.com",
    "template": "welcome",
    "locale": "en-GB",
    "variables": {"name": "<Ada>"},
}


def test_a_template_is_rendered_as_it_is_accepted(account: Account) -> None:
    store(account)

    status, body = call(handler, api_event(ROUTE, body=BY_TEMPLATE))

    assert status == 201
    (message,) = account.messages("email")
    assert message["subject"] == "Welcome, <Ada>!"
    assert message["content"] == "Hi <Ada>, here is a book for you."
    assert message["html"] == "<p>Hi &lt;Ada&gt;, here is a book for you.</p>"
    (item,) = (item for item in account.items() if item["sk"]["S"].endswith(body["id"]))
    assert item["content"]["S"] == message["content"]
    assert "html" not in item


def test_a_templated_send_reads_the_head_and_once_the_version(account: Account) -> None:
    store(account)
    calls: list[str] = []

    def take_down(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        calls.append(model.name)

    aws.dynamodb().meta.events.register("before-call.dynamodb", take_down)

    for _ in range(3):
        assert call(handler, api_event(ROUTE, body=BY_TEMPLATE))[0] == 201

    assert sorted(calls) == ["GetItem"] * 4 + ["PutItem"] * 3


def test_a_version_that_has_just_been_stored_is_the_one_that_is_sent(account: Account) -> None:
    store(account)
    call(handler, api_event(ROUTE, body=BY_TEMPLATE))
    store(account, bodies={Channel.EMAIL: {"en": Body(text="Another, {{ name }}")}})

    call(handler, api_event(ROUTE, body=BY_TEMPLATE))
    call(handler, api_event(ROUTE, body={**BY_TEMPLATE, "template": "welcome@1"}))

    contents = [message["content"] for message in account.messages("email")]
    assert sorted(contents) == [
        "Another, <Ada>",
        "Hi <Ada>, here is a book for you.",
        "Hi <Ada>, here is a book for you.",
    ]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"template": "other"}, ["template"]),
        ({"template": "welcome@2"}, ["template"]),
        ({"template": "Welcome!"}, ["template"]),
        ({"template": {"name": "welcome"}}, ["template"]),
        ({"template": None}, ["content"]),
        ({"content": "hello"}, ["content"]),
        ({"subject": "hello", "html": "<p>"}, ["subject", "html"]),
        ({"locale": "german"}, ["locale"]),
        ({"locale": 4}, ["locale"]),
        ({"variables": None}, ["variables.name"]),
        ({"variables": {}}, ["variables.name"]),
        ({"variables": []}, ["variables"]),
        ({"variables": {"name": "x" * 17_000}}, ["variables"]),
        ({"variables": {"name": "a\nb"}}, ["template"]),
        ({"variables": {"name": "x" * 250}}, ["template"]),
        ({"variables": {"name": "\x00"}}, ["template", "template", "template"]),
        ({"variables": {"name": "\ud800"}}, ["variables"]),
        ({"variables": {"name": {}}}, ["template"]),
        ({"template": None, "content": "hello"}, ["locale", "variables"]),
        ({"user_id": ""}, ["user_id"]),
    ],
)
def test_what_keeps_a_template_from_being_sent_is_named(
    account: Account, change: dict[str, Any], fields: list[str]
) -> None:
    store(account)
    before = account.items()

    status, problem = call(handler, api_event(ROUTE, body={**BY_TEMPLATE, **change}))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == fields
    assert account.messages("email") == []
    assert account.items() == before


def test_a_channel_without_a_body_is_named(account: Account) -> None:
    store(account, bodies={Channel.EMAIL: {"en": Body(text="Hi")}})
    body = {**BY_TEMPLATE, "notification_type": "sms", "to": "+14155550123"}

    status, problem = call(handler, api_event(ROUTE, body=body))

    assert status == 422
    assert problem["errors"][0]["field"] == "notification_type"
    assert problem["errors"][0]["code"] == "no_body"


def test_an_email_may_have_html_of_its_own(account: Account) -> None:
    status, _ = call(handler, api_event(ROUTE, body={**GOOD, "html": "<p>hello</p>"}))

    assert status == 201
    (message,) = account.messages("email")
    assert message["html"] == "<p>hello</p>"


def in_base64(body: bytes) -> dict[str, Any]:
    """Return the event of a body that API Gateway does not take for text."""
    return {
        **api_event(ROUTE, raw=base64.b64encode(body).decode()),
        "isBase64Encoded": True,
    }


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (api_event(ROUTE, raw="{"), 400),
        (api_event(ROUTE, raw=""), 400),
        (api_event(ROUTE), 400),
        (api_event(ROUTE, raw="[" * 100_000), 400),
        (api_event(ROUTE, raw='{"user_id": ' + "1" * 5_000 + "}"), 400),
        (api_event(ROUTE, body=GOOD, content_type=None), 400),
        (api_event(ROUTE, body=GOOD, content_type="text/plain"), 400),
        (api_event(ROUTE, raw="\ud800"), 400),
        (api_event(ROUTE, raw='{"data": {"a": NaN}}'), 400),
        (api_event(ROUTE, raw='{"data": {"a": -Infinity}}'), 400),
        (in_base64(b"\xff\xfe"), 400),
        (in_base64(b'{"content": "\xed\xa0\x80"}'), 400),
        (in_base64(b'{"content": "\xc0\x80"}'), 400),
        (in_base64(json.dumps(GOOD).encode("utf-16")), 400),
        (in_base64(json.dumps(GOOD).encode("utf-32")), 400),
        (in_base64(gzip.compress(json.dumps(GOOD).encode())), 400),
        ({**api_event(ROUTE, raw="no base64"), "isBase64Encoded": True}, 400),
        (api_event(ROUTE, body=[GOOD]), 422),
        (api_event(ROUTE, body="hello"), 422),
        (api_event(ROUTE, raw="null"), 422),
        (api_event(ROUTE, raw=" " * 300_000), 413),
        (api_event(ROUTE, raw=json.dumps({**GOOD, "content": "c" * 20_000_000})), 413),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_by_name(
    account: Account, event: dict[str, Any], status: int
) -> None:
    answered, problem = call(handler, event)

    assert answered == status
    assert [error["field"] for error in problem["errors"]] == ["body"]
    assert account.items() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_body_in_base64_is_read(account: Account, encoding: str) -> None:
    status, _ = call(handler, in_base64(json.dumps(GOOD).encode(encoding)))

    assert status == 201
    assert len(account.items()) == 1


def test_a_charset_behind_the_content_type_does_not_matter(account: Account) -> None:
    event = api_event(ROUTE, body=GOOD, content_type="Application/JSON; charset=utf-8")

    assert call(handler, event)[0] == 201
    assert len(account.items()) == 1


def test_a_user_without_an_address_is_a_wrong_field(account: Account) -> None:
    body = {"user_id": 4, "notification_type": "sms", "content": "hello"}

    status, problem = call(handler, api_event(ROUTE, body=body))

    assert status == 422
    assert problem["errors"][0]["code"] == "no_address"
    assert account.items() == []


@pytest.mark.parametrize(
    ("caller", "status", "code"),
    [
        ({"kind": "api_key", "id": "k", "scopes": "read admin"}, 403, "forbidden"),
        ({"kind": "api_key", "id": "k", "scopes": ""}, 403, "forbidden"),
        ({"kind": "user", "user": "4", "expires_at": "9999999999999"}, 403, "forbidden"),
        ({"kind": "user", "user": "4", "expires_at": "1"}, 401, "unauthenticated"),
        ({"kind": "nobody", "detail": "This API key is not known."}, 401, "unauthenticated"),
        ({"something": "else"}, 401, "unauthenticated"),
    ],
)
def test_only_a_key_with_the_scope_may_send(
    account: Account, caller: dict[str, str], status: int, code: str
) -> None:
    answered, problem = call(handler, api_event(ROUTE, body=GOOD, caller=caller))

    assert answered == status
    assert problem["code"] == code
    assert account.items() == []


def test_without_an_authorizer_nobody_gets_in(account: Account) -> None:
    """Should a route ever be declared without one, it stays closed."""
    event = api_event(ROUTE, body=GOOD)
    del event["requestContext"]["authorizer"]

    assert call(handler, event)[0] == 401
    assert account.items() == []


def test_without_the_queue_the_answer_is_503_and_nothing_is_accepted(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMAIL_QUEUE_URL", account.queues["email"] + "-gone")

    answer = handler(api_event(ROUTE, body=GOOD), None)

    assert answer["statusCode"] == 503
    assert int(answer["headers"]["Retry-After"]) > 0
    assert account.items() == []
    log = capsys.readouterr().out
    assert "request_failed" in log
    assert "user4@example.com" not in log


@pytest.mark.parametrize("channel", ["in-app", "email"])
def test_without_the_table_the_answer_is_503_and_nothing_is_accepted(
    account: Account, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")
    body = {"user_id": 4, "notification_type": channel, "content": "hello"}

    status, problem = call(handler, api_event(ROUTE, body=body))

    assert status == 503
    assert problem["code"] == "unavailable"
    assert account.messages("email") == []


def test_a_fault_of_ours_says_nothing_of_its_cause(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TABLE_NAME")

    status, problem = call(handler, api_event(ROUTE, body=GOOD))

    assert status == 500
    assert "TABLE_NAME" not in json.dumps(problem)
    assert "Misconfiguration" in capsys.readouterr().out
    assert account.items() == []


def test_the_log_has_ids_but_no_content_and_no_address(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    _, body = call(handler, api_event(ROUTE, body={**GOOD, "subject": "my subject"}))

    log = capsys.readouterr().out
    assert body["id"] in log
    for private in ("hello, world!", "user4@example.com", "my subject"):
        assert private not in log
    assert len(account.items()) == 1


@pytest.mark.parametrize(
    "raw",
    ['{"content": "one", "content": "two"}', '{"data": {"a": 1, "b": {"c": 1, "c": 1}}}'],
)
def test_a_name_that_stands_twice_is_refused(account: Account, raw: str) -> None:
    """Of two contents only one would be sent: which one did the caller mean?"""
    status, problem = call(handler, api_event(ROUTE, raw=raw))

    assert (status, problem["code"]) == (400, "not_json")
    assert "twice" in problem["detail"]
    assert account.items() == []


def test_the_log_has_nothing_of_a_template_s_variables(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    store(account)
    asked = {**BY_TEMPLATE, "variables": {"name": "Ada the secret", "order": {"a": "secret too"}}}
    _, body = call(handler, api_event(ROUTE, body=asked))
    call(handler, api_event(ROUTE, body={**asked, "variables": {"name": {"a": "secret"}}}))

    log = capsys.readouterr().out
    assert body["id"] in log
    assert "secret" not in log
    assert "Welcome" not in log
