"""What stays open is taken down from the table's stream, and looked at again by the clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from notificationd.domain.record import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.template.loader import Json, Template


FUNCTIONS = ("WatchFunction", "ReconcileFunction")
LARGEST_BATCH = 500
"""Of changes: tests/contract/test_watch_list.py shows that their keys fit into one item."""


def stream_event(template: Template) -> Json:
    (event,) = template.functions()["WatchFunction"]["Events"].values()
    assert event["Type"] == "DynamoDB"
    properties: Json = event["Properties"]
    return properties


def variables(template: Template, name: str) -> Iterator[int]:
    for function in FUNCTIONS:
        environment = template.functions()[function]["Environment"]["Variables"]
        yield template.seconds(environment[name])


def test_the_table_tells_what_each_record_was_before(template: Template) -> None:
    stream = template.resource("Table").get("StreamSpecification")

    assert stream == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_no_change_of_the_table_is_missed(template: Template) -> None:
    """From the stream's beginning, and a batch that fails comes again until it is taken in."""
    event = stream_event(template)

    assert template.text(event["Stream"]) == "${Table.StreamArn}"
    assert event["StartingPosition"] == "TRIM_HORIZON"
    assert event.get("MaximumRetryAttempts", -1) == -1
    assert event.get("MaximumRecordAgeInSeconds", -1) == -1


def test_a_batch_of_changes_fits_into_one_entry_of_the_watch_list(template: Template) -> None:
    assert 1 <= stream_event(template)["BatchSize"] <= LARGEST_BATCH


def test_what_is_settled_within_five_minutes_is_never_written_down(template: Template) -> None:
    assert stream_event(template)["MaximumBatchingWindowInSeconds"] == 300


def test_what_is_or_was_open_is_looked_at_and_nothing_else(template: Template) -> None:
    filters = stream_event(template)["FilterCriteria"]["Filters"]
    patterns = [json.loads(each["Pattern"])["dynamodb"] for each in filters]

    assert [*map(list, patterns)] == [["NewImage"], ["OldImage"]]
    for pattern in patterns:
        (image,) = pattern.values()
        assert {Status(each) for each in image["status"]["S"]} == OPEN


def test_what_is_open_is_looked_at_by_the_clock(template: Template) -> None:
    (event,) = template.functions()["ReconcileFunction"]["Events"].values()

    assert event["Type"] == "Schedule"
    assert event["Properties"].get("Enabled", True) is True
    assert event["Properties"]["Schedule"] == "rate(15 minutes)"


def test_who_reconciles_knows_how_long_the_queues_keep_a_message(template: Template) -> None:
    queues = template.all("AWS::SQS::Queue")
    dead = template.seconds(queues.pop("DeadLetterQueue")["MessageRetentionPeriod"])
    kept = {template.seconds(queue["MessageRetentionPeriod"]) for queue in queues.values()}

    assert {*variables(template, "QUEUE_RETENTION_SECONDS")} == kept
    assert {*variables(template, "DEAD_LETTER_RETENTION_SECONDS")} == {dead}


def test_two_looks_are_further_apart_than_the_queues_own_figures_lag_behind(
    template: Template,
) -> None:
    """By "at least a minute", as SQS has it."""
    assert all(seconds >= 600 for seconds in variables(template, "LOOK_SECONDS"))
