"""The live sockets in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notificationd.adapters.dynamodb.client import number, table_errors, text
from notificationd.adapters.dynamodb.items import CONNECTION, user_partition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Value

LIFETIME_SECONDS = 2 * 60 * 60 + 10 * 60
"""API Gateway cuts every socket after two hours; ten minutes for clocks that differ."""


class DynamoConnections:
    """Fulfils `domain.ports.Connections`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, user: str, connection_id: str, at: int) -> None:
        """Remember a socket until API Gateway must have cut it."""
        item = {**_key(user, connection_id), "expires_at": number(at // 1000 + LIFETIME_SECONDS)}
        with table_errors():
            self._client.put_item(TableName=self._table, Item=item)

    def remove(self, user: str, connection_id: str) -> None:
        """Forget a socket; one that is not known is no error."""
        with table_errors():
            self._client.delete_item(TableName=self._table, Key=_key(user, connection_id))

    def of(self, user: str) -> Sequence[str]:
        """Return the ids of a user's sockets.

        Read consistently: a client that has just connected, and has synced, must not miss what
        is sent next.
        """
        with table_errors():
            # A page holds over 5,000 sockets; nobody has as many devices.
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={
                    ":pk": user_partition(user),
                    ":prefix": text(CONNECTION),
                },
                ProjectionExpression="sk",
                ConsistentRead=True,
            )
        return [item["sk"]["S"].removeprefix(CONNECTION) for item in answer["Items"]]


def _key(user: str, connection_id: str) -> dict[str, Value]:
    return {"pk": user_partition(user), "sk": text(CONNECTION + connection_id)}
