"""The API keys in the table: by hash for the authorizer, and by id for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.adapters.dynamodb.client import number, table_errors, text
from notificationd.domain.errors import NotFound
from notificationd.domain.identity import ApiKey, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Value

_ID_CHARACTERS = 12
_LISTING = "APIKEYS"


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """An API key as it is listed.

    Args:
        created_at: milliseconds since the epoch.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: int


class DynamoApiKeys:
    """Fulfils `domain.ports.ApiKeys`, and lists and revokes."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, digest: str) -> ApiKey | None:
        """Return the key whose SHA-256, in hex, this is, or None."""
        with table_errors():
            answer = self._client.get_item(TableName=self._table, Key=_key(digest))
        item = answer.get("Item")
        if item is None:
            return None
        return ApiKey(digest[:_ID_CHARACTERS], _scopes(item["scopes"]))

    def create(self, digest: str, name: str, scopes: frozenset[Scope], at: int) -> str:
        """Store a key by its SHA-256, in hex, and return its id.

        Args:
            at: milliseconds since the epoch.
        """
        key_id = digest[:_ID_CHARACTERS]
        attributes: dict[str, Value] = {
            "name": text(name),
            "scopes": {"SS": sorted(scopes)},
            "created": number(at),
        }
        listed = {**_listing_key(key_id), **attributes, "digest": text(digest)}
        with table_errors():
            self._client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": self._table, "Item": {**_key(digest), **attributes}}},
                    {"Put": {"TableName": self._table, "Item": listed}},
                ]
            )
        return key_id

    def list(self) -> Iterator[KeyEntry]:
        """Yield the keys that are valid."""
        query = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": text(_LISTING)},
        )
        with table_errors():
            for page in query:
                for item in page["Items"]:
                    yield KeyEntry(
                        id=item["sk"]["S"],
                        name=item["name"]["S"],
                        scopes=_scopes(item["scopes"]),
                        created_at=int(item["created"]["N"]),
                    )

    def revoke(self, key_id: str) -> None:
        """Delete a key. The authorizer's cache lets it work for another minute.

        Raises:
            NotFound: there is no key of that id.
        """
        with table_errors():
            answer = self._client.get_item(TableName=self._table, Key=_listing_key(key_id))
            item = answer.get("Item")
            if item is None:
                message = f"There is no API key {key_id!r}."
                raise NotFound(message)
            self._client.transact_write_items(
                TransactItems=[
                    {"Delete": {"TableName": self._table, "Key": _key(item["digest"]["S"])}},
                    {"Delete": {"TableName": self._table, "Key": _listing_key(key_id)}},
                ]
            )


def _key(digest: str) -> dict[str, Value]:
    return {"pk": text(f"APIKEY#{digest}"), "sk": text("-")}


def _listing_key(key_id: str) -> dict[str, Value]:
    return {"pk": text(_LISTING), "sk": text(key_id)}


def _scopes(value: Value) -> frozenset[Scope]:
    return frozenset(Scope(name) for name in value["SS"])
