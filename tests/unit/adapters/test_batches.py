"""Many messages and many records at once: how they are split, and what is not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from notificationd.adapters.dynamodb import inserts
from notificationd.adapters.sqs_batches import BYTES, TRIES, Message, send_all
from notificationd.domain.record import accepted
from tests.fakes import make

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "AnyOperation")
NO_ANSWER = ReadTimeoutError(endpoint_url="https://sqs.example.com")


class Queue:
    """A queue that takes what it is told to take; each answer is an error or a set of bodies."""

    def __init__(self, *refused: Exception | set[str]) -> None:
        self.requests: list[list[str]] = []
        self.delays: dict[str, int] = {}
        self._refused = list(refused)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - as the SDK has it
        assert QueueUrl == "queue"
        self.requests.append([entry["MessageBody"] for entry in Entries])
        assert len({entry["Id"] for entry in Entries}) == len(Entries)
        refused = self._refused.pop(0) if self._refused else set()
        if isinstance(refused, Exception):
            raise refused
        taken = [entry for entry in Entries if entry["MessageBody"] not in refused]
        self.delays |= {entry["MessageBody"]: entry["DelaySeconds"] for entry in taken}
        return {"Successful": [{"Id": entry["Id"]} for entry in taken]} if taken else {}


def put(queue: Queue, *messages: Message) -> frozenset[str]:
    return send_all(cast("SQSClient", queue), "queue", messages)


def test_ten_messages_share_a_request() -> None:
    queue = Queue()

    assert put(queue, *(Message(f"m-{n}", f"body {n}", n) for n in range(23))) == frozenset()

    assert [len(request) for request in queue.requests] == [10, 10, 3]
    assert queue.delays == {f"body {n}": n for n in range(23)}


def test_as_many_share_a_request_as_its_size_allows() -> None:
    """Counted in bytes, not in characters."""
    queue = Queue()
    body = "é" * (BYTES // 4)  # half of what a request holds

    put(queue, *(Message(f"m-{n}", body) for n in range(3)), Message("m-3", "small"))

    assert [len(request) for request in queue.requests] == [2, 2]


def test_what_was_not_taken_is_put_again_and_nothing_else() -> None:
    queue = Queue({"b", "c"}, {"c"})

    assert put(queue, Message("1", "a"), Message("2", "b"), Message("3", "c")) == frozenset()

    assert queue.requests == [["a", "b", "c"], ["b", "c"], ["c"]]


@pytest.mark.parametrize("error", [THROTTLED, NO_ANSWER])
def test_what_is_never_taken_is_told(error: Exception) -> None:
    queue = Queue({"b"}, {"b"}, error)

    assert put(queue, Message("1", "a"), Message("2", "b")) == {"2"}

    assert len(queue.requests) == TRIES


def test_a_request_that_fails_keeps_no_other_from_the_queue() -> None:
    queue = Queue(THROTTLED, set(), THROTTLED, THROTTLED)

    missing = put(queue, *(Message(f"m-{n}", f"body {n}") for n in range(12)))

    assert missing == {f"m-{n}" for n in range(10)}
    assert set(queue.delays) == {"body 10", "body 11"}


class Table:
    """A table that answers each call with an error, or with the codes of the places named."""

    def __init__(self, *answers: Exception | dict[int, str]) -> None:
        self.calls: list[int] = []
        self._answers = list(answers)

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - as the SDK has it
        self.calls.append(len(Statements))
        answer = self._answers.pop(0) if self._answers else {}
        if isinstance(answer, Exception):
            raise answer
        errors = [answer.get(place) for place in range(len(Statements))]
        return {"Responses": [{"Error": {"Code": code}} if code else {} for code in errors]}


def insert(table: Table, count: int) -> list[int]:
    """Insert so many records and return the places of those that could not be."""
    records = [accepted(make.notification()) for _ in range(count)]
    missing = inserts.insert_all(cast("DynamoDBClient", table), "table", records)
    return [place for place, each in enumerate(records) if each.notification.id in missing]


def test_twenty_five_records_share_a_call() -> None:
    table = Table()

    assert insert(table, 60) == []

    assert table.calls == [25, 25, 10]


def test_what_is_there_already_is_stored() -> None:
    table = Table({0: "DuplicateItem"})

    assert insert(table, 2) == []
    assert table.calls == [2]


def test_what_was_throttled_is_inserted_again_and_nothing_else() -> None:
    table = Table({1: "ThrottlingError", 2: "InternalServerError"}, {1: "ThrottlingError"})

    assert insert(table, 4) == []

    assert table.calls == [4, 2, 1]


@pytest.mark.parametrize("error", [THROTTLED, NO_ANSWER])
def test_what_could_not_be_stored_is_told(error: Exception) -> None:
    table = Table({1: "ThrottlingError"}, error, {0: "ThrottlingError"})

    assert insert(table, 3) == [1]
    assert table.calls == [3, 1, 1]
