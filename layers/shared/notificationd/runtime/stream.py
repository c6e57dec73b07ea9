"""A batch of the table's stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.adapters.stream import read_change
from notificationd.runtime.logs import log_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notificationd.domain.watch import Change


def changes_in(event: Mapping[str, Any]) -> list[Change]:
    """Return what a batch says about notifications, in the order of each one's writes.

    A record that cannot be read is reported and passed over: raising would bring the whole batch
    back, until the stream has forgotten it.
    """
    return list(_readable(event))


def _readable(event: Mapping[str, Any]) -> Iterator[Change]:
    for entry in event["Records"]:
        try:
            change = read_change(entry)
        except (ValueError, KeyError, TypeError) as error:
            log_error("change_not_understood", error)
            continue
        if change is not None:
            yield change
