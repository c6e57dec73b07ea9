"""What becomes of notifications, in figures: EMF lines that name nobody."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from local import metric_lines
from notificationd.domain.notification import Channel
from notificationd.runtime.metrics import DIMENSION_SETS, EVENTS, UNITS, Dimension, Metric, Metrics
from tests.unit.template.loader import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

AT = 1_795_405_422_674
EMAIL = {
    "channel": Channel.EMAIL,
    "notification_id": "an-id",
    "user_id": "ada",
    "to": "ada@example.com",
    "error": "her address is ada@example.com",
}


def lines(*events: tuple[str, Mapping[str, object]]) -> list[dict[str, Any]]:
    metrics = Metrics()
    for event, details in events:
        metrics.take(event, details)
    return [json.loads(line) for line in metrics.lines("stack", AT)]


def sent(age: int = 40, provider: str = "ses", **more: object) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("attempted", {**EMAIL, "provider": provider, "outcome": "accepted", **more}),
        ("sent", {**EMAIL, "provider": provider, "age_ms": age, **more}),
    ]


def test_a_batch_that_is_sent_is_one_line_that_the_format_s_reader_understands() -> None:
    """As the specification of the embedded metric format has it."""
    (line,) = lines(*sent(40), *sent(60))

    assert line["_aws"]["Timestamp"] == AT
    assert {key: value for key, value in line.items() if key != "_aws"} == {
        "Channel": "email",
        "Provider": "ses",
        "Outcome": "accepted",
        "Attempts": 2,
        "Sent": 2,
        "AgeAtSend": [40, 60],
    }
    directives = line["_aws"]["CloudWatchMetrics"]
    assert {each["Namespace"] for each in directives} == {"stack"}
    assert {
        metric["Name"]: (metric["Unit"], each["Dimensions"])
        for each in directives
        for metric in each["Metrics"]
    } == {
        "Attempts": ("Count", [["Channel", "Provider", "Outcome"]]),
        "Sent": ("Count", [["Channel"]]),
        "AgeAtSend": ("Milliseconds", [["Channel"]]),
    }


def test_what_a_line_has_no_room_for_goes_into_another_one() -> None:
    first, second = lines(
        ("attempted", {**EMAIL, "provider": "mailgun", "outcome": "retryable"}), *sent()
    )

    assert [(line["Provider"], line["Outcome"], line["Attempts"]) for line in (first, second)] == [
        ("mailgun", "retryable", 1),
        ("ses", "accepted", 1),
    ]
    assert [line.get("Sent", 0) for line in (first, second)] == [1, 0]  # they are of one channel


def test_channels_are_told_apart() -> None:
    found = lines(("accepted", EMAIL), ("accepted", {**EMAIL, "channel": Channel.SMS}))

    assert [(line["Channel"], line["Accepted"]) for line in found] == [("email", 1), ("sms", 1)]


def test_a_failure_has_its_provider_and_reason_and_is_in_its_channel_s_sum() -> None:
    (line,) = lines(
        ("failed", {**EMAIL, "provider": "ses", "outcome": "permanent", "reason": "refused"})
    )

    assert (line["Failed"], line["Provider"], line["Reason"]) == (1, "ses", "refused")
    assert line["Sent"] == 0  # said: the alarm's share needs it
    (sets,) = [
        each["Dimensions"]
        for each in line["_aws"]["CloudWatchMetrics"]
        if each["Metrics"][0]["Name"] == "Failed"
    ]
    assert sets == [["Channel", "Provider", "Reason"], ["Channel"]]


def test_of_what_was_lost_nobody_knows_the_provider() -> None:
    (line,) = lines(("abandoned", {**EMAIL, "reason": "lost"}))

    assert (line["Failed"], line["Provider"], line["Reason"]) == (1, "none", "lost")


def test_a_push_is_counted_by_sockets_and_its_delivery_once() -> None:
    pushed, *others = lines(
        ("pushed", {"channel": Channel.IN_APP, "connections": 3}),
        ("push_missed", {"connections": 2}),
        ("push_gone", {"connections": 1}),
        ("push_dropped", {"notification_id": "an-id"}),
    )

    assert (pushed["Delivered"], pushed["Pushes"], pushed["Outcome"]) == (1, 3, "taken")
    assert {line["Outcome"]: line["Pushes"] for line in others} == {
        "missed": 2,
        "gone": 1,
        "dropped": 1,
    }


def test_a_misconfigured_provider_is_counted_for_the_whole_stack() -> None:
    (line,) = lines(("provider_misconfigured", {"provider": "ses"}))

    assert line["ProviderMisconfigured"] == 1
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[]]


def test_nothing_to_tell_is_no_line_and_what_was_told_is_not_told_again() -> None:
    metrics = Metrics()
    metrics.take("connected", {"user_id": "ada"})
    assert metrics.lines("stack", AT) == []

    metrics.take("accepted", EMAIL)

    assert len(metrics.lines("stack", AT)) == 1
    assert metrics.lines("stack", AT) == []


def test_nobody_is_named_and_nothing_quoted() -> None:
    details = {
        **EMAIL,
        **dict.fromkeys(("connections", "age_ms"), 1),
        "provider": "ses",
        "outcome": "accepted",
        "reason": "refused",
    }

    text = json.dumps(lines(*((event, details) for event in EVENTS)))

    assert not [told for told in ("ada", "an-id", "address") if told in text]


def test_threads_lose_nothing_to_each_other() -> None:
    metrics = Metrics()
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda _: metrics.take("accepted", EMAIL), range(2_000)):
            pass

    (line,) = metrics.lines("stack", AT)
    assert json.loads(line)["Accepted"] == 2_000


def test_every_metric_is_counted_from_something_and_has_its_unit() -> None:
    counted = {measure.metric for measures in EVENTS.values() for measure in measures}

    assert counted == set(Metric) == DIMENSION_SETS.keys() == UNITS.keys()


def test_a_coarser_set_of_dimensions_needs_nothing_that_the_finest_has_not() -> None:
    for finest, *others in DIMENSION_SETS.values():
        assert all(set(each) < set(finest) for each in others)
    assert {each for (finest, *_) in DIMENSION_SETS.values() for each in finest} == set(Dimension)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_that_is_counted_is_one_that_the_journal_is_told(event: str) -> None:
    sources = [
        path.read_text("utf-8") for path in (ROOT / "layers/shared").glob("**/services/*.py")
    ]

    assert any(f'"{event}"' in source for source in sources)


def test_the_lines_are_looked_for_where_they_are_written() -> None:
    writers = {
        re.sub("(?:^|_)(.)", lambda found: found[1].upper(), path.parent.name) + "Logs"
        for path in ROOT.glob("functions/*/app.py")
        if "metrics.write" in path.read_text("utf-8")
    }

    assert writers == set(metric_lines.GROUPS)
