"""A notification on its way through a queue."""

from __future__ import annotations

import json

import pytest

from notificationd.adapters.messages import read_message, write_message
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


def test_a_message_from_before_a_field_was_added_is_read() -> None:
    """Messages of an earlier version are on the queue when a new one is deployed."""
    body = json.loads(write_message(FULL))
    del body["expires_at"]

    notification, _ = read_message(json.dumps(body))

    assert notification.expires_at is None
