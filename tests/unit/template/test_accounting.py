"""The books are kept from the table's stream: all of what they need is delivered, and no more."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

from notificationd.adapters.dynamodb.sheets import SHEETS
from notificationd.domain.notification import Channel
from notificationd.domain.record import OPEN, Status

if TYPE_CHECKING:
    from tests.unit.template.loader import Json, Template

LARGEST_WINDOW = 900


def stream_event(template: Template) -> Json:
    (event,) = template.functions()["TallyFunction"]["Events"].values()
    assert event["Type"] == "DynamoDB"
    properties: Json = event["Properties"]
    return properties


def is_delivered(template: Template, record: Json) -> bool:
    filters = stream_event(template)["FilterCriteria"]["Filters"]
    return any(fits(json.loads(each["Pattern"]), record) for each in filters)


def fits(pattern: Any, found: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a record has what a pattern asks for, of the little that ours ask for."""
    if isinstance(pattern, dict):
        return isinstance(found, dict) and all(
            fits(inner, found.get(name)) for name, inner in pattern.items()
        )
    (first, *_) = pattern
    if isinstance(first, dict):
        return isinstance(found, str) and found.startswith(first["prefix"])
    return found in pattern


def change(
    before: str | None, after: str | None, channel: str = "email", sk: str = "NOTIFICATION#1"
) -> Json:
    def image(status: str | None) -> Json:
        return {"status": {"S": status}, "channel": {"S": channel}}

    write: Json = {"Keys": {"pk": {"S": "USER#4"}, "sk": {"S": sk}}}
    if before:
        write["OldImage"] = image(before)
    if after:
        write["NewImage"] = image(after)
    name = "REMOVE" if after is None else "MODIFY" if before else "INSERT"
    return {"eventName": name, "dynamodb": write}


def test_no_change_is_missed(template: Template) -> None:
    """From the stream's beginning, and a batch that fails comes again until it is counted."""
    event = stream_event(template)

    assert template.text(event["Stream"]) == "${Table.StreamArn}"
    assert event["StartingPosition"] == "TRIM_HORIZON"
    assert event.get("MaximumRetryAttempts", -1) == -1
    assert event.get("MaximumRecordAgeInSeconds", -1) == -1


def test_a_batch_names_its_shard(template: Template) -> None:
    """Only batches of a time window do. A day has whole windows, so no batch is of two days."""
    window = stream_event(template)["TumblingWindowInSeconds"]

    assert 0 < window <= LARGEST_WINDOW
    assert 24 * 60 * 60 % window == 0


def test_the_changes_of_a_shard_come_one_batch_after_the_other(template: Template) -> None:
    assert stream_event(template)["ParallelizationFactor"] == 1


def test_many_changes_are_counted_by_one_write(template: Template) -> None:
    event = stream_event(template)

    assert event["BatchSize"] >= 100
    assert event["MaximumBatchingWindowInSeconds"] == 60


def test_every_new_notification_is_delivered(template: Template) -> None:
    for channel, status in product(Channel, Status):
        assert is_delivered(template, change(None, status, channel))


def test_every_change_from_and_to_something_open_is_delivered(template: Template) -> None:
    for channel, status, open_status in product(Channel, Status, OPEN):
        assert is_delivered(template, change(open_status, status, channel))
        assert is_delivered(template, change(status, open_status, channel))


def test_a_settled_one_that_changes_all_the_same_is_delivered(template: Template) -> None:
    for channel in ("email", "sms"):
        assert is_delivered(template, change("sent", "failed", channel))


def test_what_somebody_reads_costs_nothing(template: Template) -> None:
    assert not is_delivered(template, change("sent", "sent", "in-app"))


def test_the_books_do_not_count_themselves(template: Template) -> None:
    """A sheet that set the function off would write the next one, for ever."""
    write = {
        "Keys": {"pk": {"S": SHEETS}, "sk": {"S": "2026-11-23#shard#0001"}},
        "NewImage": {"last": {"S": "1"}, "hours": {"M": {}}},
    }
    for name in ("INSERT", "MODIFY"):
        assert not is_delivered(template, {"eventName": name, "dynamodb": write})


def test_of_the_table_only_the_books_are_opened(template: Template) -> None:
    for role in ("TallyRole", "AccountingRole"):
        (policy,) = template.resource(role)["Policies"]
        (statement,) = [
            each
            for each in policy["PolicyDocument"]["Statement"]
            if each["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}
        ]

        assert statement["Condition"] == {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SHEETS]}
        }
