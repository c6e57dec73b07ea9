"""Take back a notification that has not been sent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import LeaseLost, NotFound, TooLate
from notificationd.domain.record import Record, Status
from notificationd.domain.transitions import Cancelled, apply
from notificationd.services.send import ids_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain import ports

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """The use case behind `DELETE /users/{id}/notifications/{notification_id}`.

    Args:
        clock: returns milliseconds since the epoch.
    """

    notifications: ports.Notifications
    schedule: ports.Schedule
    journal: ports.Journal
    clock: Callable[[], int]

    def __call__(self, user: str, notification_id: str) -> Record:
        """Cancel a notification, unless it has been sent or may have been. Twice is once.

        Whoever is quicker wins: this or the worker that claims it, by one conditional write.

        Raises:
            NotFound: the user has none of that id.
            TooLate: it is, or may be, sent; or it has come to another end.
        """
        for _ in range(_TRIES):
            record = self.notifications.get(user, notification_id)
            if record is None:
                message = "This user has no notification of that id."
                raise NotFound(message)
            if record.status is Status.CANCELLED:
                return record
            after = apply(record, Cancelled(self.clock()))
            with suppress(LeaseLost):  # somebody was quicker; what with, the next look tells
                self.notifications.cancel(record, after)
                self.journal.note("cancelled", ids_of(record.notification))
                self.schedule.drop(record.notification)
                return after
        message = "It is being sent."
        raise TooLate(message)
