"""Input that is odd rather than wrong, byte by byte: taken as it is, or refused with a problem."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.service import eventually

if TYPE_CHECKING:
    import requests

    from tests.e2e.service import Service, Someone

JSON = "application/json"
PROBLEM = "application/problem+json"
TEXTS = {
    "right to left": "שלום! \u202eمرحبا\u202c",  # noqa: RUF001 - it is Arabic
    "emoji of several": "👩‍👩‍👧‍👦 🏳️‍🌈",
    "combining": "e\u0301 and \u00e9 differ",
    "byte order mark": "\ufeffhello\u200b",
    "last of all": "\U0010fffd\ufffd",
    "markup": "<script>alert(1)</script> & {{ 7 * 7 }} %s ${x}",
    "lines": "one\r\ntwo\n\tthree",
}
HALVES = {
    "half a pair": r"a\ud83d",
    "the other half": r"\ude00a",
    "the wrong way round": r"\ude00\ud83d",
}
CONTROLS = {"NUL": r"a\u0000b", "escape": r"a\u001b[31mb"}
ESCAPES = HALVES | CONTROLS
DEEP = 30_000


def post(service: Service, body: bytes, content_type: str = JSON, **more: str) -> requests.Response:
    headers = {"Content-Type": content_type, **more}
    url = service.url("/notifications")
    return service.session.post(url, data=body, headers=headers, timeout=60)


def in_app(user: Someone, content: str = '"hello"', more: str = "") -> bytes:
    """Return a body, with the content as it stands in JSON."""
    text = f'{{"user_id":"{user.id}","notification_type":"in-app","content":{content}{more}}}'
    return text.encode()


def refused(answer: requests.Response, status: int, code: str) -> list[str]:
    """Return the fields that a problem names."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM), answer.text
    assert answer.json()["code"] == code
    return [each["field"] for each in answer.json().get("errors", [])]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "as it is"])
def test_a_text_is_shown_sent_and_pushed_as_it_was_given(
    service: Service, user: Someone, text: str, *, escaped: bool
) -> None:
    with service.connect(user) as device:
        content = json.dumps(text, ensure_ascii=escaped)
        assert post(service, in_app(user, content)).status_code == 201
        assert device.receive()["notification"]["content"] == text
    assert [each["content"] for each in service.inbox(user)["data"]] == [text]

    for channel, address in (("email", user.email), ("sms", user.phone)):
        service.settled(user, service.send(user, channel, text))
        (message,) = service.sandbox.messages(to=address)
        assert message["text"].replace("\r\n", "\n") == text.replace("\r\n", "\n")


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES.keys())
def test_what_is_no_text_is_refused(service: Service, user: Someone, escape: str) -> None:
    """JSON can say it, but no UTF-8, or nothing that can be read."""
    answer = post(service, in_app(user, f'"{escape}"'))

    assert refused(answer, 422, "invalid_request") == ["content"]
    assert service.everything(user) == []


@pytest.mark.parametrize("escape", HALVES.values(), ids=HALVES.keys())
def test_half_a_character_may_not_stand_in_the_data(
    service: Service, user: Someone, escape: str
) -> None:
    answer = post(service, in_app(user, more=f',"data":{{"a":["{escape}"]}}'))

    assert refused(answer, 422, "invalid_request") == ["data"]
    assert service.everything(user) == []


@pytest.mark.parametrize("escape", CONTROLS.values(), ids=CONTROLS.keys())
def test_a_control_character_may(service: Service, user: Someone, escape: str) -> None:
    """The data is the caller's own, and shown to nobody."""
    assert post(service, in_app(user, more=f',"data":{{"a":["{escape}"]}}')).status_code == 201

    assert service.inbox(user)["data"][0]["data"] == {"a": [json.loads(f'"{escape}"')]}


BODIES = {
    "a name twice": b',"content":"other"}',
    "a name twice further in": b',"data":{"a":1,"a":2}}',
    "not a number": b',"data":{"a":NaN}}',
    "infinity": b',"data":{"a":-Infinity}}',
    "cut off": b',"data":{"a":',
    "more behind it": b'}{"user_id":1}',
    "a raw control character": b',"subject":"\x01"}',
    "deep lists": b',"data":{"a":' + b"[" * DEEP + b"]" * DEEP + b"}}",
    "deep objects": b',"data":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "deep and cut off": b',"data":{"a":' + b"[" * DEEP,
}


@pytest.mark.parametrize("end", BODIES.values(), ids=BODIES.keys())
def test_what_is_no_json_is_refused(service: Service, user: Someone, end: bytes) -> None:
    answer = post(service, in_app(user)[:-1] + end)

    assert refused(answer, 400, "not_json") == ["body"]
    assert service.everything(user) == []


@pytest.mark.parametrize(
    ("encoding", "more"),
    [("utf-16", {}), ("utf-32", {}), ("utf-8", {"Content-Encoding": "gzip"})],
)
def test_only_plain_utf_8_is_json(
    service: Service, user: Someone, encoding: str, more: dict[str, str]
) -> None:
    """As RFC 8259 has it, section 8.1. Of single wrong bytes the gateway here makes U+FFFD."""
    body = in_app(user).decode().encode(encoding)

    answer = post(service, gzip.compress(body) if more else body, **more)

    assert refused(answer, 400, "not_json") == ["body"]
    assert service.everything(user) == []


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;charset=UTF-8"],
)
def test_json_may_be_declared_in_many_ways(
    service: Service, user: Someone, content_type: str
) -> None:
    assert post(service, in_app(user), content_type).status_code == 201


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"],
)
def test_what_is_declared_as_something_else_is_refused(
    service: Service, user: Someone, content_type: str
) -> None:
    """A form of another site can send these without asking its browser for leave."""
    assert refused(post(service, in_app(user), content_type), 400, "not_json") == ["body"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 400, "1" * 20_000, "1e9", "0.5"])
def test_a_number_that_is_no_user_s_id_is_refused(
    service: Service, user: Someone, number: str
) -> None:
    body = in_app(user).replace(f'"{user.id}"'.encode(), number.encode())

    answer = post(service, body)

    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"not_json", "invalid_request"}


@pytest.mark.parametrize(
    "number", [10**40, -(10**40), 2**64, 0.1, 1e-300, 1.7976931348623157e308, 123456789012345678901]
)
def test_a_number_in_the_data_is_kept(service: Service, user: Someone, number: float) -> None:
    assert post(service, in_app(user, more=f',"data":{{"n":{number!r}}}')).status_code == 201

    (shown,) = service.inbox(user)["data"]
    assert shown["data"] == {"n": number}
    assert type(shown["data"]["n"]) is type(number)


@pytest.mark.parametrize(
    "path",
    [
        "/users/%00/notifications",
        "/users/a%00b/inbox",
        "/users/%2F/notifications",
        "/users/..%2F..%2Ftemplates/inbox",
        "/users/%ff%fe/inbox",
        "/users/%zz/inbox",
        "/users/%ED%A0%80/inbox",
        f"/users/{'u' * 3_000}/inbox",
        "/users/4/notifications/%00",
        "/users/4/notifications/..",
        "/users/4/notifications/019abc00-5c00-7000-8000-00000000000G",
        "/templates/%E2%80%AE",
        "/templates/A",
        "/users/4/inbox?limit=%00",
        "/users/4/inbox?limit=1&limit=2",
        "/users/4/inbox?limit=%EF%BC%91",  # a wide 1
        "/users/4/inbox?limit=1e1",
        f"/users/4/inbox?limit={'9' * 5_000}",
        "/users/4/inbox?limit=-0",
        "/users/4/inbox?cursor=%00",
        f"/users/4/inbox?cursor={'A' * 6_000}",
        "/users/4/inbox?cursor=" + "%F0%9F%98%80",
        "/users/4/inbox?unread=%E2%80%AE",
        "/users/4/notifications?type=in-app&type=sms&type=%00",
        "/users/4/notifications?status[]=sent",
        "/users/4/notifications?__proto__=1",
        "/accounting?from=9999999999999-01-01",
        "/dead-letters?limit=0x10",
    ],
)
def test_a_strange_path_or_query_is_answered_with_a_problem(service: Service, path: str) -> None:
    """Or with an empty page: what names a user who never was is no error."""
    answer = service.session.get(service.url(path), timeout=60)

    assert answer.status_code < 500, answer.text
    if answer.status_code == 200:
        assert answer.json()["data"] == []
    else:
        assert answer.headers["Content-Type"] == PROBLEM
        assert answer.json()["code"] in {"invalid_request", "not_found", "unknown_route"}


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "ключ".encode().decode("latin-1"), "a\tb"])
def test_a_strange_idempotency_key_is_refused(service: Service, user: Someone, key: str) -> None:
    answer = post(service, in_app(user), **{"Idempotency-Key": key})

    assert refused(answer, 422, "invalid_request") == ["Idempotency-Key"]
    assert service.everything(user) == []


@pytest.mark.parametrize(
    "credentials",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer " + "x" * 7_000, "bearer \xff\xfe"],
)
def test_strange_credentials_open_nothing(service: Service, credentials: str) -> None:
    headers = {"Authorization": credentials}
    answer = service.session.get(service.url("/templates"), headers=headers, timeout=60)

    assert answer.status_code in {401, 403}


def test_strange_entries_of_a_batch_harm_no_other(service: Service, user: Someone) -> None:
    good = in_app(user).decode()
    entries = [good, "null", "[]", '"\\ud800"', '{"content":"\\ud800"}', "1e400", "[[[]]]", good]
    body = f'{{"notifications":[{",".join(entries)}]}}'

    answer = service.session.post(
        service.url("/notifications/batch"),
        data=body.encode(),
        headers={"Content-Type": JSON},
        timeout=60,
    )

    assert answer.status_code == 200, answer.text
    statuses = [entry["status"] for entry in answer.json()["data"]]
    assert statuses == [201, 422, 422, 422, 422, 422, 422, 201]
    assert len(eventually(lambda: service.everything(user))) == 2
