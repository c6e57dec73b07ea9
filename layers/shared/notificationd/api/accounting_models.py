"""What is asked of the books, as pydantic models."""

from __future__ import annotations

from pydantic import Field

from notificationd.api.models import Moment, RequestModel


class AccountingQuery(RequestModel):
    """The query of `GET /accounting`."""

    start: Moment | None = Field(default=None, alias="from")
    """From the hour of this time on; 24 hours before the end, unless it is given."""
    end: Moment | None = Field(default=None, alias="to")
    """Up to this time; now, unless it is given. At most 31 days after the start."""
