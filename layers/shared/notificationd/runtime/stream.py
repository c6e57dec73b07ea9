"""A batch of the table's stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.adapters.stream import read_change, read_move
from notificationd.domain.errors import Misconfiguration
from notificationd.runtime import config
from notificationd.runtime.logs import log_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notificationd.domain.accounting import Move
    from notificationd.domain.watch import Change


def changes_in(event: Mapping[str, Any]) -> list[Change]:
    """Return what a batch says about notifications, in the order of each one's writes.

    A record that cannot be read is reported and passed over: raising would bring the whole batch
    back, until the stream has forgotten it.
    """
    return list(_readable(event))


def moves_in(event: Mapping[str, Any]) -> list[Move]:
    """Return what a batch changes in the books, in the order of the changes' numbers.

    Raises:
        ValueError, KeyError, TypeError: a record cannot be read. It is not passed over: the books
            would never agree again. The batch comes again until somebody has mended it.
    """
    try:
        moves = [read_move(entry) for entry in event["Records"]]
    except (ValueError, KeyError, TypeError) as error:
        log_error("change_not_understood", error)
        raise
    return [move for move in moves if move is not None]


def shard_of(event: Mapping[str, Any]) -> str:
    """Return the shard that a batch is of. Lambda names it where batches have time windows.

    The emulators do not, and have one shard for all of a stream.
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html

    Raises:
        Misconfiguration: it is not named. Two shards' numbers must never be compared.
    """
    if "shardId" in event:
        return str(event["shardId"])
    if config.is_local():
        return "the-only-one"
    message = "The stream's batches need a time window, so that they name their shard."
    raise Misconfiguration(message)


def _readable(event: Mapping[str, Any]) -> Iterator[Change]:
    for entry in event["Records"]:
        try:
            change = read_change(entry)
        except (ValueError, KeyError, TypeError) as error:
            log_error("change_not_understood", error)
            continue
        if change is not None:
            yield change
