"""`notificationctl accounting`: what became of all that was accepted, by hour and channel.

The same use case as behind `GET /accounting`.
"""

import json
from typing import Any

from local.errors import LocalError
from local.notificationctl.table import print_table
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.sheets import DynamoSheets
from notificationd.api.accounting_views import statement_view
from notificationd.domain.errors import InvalidRequest
from notificationd.domain.ids import now_ms
from notificationd.services.accounting import Accounting


def show(target: Target, start: int | None, end: int | None, *, as_json: bool) -> None:
    """Print the books of some hours.

    Args:
        target: the stack.
        start: in milliseconds since the epoch; None for a day before the end.
        end: the same; None for now.
        as_json: print what the API answers, not a table.

    Raises:
        LocalError: there is no hour between them, too many, or too old ones.

    """
    accounting = Accounting(DynamoSheets(target.dynamodb(), target.table), now_ms)
    try:
        statement = accounting(start, end)
    except InvalidRequest as error:
        raise LocalError(
            "; ".join(f"--{each.field} {each.detail}." for each in error.fields)
        ) from error
    view = statement_view(statement)
    if as_json:
        print(json.dumps(view, indent=2))
        return
    counted = list(view["total"])
    rows = [_row(each["hour"], each["notification_type"], each, counted) for each in view["data"]]
    if rows:
        rows += [_row("all", name, line, counted) for name, line in view["totals"].items()]
        rows.append(_row("all", "all", view["total"], counted))
    head = ("HOUR", "CHANNEL", *(name.replace("_", " ").upper() for name in counted))
    print_table(head, rows, empty="Nothing was accepted in these hours.")
    if view["counted_up_to"]:
        print(f"Counted up to {view['counted_up_to']}.")


def _row(hour: str, channel: str, line: dict[str, Any], counted: list[str]) -> list[str]:
    return [hour.replace(":00:00.000Z", ":00Z"), channel, *(str(line[name]) for name in counted)]
