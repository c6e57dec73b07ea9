"""`notificationctl dead-letters list|show|redrive|discard`: what could not be delivered, and why.

The same use cases as behind `/dead-letters`, with more time.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from local.errors import LocalError
from local.notificationctl.table import print_table
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.adapters.sqs import SqsQueue
from notificationd.adapters.sqs_dead_letters import SqsDeadLetters
from notificationd.api.views import dead_letter_view, notification_details
from notificationd.domain.dead_letter import Finding, Wanted
from notificationd.domain.ids import now_ms
from notificationd.services.dead_letters import DeadLetterOffice
from notificationd.services.letter_reports import Report

SECONDS: Final = 600
EXAMINED: Final = 10_000
_THREADS: Final = 10  # as many as SQS hands out letters at once
_HEAD: Final = ("ID", "CHANNEL", "USER", "FAILED AT", "REASON", "LAST ATTEMPT")
_MORE: Final = "There may be more."


def list_all(target: Target, wanted: Wanted, limit: int, *, as_json: bool) -> None:
    """Print dead letters; they stay where they are.

    Args:
        target: the stack.
        wanted: which are meant.
        limit: at most so many.
        as_json: print one JSON array, not a table.

    """
    listing = office(target).find(wanted, limit)
    if as_json:
        print(json.dumps([dead_letter_view(finding) for finding in listing.findings], indent=2))
        return
    print_table(_HEAD, [_row(finding) for finding in listing.findings], empty="No dead letters.")
    if listing.more:
        print(_MORE)


def show(target: Target, letter_id: str) -> None:
    """Print one dead letter and its notification with its timeline, as JSON.

    Raises:
        LocalError: there is none of that id.

    """
    listing = office(target).find(Wanted(ids=frozenset({letter_id})), limit=1)
    if not listing.findings:
        raise LocalError(f"No dead letter has the id '{letter_id}'.")
    (finding,) = listing.findings
    shown = dead_letter_view(finding)
    if finding.record is not None:
        shown["notification"] = notification_details(finding.record)
    print(json.dumps(shown, indent=2))


def redrive(target: Target, wanted: Wanted) -> None:
    """Send dead letters again, and say which were not."""
    _print(office(target).redrive(wanted), "redriven")


def discard(target: Target, ids: frozenset[str]) -> None:
    """Delete dead letters for good, and say which were not found."""
    _print(office(target).discard(ids), "discarded")


def office(target: Target, seconds: float = SECONDS, examined: int = EXAMINED) -> DeadLetterOffice:
    """Return the use cases of a stack's dead letters.

    Args:
        target: the stack.
        seconds: how long a call goes on to receive letters.
        examined: how many letters a call looks at.

    """
    pool = ThreadPoolExecutor(max_workers=_THREADS)
    return DeadLetterOffice(
        letters=SqsDeadLetters(target.sqs(), target.dead_letter_queue, pool),
        notifications=DynamoNotifications(target.dynamodb(), target.table),
        queue=SqsQueue(target.sqs(), target.queues),
        journal=_Silence(),
        pool=pool,
        clock=now_ms,
        seconds=seconds,
        examined=examined,
    )


class _Silence:
    """Fulfils `domain.ports.Journal`: the command's own output says it all."""

    def note(self, event: str, details: object) -> None:
        """Take nothing down."""

    def warn(self, event: str, details: object) -> None:
        """Take nothing down."""

    def count(self, event: str, details: object) -> None:
        """Take nothing down."""


def _row(finding: Finding) -> tuple[str, ...]:
    view = dead_letter_view(finding)
    names = ("id", "notification_type", "user_id", "failed_at", "reason")
    cells = [str(view.get(name) or "") for name in names]
    return (*cells, _attempt(view.get("last_attempt")))


def _attempt(view: dict[str, Any] | None) -> str:
    """Return the last provider's answer: with the reason it tells what to do."""
    parts = ((view or {}).get(name) for name in ("provider", "code", "detail"))
    return " ".join(part for part in parts if part)


def _print(report: Report, done: str) -> None:
    print(f"{report.done} {done}, {len(report.skipped)} skipped.")
    if report.skipped:
        print_table(("ID", "WHY"), [(each.id, each.reason) for each in report.skipped], empty="")
    if report.more:
        print(f"{_MORE} Run it again.")
