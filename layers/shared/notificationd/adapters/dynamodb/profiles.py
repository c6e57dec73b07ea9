"""The users' contact points in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notificationd.adapters.dynamodb.client import (
    read_text,
    table_errors,
    text,
    update_expression,
)
from notificationd.adapters.dynamodb.items import profile_key
from notificationd.domain.profile import Profile

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Value

_ABSENT: Value = {"NULL": True}


class DynamoProfiles:
    """Fulfils `domain.ports.Profiles`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, user: str) -> Profile | None:
        """Return a user's profile, or None. Reads what was written last.

        The item may be there without it: it tells how far the inbox is read, too.
        """
        with table_errors():
            answer = self._client.get_item(
                TableName=self._table, Key=profile_key(user), ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None or "email" not in item:
            return None
        return Profile(email=read_text(item, "email"), phone=read_text(item, "phone"))

    def put(self, user: str, profile: Profile) -> None:
        """Store a user's contact points in place of the earlier ones.

        An update, since the item holds more of the user than its contact points.
        """
        points = {"email": profile.email, "phone": profile.phone}
        expression, names, values = update_expression(
            {name: _ABSENT if value is None else text(value) for name, value in points.items()}
        )
        with table_errors():
            self._client.update_item(
                TableName=self._table,
                Key=profile_key(user),
                UpdateExpression=expression,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
