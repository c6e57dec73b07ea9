"""What AWS bills, counted call by call through botocore's event hooks.

Units are computed from the sizes of the items that a call touches, since no emulator's own figures
can be relied on. A call that fails its condition is billed like any other.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://aws.amazon.com/sqs/pricing/ (each 64 KB of a payload is a request)
https://aws.amazon.com/api-gateway/pricing/ (each 32 KB of a frame is a message, each 512 KB of an
HTTP payload a request)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from bench import sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from botocore.client import BaseClient
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient

KB: Final = 1024
_WRITES: Final = {"PutItem", "UpdateItem", "DeleteItem"}
_WORD: Final = re.compile(r"[:#]\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An amount of billed operations. Bills add up, and can be shared among many."""

    http_requests: float = 0
    socket_messages: float = 0
    pushes: float = 0
    socket_minutes: float = 0
    lambda_requests: float = 0
    gb_seconds: float = 0
    sqs_requests: float = 0
    write_units: float = 0
    read_units: float = 0
    schedules: float = 0
    log_bytes: float = 0

    def __add__(self, other: Bill) -> Bill:
        """Return both together."""
        return Bill(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in _FIELDS}
        )

    def __mul__(self, times: float) -> Bill:
        """Return it so many times; a share of it for less than 1."""
        return Bill(**{each.name: getattr(self, each.name) * times for each in _FIELDS})


_FIELDS: Final = fields(Bill)


@dataclass(slots=True)
class Meter:
    """Counts the calls of the clients that it is connected to.

    Args:
        table: a client that is not counted, to look at the items that a call touches.
        on_call: is told each call's service, when it is made.
    """

    table: DynamoDBClient
    on_call: Callable[[str], None] = lambda _: None
    bill: Bill = field(default_factory=Bill)
    calls: list[str] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    """What the table's stream would tell of the writes."""

    def connect(self, client: BaseClient) -> None:
        """Count what a client calls from now on."""
        client.meta.events.register_first("provide-client-params", self._before)
        client.meta.events.register("after-call", self._after)

    def reset(self) -> None:
        """Begin anew."""
        self.bill = Bill()
        self.calls.clear()
        self.changes.clear()

    def _before(
        self, params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        name, service = model.name, model.service_model.service_name
        context["bench"] = params, [self._item(key) for key in _written_keys(name, params)]
        self.calls.append(name)
        self.on_call(service)
        if service == "sqs":
            bodies = [entry["MessageBody"] for entry in params.get("Entries", [params])]
            self.bill += Bill(sqs_requests=units(sum(len(body.encode()) for body in bodies), 64))
        elif service == "apigatewaymanagementapi":
            self.bill += Bill(pushes=units(len(params["Data"]), 32))
        elif service == "scheduler" and name == "CreateSchedule":
            self.bill += Bill(schedules=1)
        elif service == "dynamodb":
            self.bill += Bill(read_units=self._read_units(name, params))

    def _after(self, model: OperationModel, context: dict[str, Any], **_: object) -> None:
        if model.service_model.service_name != "dynamodb":
            return
        params, images = context["bench"]
        twice = 2 if model.name == "TransactWriteItems" else 1
        for key, before in zip(_written_keys(model.name, params), images, strict=True):
            after = self._item(key)
            larger = max(sizes.item(before), sizes.item(after))
            self.bill += Bill(write_units=twice * units(larger, 1))
            if before != after:
                self.changes.append(_change(key, before, after, len(self.changes)))

    def _item(self, key: Mapping[str, Any]) -> dict[str, Any]:
        table_name, item_key = key["TableName"], key["Key"]
        answer = self.table.get_item(TableName=table_name, Key=item_key, ConsistentRead=True)
        return dict(answer.get("Item", {}))

    def _read_units(self, name: str, params: Mapping[str, Any]) -> float:
        share = 1 if params.get("ConsistentRead") else 0.5
        match name:
            case "GetItem":
                return share * units(sizes.item(self._item(params)), 4)
            case "Query":
                return share * units(sum(map(sizes.item, self._examined(params))), 4)
            case "TransactGetItems":
                gets = [entry["Get"] for entry in params["TransactItems"]]
                return 2 * sum(units(sizes.item(self._item(get)), 4) for get in gets)
            case "BatchExecuteStatement" | "TransactWriteItems":
                return 0
            case _ if name in _WRITES:
                return 0
            case _:
                message = f"Say here what {name} costs."
                raise NotImplementedError(message)

    def _examined(self, params: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        """Return the items that a query reads; its filter comes after the bill."""
        kept = {"TableName", "KeyConditionExpression", "ExclusiveStartKey", "Limit"}
        query = {name: params[name] for name in kept if name in params}
        words = set(_WORD.findall(params["KeyConditionExpression"]))
        for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            if given := {each: v for each, v in params.get(name, {}).items() if each in words}:
                query[name] = given
        query["ScanIndexForward"] = params.get("ScanIndexForward", True)
        return self.table.query(**query)["Items"]


def units(size: int, kilobytes: int) -> int:
    """Return how many units of so many KB a size takes; nothing at all takes one."""
    return max(1, ceil(size / (kilobytes * KB)))


def _written_keys(name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    if name == "TransactWriteItems":
        actions = [action for entry in params["TransactItems"] for action in entry.values()]
        return [_key(action) for action in actions]
    if name == "BatchExecuteStatement":
        return [_inserted_key(statement) for statement in params["Statements"]]
    return [_key(params)] if name in _WRITES else []


def _key(action: Mapping[str, Any]) -> dict[str, Any]:
    key = action.get("Key") or {name: action["Item"][name] for name in ("pk", "sk")}
    return {"TableName": action["TableName"], "Key": key}


def _inserted_key(statement: Mapping[str, Any]) -> dict[str, Any]:
    names = re.findall(r"'(\w+)': \?", statement["Statement"])
    item = dict(zip(names, statement["Parameters"], strict=True))
    found = re.match(r"INSERT INTO \"([^\"]+)\"", statement["Statement"])
    if found is None:
        message = "Say here what this statement costs."
        raise NotImplementedError(message)
    return {"TableName": found[1], "Key": {name: item[name] for name in ("pk", "sk")}}


def _change(
    key: Mapping[str, Any], before: dict[str, Any], after: dict[str, Any], number: int
) -> dict[str, Any]:
    """Return the record of the table's stream."""
    images = {"OldImage": before, "NewImage": after}
    return {
        "eventID": f"{number}",
        "eventName": "INSERT" if not before else "MODIFY" if after else "REMOVE",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_800_000_000,
            "Keys": key["Key"],
            "SequenceNumber": f"{number}",
            **{name: image for name, image in images.items() if image},
        },
    }
