"""What is asked of dead letters, as pydantic models."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

from notificationd.api.models import (
    FIELD_CHARACTERS,
    Moment,
    PageLimit,
    RequestModel,
    described,
)
from notificationd.domain.dead_letter import REASONS, Wanted
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.notification import Channel  # noqa: TC001 - pydantic reads it at run time


def _known_reason(text: str) -> str:
    if text not in REASONS:
        raise PydanticCustomError(
            "enum", "must be one of {reasons}", {"reasons": ", ".join(REASONS)}
        )
    return text


def _split(value: object) -> object:
    """Take a list's members apart, which a query can only have as one text."""
    return value.split(",") if isinstance(value, str) else value


_Ids = Annotated[
    list[Annotated[StrictStr, Field(min_length=1, max_length=FIELD_CHARACTERS)]],
    Field(min_length=1, max_length=100),
]


class LetterFilter(RequestModel):
    """Which dead letters are meant: those that fit all that is given."""

    channel: Channel | None = None
    """Only those of this channel."""
    reason: (
        Annotated[StrictStr, AfterValidator(_known_reason), described(enum=list(REASONS))] | None
    ) = None
    """Only those that are there for this reason."""
    since: Moment | None = None
    """Only those that failed at this time or later."""
    until: Moment | None = None
    """Only those that failed before this time."""

    def _wanted(self, ids: list[str] | None) -> Wanted:
        return Wanted(
            ids=frozenset(ids or ()),
            channel=self.channel,
            reason=self.reason,
            since=self.since,
            until=self.until,
        )


class LettersQuery(LetterFilter):
    """The query of `GET /dead-letters`."""

    limit: PageLimit = 20
    """How many at most."""
    ids: Annotated[_Ids, BeforeValidator(_split)] | None = None
    """Only those of these notifications: ids with commas between them."""

    def to_wanted(self) -> Wanted:
        """Return which letters are asked for."""
        return self._wanted(self.ids)


class RedriveRequest(LetterFilter):
    """The body of `POST /dead-letters/redrive`. That all are meant has to be said."""

    ids: _Ids | None = None
    """Those of these notifications."""
    all: StrictBool = False
    """All that there are: has to be said where neither `ids` nor a filter is given."""

    def to_wanted(self) -> Wanted:
        """Return which letters are to be redriven.

        Raises:
            InvalidRequest: none are named, or both some and all.
        """
        wanted = self._wanted(self.ids)
        if self.all and self.ids:
            raise InvalidRequest(FieldError("all", "contradiction", "name `ids` or all, not both"))
        if not self.all and wanted == Wanted():
            detail = "name `ids` or a filter, or say `all`: true"
            raise InvalidRequest(FieldError("all", "missing", detail))
        return wanted
