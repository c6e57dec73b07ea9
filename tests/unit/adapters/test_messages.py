"""A notification on its way through a queue."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from notificationd.adapters.messages import VERSION, NewerMessage, read_message, write_message
from notificationd.domain.content import CONTENT_BYTES, DATA_BYTES, content_errors
from notificationd.domain.notification import Channel, Delivery, Notification
from tests.fakes import make

SQS_BYTES = 256 * 1024
"""What SQS took for years, and every emulator takes; it takes 1 MiB by now."""

PLAIN = make.notification()
FULL = make.notification(
    user_id="Zoë/4",
    content='😀\u2028 "quoted"',
    subject="Grüße",
    html="<p>😀",
    delivery=Delivery.AT_MOST_ONCE,
    expires_at=1_800_000_060_000,
)
IN_APP = make.notification(channel=Channel.IN_APP, user_id=10**40, data={"deep": [1, {"a": None}]})


@pytest.mark.parametrize("notification", [PLAIN, FULL, IN_APP], ids=["plain", "full", "in-app"])
@pytest.mark.parametrize("connection_ids", [None, [], ["a=", "b="]])
def test_what_is_written_is_read(
    notification: Notification, connection_ids: list[str] | None
) -> None:
    body = write_message(notification, connection_ids)

    assert read_message(body) == (notification, connection_ids)


@pytest.mark.parametrize("character", ["a", '"', "\\", "\n", "é", "😀"])
def test_the_largest_notification_fits_into_a_message(character: str) -> None:
    content = character * (CONTENT_BYTES // len(character.encode()))
    data = {"a": character * (DATA_BYTES // len(character.encode()))}
    largest = make.notification(channel=Channel.IN_APP, content=content, data=data)

    assert len(write_message(largest).encode()) < SQS_BYTES


@pytest.mark.parametrize("character", ["a", '"', "\\", "\n", "é", "😀"])
def test_the_largest_email_fits_into_a_message(character: str) -> None:
    """Text and HTML have a bound together, since JSON doubles some of what they hold."""
    content = html = "x"
    while True:
        longer = html + character * 1_024, content + character * 1_024
        if any(content_errors(Channel.EMAIL, longer[1], None, None, longer[0])):
            break
        html, content = longer
    largest = make.notification(content=content, html=html, subject=character * 255)

    assert len(content.encode()) > 56 * 1024
    assert len(write_message(largest).encode()) < SQS_BYTES


@pytest.mark.parametrize("body", ["", "{}", "[]", '"text"', '{"id": "1"}', "null", "{"])
def test_what_is_not_ours_is_refused(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_message(body)


# What releases have written, word for word. A message in a schedule is read a year later: nothing
# is ever taken out of here, and whoever changes the shape adds one.
WRITTEN = {
    "before versions, email": (
        '{"id":"019ac6d4-5c00-7000-8000-000000000001","user_id":4,"channel":"email",'
        '"content":"hello","created_at":1764000000000,"delivery":"at_least_once",'
        '"to":"ada@example.com"}'
    ),
    "before versions, email with everything": (
        '{"id":"019ac6d4-5c00-7000-8000-000000000001","user_id":"Zoë/4","channel":"email",'
        '"content":"hello","created_at":1764000000000,"delivery":"at_most_once",'
        '"subject":"Grüße","to":"ada@example.com","send_at":1764000600000,'
        '"expires_at":1764000700000}'
    ),
    "before versions, in-app": (
        '{"id":"019ac6d4-5c00-7000-8000-000000000001","user_id":4,"channel":"in-app",'
        '"content":"hello","created_at":1764000000000,"delivery":"at_least_once",'
        '"data":{"a":1},"connection_ids":["a="]}'
    ),
    "1, email": (
        '{"v":1,"id":"019ac6d4-5c00-7000-8000-000000000001","user_id":4,"channel":"email",'
        '"content":"hello","created_at":1764000000000,"delivery":"at_least_once",'
        '"subject":"hello","html":"<p>hello","to":"ada@example.com"}'
    ),
    "1": (
        '{"v":1,"id":"019ac6d4-5c00-7000-8000-000000000001","user_id":4,"channel":"sms",'
        '"content":"hello","created_at":1764000000000,"delivery":"at_least_once",'
        '"to":"+14155550104"}'
    ),
}
ID = "019ac6d4-5c00-7000-8000-000000000001"


@pytest.mark.parametrize("body", WRITTEN.values(), ids=WRITTEN)
def test_what_every_release_has_written_is_read(body: str) -> None:
    written = json.loads(body)
    expected = {
        "subject": None,
        "html": None,
        "to": None,
        "data": None,
        "send_at": None,
        "expires_at": None,
    }

    notification, connection_ids = read_message(body)

    found = asdict(notification) | {"connection_ids": connection_ids}
    assert found == expected | {"connection_ids": None} | {
        name: value for name, value in written.items() if name != "v"
    }


def test_the_shape_that_is_written_is_the_newest_of_those_that_are_known() -> None:
    """Who changes what is written has to raise the version, or to show that it need not be."""
    newest = WRITTEN[str(VERSION)]
    notification, connection_ids = read_message(newest)

    assert write_message(notification, connection_ids) == newest


@pytest.mark.parametrize("body", [{}, {"channel": "fax"}, {"content": {"html": "…"}, "to": []}])
def test_a_message_of_a_later_release_is_told_apart_and_named(body: dict[str, Any]) -> None:
    """Whatever its shape, it has `v` and `id`."""
    with pytest.raises(NewerMessage) as caught:
        read_message(json.dumps({"v": VERSION + 1, "id": ID, **body}))

    assert (caught.value.id, caught.value.version) == (ID, VERSION + 1)


@pytest.mark.parametrize("version", [None, "x", [], {}])
def test_a_version_that_is_no_number_is_none_of_ours(version: object) -> None:
    body = {**json.loads(WRITTEN["1"]), "v": version}

    with pytest.raises((ValueError, TypeError)):
        read_message(json.dumps(body))
