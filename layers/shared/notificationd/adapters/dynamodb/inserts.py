"""Many new records at once, each on the condition that it is not there.

`BatchWriteItem` takes no conditions, and would write over what the dispatcher, or an earlier try of
the same request, has made of a record. Statements do: an INSERT fails where the item exists. They
cost the same write units.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
"""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notificationd.adapters.dynamodb.items import first_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef

    from notificationd.domain.record import Record

TOGETHER = 25
"""The most that one call takes."""
TRIES = 3
"""Of what the table could not take at that moment."""
_EXISTS = "DuplicateItem"


def insert_all(client: DynamoDBClient, table: str, records: Sequence[Record]) -> frozenset[str]:
    """Store first records and return the ids of those that could not be stored now."""
    left = list(records)
    for _ in range(TRIES):
        batches = batched(left, TOGETHER, strict=False)
        left = [record for some in batches for record in _insert(client, table, some)]
        if not left:
            break
    return frozenset(record.notification.id for record in left)


def _insert(client: DynamoDBClient, table: str, records: Sequence[Record]) -> list[Record]:
    """Make one call and return the records that it did not store."""
    try:
        answer = client.batch_execute_statement(
            Statements=[_statement(table, record) for record in records]
        )
    except (BotoCoreError, ClientError):
        return list(records)
    errors = [response.get("Error", {}).get("Code") for response in answer["Responses"]]
    return [
        record for record, code in zip(records, errors, strict=True) if code not in {None, _EXISTS}
    ]


def _statement(table: str, record: Record) -> BatchStatementRequestTypeDef:
    item = first_item(record)
    names = ", ".join(f"'{name}': ?" for name in item)
    return {
        "Statement": f'INSERT INTO "{table}" VALUE {{{names}}}',
        "Parameters": list(item.values()),
    }
