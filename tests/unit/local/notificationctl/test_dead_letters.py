"""`notificationctl dead-letters`: looking changes nothing, a redrive sends, a discard ends."""

import json
from dataclasses import replace

import pytest

from local.errors import LocalError
from local.notificationctl import dead_letters
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.messages import write_message
from notificationd.domain.dead_letter import Wanted
from notificationd.domain.ids import uuid7
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.record import Attempt, Outcome, Reason, Status, accepted

type Capture = pytest.CaptureFixture[str]

_AT = 1_795_405_422_674  # 2026-11-23T03:43:42.674Z
_ALL = Wanted()


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


def _put(target: Target, body: str) -> str:
    answer = target.sqs().send_message(QueueUrl=target.dead_letter_queue, MessageBody=body)
    return answer["MessageId"]


def _listed(
    target: Target, capsys: Capture, wanted: Wanted = _ALL, limit: int = 100
) -> list[dict[str, object]]:
    dead_letters.list_all(target, wanted, limit, as_json=True)
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_a_dead_letter_is_listed_as_the_api_does(target: Target, capsys: Capture) -> None:
    notification = _bury(target)

    (letter,) = _listed(target, capsys)

    assert letter["id"] == notification.id
    assert letter["reason"] == "retries_exhausted"
    assert letter["failed_at"] == "2026-11-23T03:43:42.674Z"


def test_the_table_for_people_has_the_last_answer_too(target: Target, capsys: Capture) -> None:
    notification = _bury(target)

    dead_letters.list_all(target, _ALL, 100, as_json=False)

    _, line = capsys.readouterr().out.splitlines()
    assert line.split() == [
        notification.id,
        *("email", "4", "2026-11-23T03:43:42.674Z", "retries_exhausted"),
        *("mailgun", "500", "no"),
    ]


def test_looking_removes_and_hides_nothing(target: Target, capsys: Capture) -> None:
    for _ in range(12):
        _bury(target)

    first, second = _listed(target, capsys), _listed(target, capsys)

    assert len({str(letter["id"]) for letter in first}) == 12
    assert {str(letter["id"]) for letter in second} == {str(letter["id"]) for letter in first}


def test_no_more_are_listed_than_asked_for_and_that_there_are_is_said(
    target: Target, capsys: Capture
) -> None:
    for _ in range(5):
        _bury(target)

    assert len(_listed(target, capsys, limit=3)) == 3
    dead_letters.list_all(target, _ALL, 3, as_json=False)
    assert capsys.readouterr().out.endswith("There may be more.\n")


def test_a_message_without_a_record_and_one_that_is_not_ours_are_told_of(
    target: Target, capsys: Capture
) -> None:
    _bury(target, with_record=False)
    _put(target, "not ours")

    reasons = [letter["reason"] for letter in _listed(target, capsys)]

    assert sorted(map(str, reasons)) == ["malformed", "unmarked"]


def test_an_empty_queue_says_so(target: Target, capsys: Capture) -> None:
    dead_letters.list_all(target, _ALL, 100, as_json=False)

    assert capsys.readouterr().out == "No dead letters.\n"


def test_one_is_shown_with_its_timeline(target: Target, capsys: Capture) -> None:
    notification = _bury(target)

    dead_letters.show(target, notification.id)

    shown = json.loads(capsys.readouterr().out)
    assert shown["reason"] == "retries_exhausted"
    assert shown["notification"]["attempts"][0]["detail"] == "no"


def test_one_that_is_not_there_cannot_be_shown(target: Target) -> None:
    with pytest.raises(LocalError, match="nobody"):
        dead_letters.show(target, "nobody")


def test_what_is_redriven_is_back_on_its_queue(target: Target, capsys: Capture) -> None:
    notification, other = _bury(target), _bury(target)
    wanted = Wanted(ids=frozenset({notification.id, "nobody"}))

    dead_letters.redrive(target, wanted)

    summary, _, missing = capsys.readouterr().out.splitlines()
    assert summary == "1 redriven, 1 skipped."
    assert missing.split() == ["nobody", "not_found"]
    answer = target.sqs().receive_message(QueueUrl=target.queues[Channel.EMAIL])
    assert [json.loads(each["Body"])["id"] for each in answer["Messages"]] == [notification.id]
    assert [letter["id"] for letter in _listed(target, capsys)] == [other.id]


def test_what_is_discarded_is_gone(target: Target, capsys: Capture) -> None:
    notification, message_id = _bury(target), _put(target, "not ours")

    dead_letters.discard(target, frozenset({notification.id, message_id}))

    assert capsys.readouterr().out == "2 discarded, 0 skipped.\n"
    assert _listed(target, capsys) == []
