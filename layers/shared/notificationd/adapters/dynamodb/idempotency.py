"""Idempotency keys in the table, for a day. A request costs two writes, a replay one."""

from __future__ import annotations

import json
import zlib
from math import ceil
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from notificationd.adapters.dynamodb.client import (
    is_failed_condition,
    number,
    read_number,
    table_errors,
    text,
)
from notificationd.domain.errors import InFlight, KeyReused
from notificationd.domain.idempotency import KEPT_SECONDS, Answer, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.adapters.dynamodb.client import Item, Value
    from notificationd.domain.idempotency import KeyedRequest

_FREE = "attribute_not_exists(pk) OR expires_at <= :now"
"""The table deletes what has expired some time later, within days."""
_OPEN = "seed = :seed AND attribute_not_exists(answer)"


class DynamoIdempotencyKeys:
    """Fulfils `domain.ports.IdempotencyKeys`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def reserve(self, request: KeyedRequest, fresh: Origin, until: int) -> Origin | Answer:
        """Take on a request, or find out that it was answered."""
        now = fresh.at
        with table_errors():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={
                        **_key(request),
                        "fingerprint": text(request.fingerprint),
                        "seed": text(fresh.seed),
                        "at": number(fresh.at),
                        "until": number(until),
                        "expires_at": number(now // 1000 + KEPT_SECONDS),
                    },
                    ConditionExpression=_FREE,
                    ExpressionAttributeValues={":now": number(now // 1000)},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                found: Item = error.response.get("Item", {})  # type: ignore[assignment]
                return self._again(request, found, fresh, until)
        return fresh

    def complete(self, request: KeyedRequest, origin: Origin, answer: Answer) -> None:
        """Store what a request is answered, compressed: a batch's answer may be long."""
        body = json.dumps([answer.status, answer.body], ensure_ascii=False, separators=(",", ":"))
        self._update(
            request,
            "SET answer = :answer REMOVE #until",
            _OPEN,
            {":seed": text(origin.seed), ":answer": {"B": zlib.compress(body.encode())}},
        )

    def release(self, request: KeyedRequest, origin: Origin) -> None:
        """Let a retry take on a request at once."""
        values = {":seed": text(origin.seed), ":over": number(0)}
        self._update(request, "SET #until = :over", _OPEN, values)

    def forget(self, request: KeyedRequest, origin: Origin) -> None:
        """Let the key be used for another request."""
        with table_errors():
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key=_key(request),
                    ConditionExpression=_OPEN,
                    ExpressionAttributeValues={":seed": text(origin.seed)},
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise

    def _again(
        self, request: KeyedRequest, found: Item, fresh: Origin, until: int
    ) -> Origin | Answer:
        """Return what is known of a request whose key is there already."""
        origin = Origin(int(found["at"]["N"]), found["seed"]["S"])
        if origin == fresh:  # this very call, whose first answer was lost on the way
            return fresh
        if found["fingerprint"]["S"] != request.fingerprint:
            message = "This idempotency key was used for another request; use a new one for each."
            raise KeyReused(message)
        if "answer" in found:
            status, body = json.loads(zlib.decompress(found["answer"]["B"]))
            return Answer(status, body)
        former = read_number(found, "until") or 0
        if former > fresh.at:
            raise InFlight(ceil((former - fresh.at) / 1000))
        is_ours = self._update(
            request,
            "SET #until = :until",
            f"{_OPEN} AND #until = :former",
            {
                ":seed": text(origin.seed),
                ":until": number(until),
                ":former": number(former),
            },
        )
        if not is_ours:  # another retry was quicker
            raise InFlight(ceil((until - fresh.at) / 1000))
        return origin

    def _update(
        self,
        request: KeyedRequest,
        expression: str,
        condition: str,
        values: Mapping[str, Value],
    ) -> bool:
        """Update a request's item, and say whether its condition was met."""
        with table_errors():
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(request),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#until": "until"},
                    ExpressionAttributeValues=values,
                )
            except ClientError as error:
                if not is_failed_condition(error):
                    raise
                return False
        return True


def _key(request: KeyedRequest) -> dict[str, Value]:
    return {"pk": text(f"IDEMPOTENCY#{request.caller}#{request.key}"), "sk": text("-")}
