"""Token buckets in the table: one item each, which the table removes once it is full again.

A full bucket, the usual one, costs one write. Nothing is read first: a condition tells that the
bucket is not full, and what is in it comes with that answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from notificationd.adapters.dynamodb.client import (
    is_failed_condition,
    number,
    read_number,
    table_errors,
    text,
)
from notificationd.adapters.dynamodb.items import user_partition
from notificationd.domain.limits import Allowance, Party

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Item, Value
    from notificationd.domain.limits import Bucket

TRIES = 5
"""Others take from the same bucket at the same time."""
_MS = 1_000
_MICROSECONDS = 1_000_000


class DynamoBuckets:
    """Fulfils `domain.ports.Buckets`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def take(self, bucket: Bucket, wanted: int, at: int) -> Allowance:
        """Take tokens out of a bucket, as many as there are of those that are wanted."""
        full_at = 0
        for _ in range(TRIES):
            taken = min(wanted, bucket.limit.left(full_at, at))
            if taken == 0:
                break
            stored, is_taken = self._spend(bucket, full_at, taken, at)
            if is_taken:
                return Allowance(bucket=bucket, taken=taken, full_at=stored, at=at)
            full_at = stored
        return Allowance(bucket=bucket, taken=0, full_at=full_at, at=at)

    def _spend(self, bucket: Bucket, full_at: int, taken: int, at: int) -> tuple[int, bool]:
        """Take tokens, and return when the bucket is full again, and whether they were taken.

        Two writers never undo each other: what is not full is added to where it stands, as long as
        there is enough in it.

        Args:
            full_at: as far as is known.
        """
        now = at * _MS
        limit = bucket.limit
        values: dict[str, Value] = {":now": number(now)}
        if full_at <= now:
            update = "SET full_at = :full_at, expires_at = :ttl"
            condition = "attribute_not_exists(full_at) OR full_at <= :now"
            values[":full_at"] = number(limit.spent(0, taken, at))
        else:
            update = "SET full_at = full_at + :spent, expires_at = :ttl"
            condition = "full_at > :now AND full_at <= :highest"
            values[":spent"] = number(taken * limit.step)
            values[":highest"] = number(now + (limit.count - taken) * limit.step)
        ends_at = now + limit.count * limit.step
        values[":ttl"] = number(ends_at // _MICROSECONDS + 1)
        with table_errors():
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(bucket),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValues="UPDATED_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                found: Item = error.response.get("Item", {})  # type: ignore[assignment]
                return read_number(found, "full_at") or 0, False
        return int(answer["Attributes"]["full_at"]["N"]), True


def _key(bucket: Bucket) -> dict[str, Value]:
    """Return a bucket's key. A user's lies in the user's partition, like all of that user."""
    if bucket.party is Party.CALLER:
        return {"pk": text(f"LIMIT#{bucket.owner}"), "sk": text("-")}
    return {"pk": user_partition(bucket.owner), "sk": text(f"LIMIT#{bucket.party}")}
