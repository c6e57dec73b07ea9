"""The templates in the table: each in a partition of its own, and once more in the listing's."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from notificationd.adapters.dynamodb.client import (
    error_code,
    number,
    read_text,
    table_errors,
    text,
)
from notificationd.domain.errors import VersionTaken
from notificationd.domain.notification import Channel
from notificationd.domain.template import Head, Version, from_document, to_document
from notificationd.domain.template_page import Summary, TemplatePage, VersionPage, summary_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from notificationd.adapters.dynamodb.client import Item, Value

KEPT = 32
"""Versions that a process keeps: a version never changes, so what it says cannot be out of date."""
_LISTING = "TEMPLATES"
_VERSION = "VERSION#"
_DIGITS = 9
"""Of a version's number in its key, so that they sort."""


class DynamoTemplates:
    """Fulfils `domain.ports.Templates`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._kept = lru_cache(maxsize=KEPT)(self._read_version)

    def head(self, name: str) -> Head | None:
        """Return what was stored last of a template. Reads what was written last."""
        item = self._get(_head_key(name))
        if item is None:
            return None
        return Head(
            number=int(item["number"]["N"]),
            fingerprint=item["fingerprint"]["S"],
            is_deleted="deleted" in item,
        )

    def version(self, name: str, number: int) -> Version | None:
        """Return a version. One that was found once is not read again."""
        try:
            return self._kept(name, number)
        except KeyError:
            return None

    def add(self, version: Version, fingerprint: str) -> None:
        """Store a template's next version, its head and its place in the list, in one go."""
        head = {
            **_head_key(version.name),
            "number": number(version.number),
            "fingerprint": text(fingerprint),
        }
        item = {
            **_version_key(version.name, version.number),
            "created": number(version.created_at),
            "template": text(json.dumps(to_document(version.template), ensure_ascii=False)),
        }
        self._write(
            self._put(head, _expecting(version.number - 1)),
            self._put(item),
            self._put(_write_summary(summary_of(version))),
        )

    def remove(self, name: str, head: Head) -> None:
        """Take a template out of use: its head says so, and it is in no list."""
        item = {
            **_head_key(name),
            "number": number(head.number),
            "fingerprint": text(head.fingerprint),
            "deleted": {"BOOL": True},
        }
        self._write(
            self._put(item, _expecting(head.number)),
            {"Delete": {"TableName": self._table, "Key": _listing_key(name)}},
        )

    def page(self, limit: int, after: str | None) -> TemplatePage:
        """Return some of the templates that are in use, by name."""
        query: dict[str, Any] = {} if after is None else {"ExclusiveStartKey": _listing_key(after)}
        with table_errors():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": text(_LISTING)},
                Limit=limit + 1,
                **query,
            )
        summaries = [_read_summary(item) for item in answer["Items"]]
        more = len(summaries) > limit or "LastEvaluatedKey" in answer
        shown = tuple(summaries[:limit])
        return TemplatePage(shown, shown[-1].name if more and shown else None)

    def versions(self, name: str, limit: int, before: int | None) -> VersionPage:
        """Return some of a template's versions, newest first."""
        query: dict[str, Any] = (
            {} if before is None else {"ExclusiveStartKey": _version_key(name, before)}
        )
        with table_errors():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={":pk": _partition(name), ":prefix": text(_VERSION)},
                ScanIndexForward=False,
                Limit=limit + 1,
                **query,
            )
        versions = [_read_version(name, item) for item in answer["Items"]]
        more = len(versions) > limit or "LastEvaluatedKey" in answer
        shown = tuple(versions[:limit])
        return VersionPage(shown, shown[-1].number if more and shown else None)

    def _read_version(self, name: str, number: int) -> Version:
        item = self._get(_version_key(name, number))
        if item is None:
            raise KeyError(number)  # not kept: it may be stored yet
        return _read_version(name, item)

    def _get(self, key: dict[str, Value]) -> Item | None:
        with table_errors():
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def _put(
        self, item: dict[str, Value], condition: Mapping[str, Any] | None = None
    ) -> TransactWriteItemTypeDef:
        put: Any = {"TableName": self._table, "Item": item, **(condition or {})}
        return {"Put": put}

    def _write(self, *writes: TransactWriteItemTypeDef) -> None:
        """Write all or nothing.

        Raises:
            VersionTaken: somebody else has stored or deleted the template since it was looked at.
        """
        with table_errors():
            try:
                self._client.transact_write_items(TransactItems=writes)
            except ClientError as error:
                if not _was_quicker(error):
                    raise
                raise VersionTaken from error


def _was_quicker(error: ClientError) -> bool:
    """Tell whether a transaction met somebody else's write, finished or under way.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    if error_code(error) != "TransactionCanceledException":
        return False
    reasons: list[dict[str, str]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    codes = {reason.get("Code") for reason in reasons}
    return bool(codes & {"ConditionalCheckFailed", "TransactionConflict"})


def _expecting(newest: int) -> dict[str, Any]:
    """Return the condition that a template's newest version is still that one; 0 for none yet."""
    if newest == 0:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#number = :newest",
        "ExpressionAttributeNames": {"#number": "number"},
        "ExpressionAttributeValues": {":newest": number(newest)},
    }


def _partition(name: str) -> Value:
    return text(f"TEMPLATE#{name}")


def _head_key(name: str) -> dict[str, Value]:
    return {"pk": _partition(name), "sk": text("CURRENT")}


def _version_key(name: str, number: int) -> dict[str, Value]:
    return {"pk": _partition(name), "sk": text(f"{_VERSION}{number:0{_DIGITS}}")}


def _listing_key(name: str) -> dict[str, Value]:
    return {"pk": text(_LISTING), "sk": text(name)}


def _read_version(name: str, item: Item) -> Version:
    return Version(
        name=name,
        number=int(item["sk"]["S"].removeprefix(_VERSION)),
        created_at=int(item["created"]["N"]),
        template=from_document(json.loads(item["template"]["S"])),
    )


def _write_summary(summary: Summary) -> dict[str, Value]:
    locales = {str(channel): list(each) for channel, each in summary.locales.items()}
    item = {
        **_listing_key(summary.name),
        "number": number(summary.number),
        "updated": number(summary.updated_at),
        "default_locale": text(summary.default_locale),
        "locales": text(json.dumps(locales)),
    }
    if summary.description is not None:
        item["description"] = text(summary.description)
    return item


def _read_summary(item: Item) -> Summary:
    locales = json.loads(item["locales"]["S"])
    return Summary(
        name=item["sk"]["S"],
        number=int(item["number"]["N"]),
        updated_at=int(item["updated"]["N"]),
        description=read_text(item, "description"),
        default_locale=item["default_locale"]["S"],
        locales={Channel(channel): tuple(each) for channel, each in locales.items()},
    )
