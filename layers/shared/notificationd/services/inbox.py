"""Read a user's notifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import NoNotifications, NotFound

if TYPE_CHECKING:
    from notificationd.domain import ports
    from notificationd.domain.page import Page, PageRequest
    from notificationd.domain.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The use cases behind `GET /users/{id}/notifications` and one of them."""

    notifications: ports.Notifications

    def page(self, user: str, request: PageRequest) -> Page:
        """Return some of a user's notifications, newest first.

        Raises:
            NoNotifications: the user never had any.
        """
        page = self.notifications.page(user, request)
        if request.after is None and not page.user_is_known:
            raise NoNotifications
        return page

    def one(self, user: str, notification_id: str) -> Record:
        """Return one of a user's notifications.

        Raises:
            NotFound: the user has none of that id.
        """
        record = self.notifications.get(user, notification_id)
        if record is None:
            message = "This user has no notification of that id."
            raise NotFound(message)
        return record
