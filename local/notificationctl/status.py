"""`notificationctl status`: what waits, what has died, and what the last hour came to."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local.metric_lines import Figures, read_figures
from local.notificationctl import dead_letters
from local.notificationctl.table import print_table
from local.notificationctl.target import Target
from notificationd.api.views import timestamp
from notificationd.domain.dead_letter import Wanted
from notificationd.domain.ids import now_ms
from notificationd.domain.notification import Channel
from notificationd.runtime.metrics import Metric

SPAN_MS: Final = 3_600_000
_LETTERS: Final = 1_000
_LETTER_SECONDS: Final = 20
_LOG_SECONDS: Final = 60
_OUTCOMES: Final = (
    Metric.ACCEPTED,
    Metric.SENT,
    Metric.DELIVERED,
    Metric.FAILED,
    Metric.EXPIRED,
    Metric.CANCELLED,
    Metric.REDRIVEN,
)
_DEPTHS: Final = ("waiting", "in_flight", "delayed")
_UNKNOWN: Final = "-"

type Json = dict[str, Any]


def show(target: Target, *, as_json: bool) -> None:
    """Print how a stack does; nothing is changed by it.

    Args:
        target: the stack.
        as_json: print one JSON object, not tables.

    """
    since = now_ms() - SPAN_MS
    figures = read_figures(target.cloud, since, _LOG_SECONDS)
    status = {
        "queues": _queues(target),
        "dead_letters": _dead_letters(target),
        "last_hour": {"since": timestamp(since), **_outcomes(figures)},
    }
    if as_json:
        print(json.dumps(status, indent=2))
    else:
        _print(status)


def _queues(target: Target) -> Json:
    ages = _ages(target)
    return {
        channel: {**_depths(target, url), "oldest_seconds": ages.get(channel)}
        for channel, url in target.channel_queues.items()
    }


def _depths(target: Target, url: str) -> dict[str, int]:
    answer = target.sqs().get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ],
    )
    found = answer["Attributes"]
    return {
        "waiting": int(found["ApproximateNumberOfMessages"]),
        "in_flight": int(found["ApproximateNumberOfMessagesNotVisible"]),
        "delayed": int(found["ApproximateNumberOfMessagesDelayed"]),
    }


def _ages(target: Target) -> dict[str, int]:
    """Return the age of each queue's oldest message in seconds, where CloudWatch has one.

    SQS tells it to CloudWatch only, and only of queues that are in use; the emulator's does not.
    """
    until = datetime.now(UTC)
    channels = list(target.channel_queues)
    answer = target.cloudwatch().get_metric_data(
        StartTime=until - timedelta(minutes=10),
        EndTime=until,
        ScanBy="TimestampDescending",
        MetricDataQueries=[
            {
                "Id": f"age{place}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SQS",
                        "MetricName": "ApproximateAgeOfOldestMessage",
                        "Dimensions": [
                            {
                                "Name": "QueueName",
                                "Value": target.channel_queues[channel].rpartition("/")[2],
                            }
                        ],
                    },
                    "Period": 60,
                    "Stat": "Maximum",
                },
            }
            for place, channel in enumerate(channels)
        ],
    )
    return {
        channels[int(result["Id"].removeprefix("age"))]: int(result["Values"][0])
        for result in answer["MetricDataResults"]
        if result["Values"]
    }


def _dead_letters(target: Target) -> Json:
    depths = _depths(target, target.dead_letter_queue)
    office = dead_letters.office(target, seconds=_LETTER_SECONDS, examined=_LETTERS)
    listing = office.find(Wanted(), _LETTERS)
    reasons = Counter(str(finding.reason) for finding in listing.findings)
    return {
        "total": max(depths["waiting"] + depths["in_flight"], reasons.total()),
        "by_reason": dict(reasons.most_common()),
        "more": listing.more,
    }


def _outcomes(figures: Figures) -> Json:
    return {
        "is_complete": figures.is_complete,
        "channels": {
            channel: {
                **{metric.lower(): figures.by_channel(metric, channel) for metric in _OUTCOMES},
                "age_ms": _percentiles(figures.ages[channel]),
            }
            for channel in Channel
        },
        "failures": _listed(figures.of(Metric.FAILED), "channel", "provider", "reason"),
        "attempts": _listed(figures.of(Metric.ATTEMPTS), "channel", "provider", "outcome"),
        "pushes": {outcome: n for (_, outcome), n in sorted(figures.of(Metric.PUSHES).items())},
    }


def _percentiles(ages: list[int]) -> dict[str, int] | None:
    """Return the median and the 99th percentile of ages that are in order, by nearest rank."""
    if not ages:
        return None
    return {f"p{share}": ages[-(-len(ages) * share // 100) - 1] for share in (50, 99)}


def _listed(counts: Mapping[tuple[str, ...], int], *names: str) -> list[Json]:
    return [
        {**dict(zip(names, values, strict=True)), "number": number}
        for values, number in sorted(counts.items())
    ]


def _print(status: Json) -> None:
    print("Queues")
    rows = [
        (channel, *(str(queue[name]) for name in _DEPTHS), _seconds(queue["oldest_seconds"]))
        for channel, queue in status["queues"].items()
    ]
    print_table(("CHANNEL", "WAITING", "IN FLIGHT", "DELAYED", "OLDEST"), rows, empty="")

    letters = status["dead_letters"]
    print(f"\nDead letters: {letters['total']}")
    reasons = [(reason, str(number)) for reason, number in letters["by_reason"].items()]
    if reasons:
        print_table(("REASON", "LETTERS"), reasons, empty="")
    if letters["more"]:
        print("The reasons are those of some; there are more.")

    hour = status["last_hour"]
    print("\nThe last hour")
    head = ("CHANNEL", *(metric.upper() for metric in _OUTCOMES), "AGE P50", "AGE P99")
    print_table(head, [_row(*each) for each in hour["channels"].items()], empty="")
    _print_list("Failures", hour["failures"])
    _print_list("Provider calls", hour["attempts"])
    if hour["pushes"]:
        print("\nPushes: " + ", ".join(f"{n} {name}" for name, n in hour["pushes"].items()))
    if not hour["is_complete"]:
        print(f"\nThe logs hold more than can be read in {_LOG_SECONDS} s: these are too few.")


def _row(channel: str, outcomes: Json) -> tuple[str, ...]:
    ages = outcomes["age_ms"] or {}
    numbers = (str(outcomes[metric.lower()]) for metric in _OUTCOMES)
    return (channel, *numbers, _milliseconds(ages.get("p50")), _milliseconds(ages.get("p99")))


def _print_list(title: str, entries: list[Json]) -> None:
    if entries:
        print(f"\n{title}")
        head = [name.upper() for name in entries[0]]
        print_table(head, [[str(cell) for cell in each.values()] for each in entries], empty="")


def _seconds(age: int | None) -> str:
    return _UNKNOWN if age is None else f"{age} s"


def _milliseconds(age: int | None) -> str:
    return _UNKNOWN if age is None else f"{age} ms"
