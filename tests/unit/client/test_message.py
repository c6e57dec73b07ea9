"""What is sent for a message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from notificationd.api.send_models import SendRequest
from notificationd.domain.template_choice import TemplateChoice
from notificationd_client import Message

AT = datetime(2026, 12, 24, 18, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))


def test_what_is_not_given_is_not_sent() -> None:
    expected = {"user_id": 4, "notification_type": "sms", "content": "hello"}

    assert Message(4, "sms", "hello").to_json() == expected


def test_every_field_has_the_name_that_the_service_knows() -> None:
    message = Message(
        "ada",
        "email",
        "hello",
        subject="Hi",
        html="<p>hello",
        to="ada@example.com",
        data={"a": [1]},
        send_at=AT,
        expires_in=60,
        delivery="at_most_once",
    )
    request = SendRequest.parse(message.to_json())

    assert request.to_command().send_at == int(AT.timestamp() * 1000)
    assert request.model_dump(exclude={"send_at"}, exclude_none=True) == {
        "user_id": "ada",
        "notification_type": "email",
        "content": "hello",
        "subject": "Hi",
        "html": "<p>hello",
        "to": "ada@example.com",
        "data": {"a": [1]},
        "expires_in": 60,
        "delivery": "at_most_once",
    }


def test_a_template_takes_the_place_of_the_content() -> None:
    message = Message(4, "email", template="welcome@3", locale="de-AT", variables={"name": "Ada"})

    assert message.to_json() == {
        "user_id": 4,
        "notification_type": "email",
        "template": "welcome@3",
        "locale": "de-AT",
        "variables": {"name": "Ada"},
    }
    command = SendRequest.parse(message.to_json()).to_command()
    assert command.template == TemplateChoice(
        name="welcome", version=3, locale="de-AT", variables={"name": "Ada"}
    )


def test_a_time_is_sent_in_utc() -> None:
    body = Message(4, "sms", "hello", send_at=AT).to_json()

    assert body["send_at"] == "2026-12-24T17:00:00.250000+00:00"


def test_a_time_without_a_zone_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no zone"):
        Message(4, "sms", "hello", send_at=AT.replace(tzinfo=None)).to_json()


@pytest.mark.parametrize(("given", "sent"), [(90, 90), (timedelta(minutes=1.5), 90)])
def test_an_expiry_is_seconds_or_a_duration(given: int | timedelta, sent: int) -> None:
    assert Message(4, "sms", "hello", expires_in=given).to_json()["expires_in"] == sent


def test_a_part_of_a_second_is_refused_and_not_rounded() -> None:
    with pytest.raises(ValueError, match="whole number"):
        Message(4, "sms", "hello", expires_in=timedelta(seconds=1.5)).to_json()


def test_the_zone_may_be_any_that_python_has() -> None:
    assert (
        Message(4, "sms", "hello", send_at=AT.astimezone(UTC)).to_json()
        == Message(4, "sms", "hello", send_at=AT).to_json()
    )
