"""How the table is talked to: what fails, what is tried again, and how values are written."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from notificationd.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

type Value = Mapping[str, Any]
"""A DynamoDB attribute value: one type letter and what it holds."""
type Item = Mapping[str, Value]


@contextmanager
def table_errors() -> Iterator[None]:
    """Turn what the SDK raises into `Unavailable`, with the SDK's error as its cause.

    A failed condition is an answer, not an error; its callers catch it inside.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        message = f"the table: {error_code(error)}"
        raise Unavailable(message) from error


def error_code(error: Exception) -> str:
    """Return the name of an SDK error: it holds no data, unlike the error's text."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


def is_failed_condition(error: ClientError) -> bool:
    """Tell whether a conditional write found its condition not met."""
    return error_code(error) == "ConditionalCheckFailedException"


def text(value: str) -> Value:
    """Write a string."""
    return {"S": value}


def number(value: int) -> Value:
    """Write an integer."""
    return {"N": str(value)}


def read_text(item: Item, name: str) -> str | None:
    """Read a string, None where there is none or a null."""
    value = item.get(name)
    return None if value is None else value.get("S")


def read_number(item: Item, name: str) -> int | None:
    """Read an integer, None where there is none."""
    value = item.get(name)
    return None if value is None else int(value["N"])


def update_expression(
    assign: Mapping[str, Value], remove: tuple[str, ...] = ()
) -> tuple[str, dict[str, str], dict[str, Value]]:
    """Return an update expression with its names and values.

    Every name gets a placeholder: many of ours (`status`, `user`, `data`) are reserved words.
    """
    parts = []
    if assign:
        parts.append("SET " + ", ".join(f"#{name} = :{name}" for name in assign))
    if remove:
        parts.append("REMOVE " + ", ".join(f"#{name}" for name in remove))
    expression = " ".join(parts)
    names = {f"#{name}": name for name in (*assign, *remove)}
    values = {f":{name}": value for name, value in assign.items()}
    return expression, names, values
