"""What moto's table lacks: INSERT statements with parameters, for `BatchExecuteStatement`.

Moto 5.2 reads a statement without its parameters and stumbles over the `?`. What stands here does
what AWS's reference says of an INSERT; tests/e2e/test_batches.py runs the real ones.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any
from unittest import mock

from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSERT = re.compile(r"INSERT INTO \"(?P<table>[^\"]+)\" VALUE \{(?P<members>.*)\}")
_MEMBER = re.compile(r"'(\w+)': \?")


def _batch_execute_statement(
    backend: DynamoDBBackend, statements: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    return [_insert(backend, each["Statement"], each["Parameters"]) for each in statements]


def _insert(
    backend: DynamoDBBackend, statement: str, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    found = _INSERT.fullmatch(statement)
    assert found, statement
    names = _MEMBER.findall(found["members"])
    item = dict(zip(names, parameters, strict=True))
    try:
        backend.put_item(found["table"], item, condition_expression="attribute_not_exists(pk)")
    except ConditionalCheckFailed:
        return {"Error": {"Code": "DuplicateItem", "Message": "it exists"}}
    return {"TableName": found["table"]}


@contextlib.contextmanager
def moto_inserts() -> Iterator[None]:
    """Let moto's tables take such statements."""
    with mock.patch.object(DynamoDBBackend, "batch_execute_statement", _batch_execute_statement):
        yield
