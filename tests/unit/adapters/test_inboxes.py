"""What DynamoDB says of a transaction that it cancelled, and what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from notificationd.adapters.dynamodb import inbox_pages
from notificationd.adapters.dynamodb.inboxes import DynamoInboxes
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.domain.errors import InboxChanged, NotificationError, Unavailable
from notificationd.domain.inbox import InboxRequest
from notificationd.domain.marks import UNMARKED, Progress
from notificationd.domain.notification import Channel
from notificationd.domain.record import Status, accepted
from tests.fakes import aws, make

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ID = "0199a2b3-0000-7000-8000-000000000004"
LATER = 2_000_000_000_000


class Failing:
    """A client of which every call ends in an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any call of a client's
        def call(**_: object) -> None:
            raise self._error

        return call


def cancelled(*reasons: str) -> ClientError:
    response: Any = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(response, "TransactWriteItems")


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "UpdateItem")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (cancelled("ConditionalCheckFailed", "None"), InboxChanged),
        (cancelled("None", "ConditionalCheckFailed"), InboxChanged),
        (cancelled("TransactionConflict", "None"), InboxChanged),
        (cancelled("TransactionConflict", "ConditionalCheckFailed"), InboxChanged),
        (failed("TransactionConflictException"), InboxChanged),
        (failed("TransactionInProgressException"), InboxChanged),
        (failed("ConditionalCheckFailedException"), InboxChanged),
        (cancelled("ThrottlingError", "None"), Unavailable),
        (cancelled("None", "ProvisionedThroughputExceeded"), Unavailable),
        (cancelled("ValidationError"), Unavailable),
        (failed("ThrottlingException"), Unavailable),
        (failed("AccessDeniedException"), Unavailable),
        (ReadTimeoutError(endpoint_url="https://example.com"), Unavailable),
    ],
)
def test_a_conflict_is_made_again_and_everything_else_is_not(
    error: Exception, expected: type[NotificationError]
) -> None:
    inboxes = DynamoInboxes(cast("DynamoDBClient", Failing(error)), "table")
    after = Progress(revision=1)

    for call in (
        lambda: inboxes.replace("4", Progress(), after, {ID: UNMARKED}),
        lambda: inboxes.replace("4", Progress(), after, {}),
        lambda: inboxes.look("4", [ID]),
    ):
        with pytest.raises(expected):
            call()


def test_a_page_and_a_count_read_on_where_the_table_s_answers_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What lies between is not theirs: email and SMS are in the same partition."""
    with aws.table() as client:
        notifications, inboxes = (
            DynamoNotifications(client, aws.TABLE),
            DynamoInboxes(client, aws.TABLE),
        )
        ids = []
        for number in range(60):
            channel = Channel.IN_APP if number % 20 == 0 else Channel.EMAIL
            notification = make.notification(channel=channel)
            notifications.create(accepted(notification, Status.SENT))
            if channel is Channel.IN_APP:
                ids.append(notification.id)
        monkeypatch.setattr(inbox_pages, "EXAMINED_AT_ONCE", 7)

        page = inboxes.page("4", InboxRequest(limit=9), Progress(), LATER)
        monkeypatch.setattr(inbox_pages, "EXAMINED", 30)
        some = inboxes.page("4", InboxRequest(limit=9), Progress(), LATER)
        rest = inboxes.page("4", InboxRequest(limit=9, after=some.last_seen), Progress(), LATER)

    assert [record.notification.id for record in page.records] == ids[::-1]
    assert page.last_seen is None
    assert [record.notification.id for record in some.records] == ids[:1:-1]
    assert some.last_seen is not None
    assert [record.notification.id for record in rest.records] == ids[1::-1]


def test_a_count_reads_on_where_the_table_s_answers_end() -> None:
    """An answer holds 1 MB at most."""
    with aws.table() as client:
        notifications, inboxes = (
            DynamoNotifications(client, aws.TABLE),
            DynamoInboxes(client, aws.TABLE),
        )
        made = [make.notification(channel=Channel.IN_APP, content="x" * 60_000) for _ in range(40)]
        for notification in made:
            notifications.create(accepted(notification, Status.SENT))

        unmarked = inboxes.unmarked("4", "", 1_001, LATER)
        enough = inboxes.unmarked("4", "", 5, LATER)

    assert unmarked.ids == tuple(notification.id for notification in made)
    assert unmarked.examined == 40
    assert 5 <= len(enough.ids) < 40
