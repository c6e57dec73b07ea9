"""What becomes of a notification when its providers fail: retries, failover, dead letters."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.service import eventually

if TYPE_CHECKING:
    from local.sandbox.documents import Provider
    from tests.e2e.service import Service, Someone

MAX_RECEIVES = 5


def test_the_second_provider_takes_over_when_the_first_is_down(
    service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "500", times=1, to=user.email)

    found = service.settled(user, service.send(user, "email", "by another way"))

    assert found["status"] == "sent"
    assert [(a["provider"], a["outcome"]) for a in found["attempts"]] == [
        ("mailgun", "retryable"),
        ("ses", "accepted"),
    ]
    assert _sent_by_ses(service, user.email)
    assert service.sandbox.messages(to=user.email) == []


def test_the_second_provider_takes_over_for_sms_too(service: Service, user: Someone) -> None:
    service.sandbox.fault("twilio", "unauthorized", times=1, to=user.phone)

    found = service.settled(user, service.send(user, "sms"))

    assert [(a["provider"], a["outcome"]) for a in found["attempts"]] == [
        ("twilio", "misconfigured"),
        ("sns", "accepted"),
    ]


@pytest.mark.parametrize(
    ("channel", "provider", "code"), [("email", "mailgun", "400"), ("sms", "twilio", "21211")]
)
def test_a_bad_address_fails_at_once_without_retries(
    service: Service,
    user: Someone,
    channel: str,
    provider: Provider,
    code: str,
) -> None:
    to = user.email if channel == "email" else user.phone
    service.sandbox.fault(provider, "bad_address", times=1, to=to)

    found = service.settled(user, service.send(user, channel))

    assert found["status"] == "failed"
    assert found["reason"] == "refused"
    (attempt,) = found["attempts"]
    assert (attempt["outcome"], attempt["code"]) == ("permanent", code)
    assert len(service.sandbox.requests(to=to)) == 1
    assert not _dead_letters(service, found["id"])


@pytest.mark.usefixtures("mailgun_alone")
def test_a_provider_that_recovers_is_tried_again_with_growing_gaps(
    service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "500", times=2, to=user.email)

    notification_id = service.send(user, "email")
    waiting = eventually(
        lambda: service.notification(user, notification_id),
        lambda found: found["next_attempt_at"] is not None,
    )
    assert waiting["status"] == "pending"
    found = service.settled(user, notification_id)

    assert found["status"] == "sent"
    assert found["attempt_count"] == 3
    assert [a["outcome"] for a in found["attempts"]] == ["retryable", "retryable", "accepted"]
    first, second = _gaps(found)
    assert second > first
    assert len(service.sandbox.messages(to=user.email)) == 1


@pytest.mark.usefixtures("mailgun_alone")
def test_a_provider_that_keeps_failing_ends_in_a_dead_letter_with_its_reason(
    service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "500", times=100, to=user.email)

    notification_id = service.send(user, "email", "never arrives")
    found = service.settled(user, notification_id)

    assert found["status"] == "failed"
    assert found["reason"] == "retries_exhausted"
    assert found["attempt_count"] == MAX_RECEIVES
    assert found["attempts"][-1]["code"] == "500"
    gaps = _gaps(found)
    assert gaps == sorted(gaps)
    (letter,) = eventually(lambda: _dead_letters(service, notification_id))
    assert letter["Body"]["content"] == "never arrives"
    assert len(service.sandbox.requests(to=user.email)) == MAX_RECEIVES


@pytest.mark.usefixtures("mailgun_alone")
def test_what_only_a_fix_can_mend_is_a_dead_letter_at_once(service: Service, user: Someone) -> None:
    service.sandbox.fault("mailgun", "unauthorized", times=1, to=user.email)

    found = service.settled(user, service.send(user, "email", "waits for the fix"))

    assert (found["status"], found["reason"]) == ("failed", "misconfigured")
    assert found["attempt_count"] == 1
    (letter,) = eventually(lambda: _dead_letters(service, found["id"]))
    assert letter["Body"]["content"] == "waits for the fix"


@pytest.mark.usefixtures("mailgun_alone")
def test_a_call_whose_answer_is_lost_is_not_repeated_at_most_once(
    service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "drop", times=1, to=user.email, accept=True)

    found = service.settled(user, service.send(user, "email", delivery="at_most_once"))

    assert (found["status"], found["reason"]) == ("failed", "outcome_unknown")
    assert len(service.sandbox.requests(to=user.email)) == 1


@pytest.mark.usefixtures("mailgun_alone")
def test_a_providers_own_delay_is_honoured(service: Service, user: Someone) -> None:
    service.sandbox.fault("mailgun", "429", times=1, retry_after=7, to=user.email)

    found = service.settled(user, service.send(user, "email"))

    assert found["status"] == "sent"
    (gap,) = _gaps(found)
    assert gap >= 7


@pytest.mark.usefixtures("mailgun_alone")
def test_what_cannot_be_sent_in_time_expires_and_is_not_sent_late(
    service: Service, user: Someone
) -> None:
    service.sandbox.fault("mailgun", "500", times=2, to=user.email)

    found = service.settled(user, service.send(user, "email", "your code", expires_in=3))

    assert found["status"] == "expired"
    assert found["attempt_count"] == len(service.sandbox.requests(to=user.email))
    assert service.sandbox.messages(to=user.email) == []


def _gaps(found: dict[str, Any]) -> list[float]:
    """Return the seconds between one attempt and the next."""
    moments = [datetime.fromisoformat(attempt["at"]) for attempt in found["attempts"]]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]


def _dead_letters(service: Service, notification_id: str) -> list[dict[str, Any]]:
    letters = service.messages("DeadLetterQueueUrl")
    return [letter for letter in letters if letter["Body"]["id"] == notification_id]


def _sent_by_ses(service: Service, to: str) -> bool:
    """Look into the emulator's mailbox."""
    url = f"{service.endpoints.aws_endpoint_url}/_ministack/ses/messages"
    return to in service.session.get(url, timeout=60).text
