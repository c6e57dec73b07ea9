"""Many notifications with few requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notificationd_client.answers import Receipt
from notificationd_client.errors import NotificationdError, error_of
from notificationd_client.problems import problem_in
from notificationd_client.transport import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from notificationd_client.message import Message
    from notificationd_client.transport import Transport

LARGEST = 100
"""Entries that a request may have."""
LARGEST_BYTES = 1024 * 1024
_FRAME_BYTES = len(json.dumps({"notifications": []}))
_COMMA_BYTES = len(", ")


class Batch:
    """Messages, split into requests.

    Args:
        key: an idempotency key for all of it. The first request has it as it is, so that it is the
            one that the caller knows; those after it have it with their number.

    Raises:
        ValueError: a message cannot be one.
    """

    def __init__(self, messages: Iterable[Message], key: str) -> None:
        self._chunks = list(_split([message.to_json() for message in messages]))
        self._key = key

    def send(self, transport: Transport) -> list[Receipt | NotificationdError]:
        """Make the requests one after another.

        Raises:
            NotificationdError: the first one failed.
        """
        results: list[Receipt | NotificationdError] = []
        for number, chunk in enumerate(self._chunks):
            key = self._key if number == 0 else f"{self._key}.{number}"
            try:
                results += _send(transport, chunk, key)
            except NotificationdError as error:
                if number == 0:
                    raise
                rest = sum(map(len, self._chunks[number:]))
                return results + [error] * rest
        return results


def _send(
    transport: Transport, chunk: Sequence[dict[str, Any]], key: str
) -> list[Receipt | NotificationdError]:
    """Make one request, until it has accepted all that it ever will."""
    known: list[Receipt | NotificationdError] = []

    def read(body: Any) -> list[Receipt | NotificationdError]:  # noqa: ANN401 - any JSON
        results = [_result(entry) for entry in body["data"]]
        if len(results) != len(chunk):
            raise ValueError("as many results as messages are expected")
        known[:] = results
        for result in results:
            if isinstance(result, NotificationdError) and result.is_retryable:
                raise result  # with its key, the request takes on what is missing
        return results

    call = Call(
        method="POST",
        path="/notifications/batch",
        body={"notifications": chunk},
        idempotency_key=key,
    )
    try:
        return transport.call(call, read)
    except NotificationdError:
        if not known:
            raise
        return known


def _result(entry: dict[str, Any]) -> Receipt | NotificationdError:
    problem = entry.get("problem")
    return Receipt.of(entry) if problem is None else error_of(problem_in(problem, entry["status"]))


def _split(entries: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the entries in order, as many at once as a request may have."""
    chunk: list[dict[str, Any]] = []
    size = _FRAME_BYTES
    for entry in entries:
        its_size = len(json.dumps(entry, allow_nan=False)) + _COMMA_BYTES
        if chunk and (len(chunk) == LARGEST or size + its_size > LARGEST_BYTES):
            yield chunk
            chunk, size = [], _FRAME_BYTES
        chunk.append(entry)
        size += its_size
    if chunk:
        yield chunk
