"""What the pydantic models of bodies and queries share; those of each function stand beside this.

The sentence under a field is its description in the documentation, and so is what `described` adds:
what the domain checks, told in JSON Schema. Neither takes part in checking a request.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from notificationd.domain.content import USER_ID_CHARACTERS
from notificationd.domain.errors import FieldError, InvalidRequest

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

USER_ID: dict[str, list[dict[str, Any]]] = {
    "anyOf": [
        {"type": "integer"},
        {
            "type": "string",
            "minLength": 1,
            "maxLength": USER_ID_CHARACTERS,
            "pattern": r"^[^/\x00-\x1f\x7f\u2028\u2029]*$",
        },
    ]
}
"""A user's id as JSON Schema."""
MOMENT = {"type": "string", "format": "date-time"}
"""A time as JSON Schema."""
FIELD_CHARACTERS = 100
"""Of a field's name in an answer: an unknown one may be as long as the body."""
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_CODES = {
    "missing": ("missing", "is missing"),
    "extra_forbidden": ("unknown_field", "is not a field of this request"),
    "enum": ("unknown_value", ""),
    "string_type": ("wrong_type", "must be a string"),
    "dict_type": ("wrong_type", "must be an object"),
}


def described(**schema: Any) -> FieldInfo:  # noqa: ANN401 - JSON
    """Return what a field's JSON Schema says besides what pydantic knows of it."""
    info: FieldInfo = Field(json_schema_extra=schema)
    return info


class RequestModel(BaseModel):
    """What all requests share: nothing is guessed, and an unknown field is a mistake.

    Each is built when it is first used: a function uses one or two of them all.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)
    nested: ClassVar[bool] = False
    """Whether a wrong field within another one is named with its whole path."""

    @classmethod
    def parse(cls, values: dict[str, Any]) -> Self:
        """Return the request that some values make.

        Raises:
            InvalidRequest: it names every field that is wrong.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidRequest(*_field_errors(error, nested=cls.nested)) from error


def _moment(value: object) -> int:
    """Return a time of RFC 3339 in milliseconds since the epoch."""
    try:
        at = datetime.fromisoformat(str(value)) if _RFC3339.fullmatch(str(value)) else None
    except ValueError:
        at = None
    if at is None:
        message = "must be a time with its zone, like 2026-11-23T03:43:42Z"
        raise PydanticCustomError("not_a_time", message)
    return int(at.timestamp() * 1000)


Moment = Annotated[int, BeforeValidator(_moment), WithJsonSchema(MOMENT)]
PageLimit = Annotated[int, Field(ge=1, le=100)]


def _field_errors(error: ValidationError, *, nested: bool) -> list[FieldError]:
    """Return one error for each wrong field, under the name that the caller wrote."""
    errors: dict[str, FieldError] = {}
    for entry in error.errors(include_url=False, include_input=False):
        # The second part of a union's location is the member that did not fit.
        parts = [part for part in entry["loc"] if part != "[key]"] if nested else entry["loc"][:1]
        field = ".".join(str(part)[:FIELD_CHARACTERS] for part in parts) or "body"
        code, detail = _CODES.get(entry["type"], (entry["type"], ""))
        if field == "user_id" and len(entry["loc"]) > 1:  # an error for each type it could be
            detail = "must be an integer or a string"
        if code.endswith(("_type", "_parsing")):
            code = "wrong_type"
        errors.setdefault(
            field, FieldError(field, code, detail or entry["msg"].replace("Input should", "must"))
        )
    return list(errors.values())
