"""`notificationctl dead-letters list` looks, and changes nothing."""

import json
from dataclasses import replace

import pytest

from local.notificationctl.dead_letters import list_all
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import write_message
from notificationd.domain.ids import uuid7
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.record import Attempt, Outcome, Reason, Status, accepted

type Capture = pytest.CaptureFixture[str]

_AT = 1_795_405_422_674  # 2026-11-23T03:43:42.674Z


def _bury(target: Target, *, with_record: bool = True) -> Notification:
    """Leave a notification that failed in the dead-letter queue."""
    notification = Notification(
        id=uuid7(_AT), user_id=4, channel=Channel.EMAIL, content="hello", created_at=_AT
    )
    record = replace(
        accepted(notification, Status.FAILED),
        reason=Reason.RETRIES_EXHAUSTED,
        attempts=(
            Attempt(at=_AT, provider="mailgun", outcome=Outcome.RETRYABLE, code="500", text="no"),
        ),
        attempt_count=1,
    )
    if with_record:
        DynamoNotifications(target.dynamodb(), target.table).create(record)
    _put(target, write_message(notification))
    return notification


def _put(target: Target, body: str) -> None:
    target.sqs().send_message(QueueUrl=target.dead_letter_queue, MessageBody=body)


def _listed(target: Target, capsys: Capture, limit: int = 100) -> list[dict[str, object]]:
    list_all(target, limit, as_json=True)
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_a_dead_letter_is_listed_with_its_reason(target: Target, capsys: Capture) -> None:
    notification = _bury(target)

    assert _listed(target, capsys) == [
        {
            "id": notification.id,
            "channel": "email",
            "user_id": "4",
            "failed_at": "2026-11-23T03:43:42+00:00",
            "reason": "retries_exhausted: mailgun 500 no",
            "receives": 1,
        }
    ]


def test_the_table_for_people_has_the_same(target: Target, capsys: Capture) -> None:
    notification = _bury(target)

    list_all(target, 100, as_json=False)

    _, line = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{notification.id}  email    4     2026-11-23T03:43:42+00:00  retries")


def test_looking_removes_and_hides_nothing(target: Target, capsys: Capture) -> None:
    for _ in range(12):
        _bury(target)

    first, second = _listed(target, capsys), _listed(target, capsys)

    assert len({letter["id"] for letter in first}) == 12
    assert {letter["id"] for letter in second} == {letter["id"] for letter in first}


def test_no_more_are_listed_than_asked_for_and_none_stays_hidden(
    target: Target, capsys: Capture
) -> None:
    for _ in range(5):
        _bury(target)

    assert len(_listed(target, capsys, limit=3)) == 3
    assert len(_listed(target, capsys)) == 5


def test_a_message_without_a_record_and_one_that_is_not_ours_are_told_of(
    target: Target, capsys: Capture
) -> None:
    _bury(target, with_record=False)
    _put(target, "not ours")

    reasons = [letter["reason"] for letter in _listed(target, capsys)]

    assert sorted(map(str, reasons)) == ["no record", "not a notification"]


def test_an_empty_queue_says_so(target: Target, capsys: Capture) -> None:
    list_all(target, 100, as_json=False)

    assert capsys.readouterr().out == "No dead letters.\n"
