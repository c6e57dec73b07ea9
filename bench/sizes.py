"""How large DynamoDB takes an item to be.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTAINER = 3
_MEMBER = 1


def item(attributes: Mapping[str, Any]) -> int:
    """Return the bytes of an item: its attributes' names and values; 0 where there is none."""
    return sum(len(name.encode()) + value(each) for name, each in attributes.items())


def value(attribute: Mapping[str, Any]) -> int:
    """Return the bytes of an attribute's value."""
    ((kind, held),) = attribute.items()
    match kind:
        case "S":
            size = len(held.encode())
        case "N":
            size = _number(held)
        case "SS":
            size = sum(len(each.encode()) for each in held)
        case "L":
            size = _CONTAINER + sum(_MEMBER + value(each) for each in held)
        case "M":
            size = _CONTAINER + sum(
                _MEMBER + len(name.encode()) + value(each) for name, each in held.items()
            )
        case "NULL" | "BOOL":
            size = 1
        case _:
            message = f"Say here how large a {kind} is."
            raise NotImplementedError(message)
    return size


def _number(text: str) -> int:
    """A byte for each two significant digits, and one; another for a minus."""
    digits = text.lstrip("-").replace(".", "").strip("0")
    return ceil(len(digits) / 2) + 1 + text.startswith("-")
