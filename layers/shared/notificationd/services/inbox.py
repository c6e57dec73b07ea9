"""Read a user's notifications, of all channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.errors import NoNotifications, NotFound
from notificationd.domain.ids import is_uuid7
from notificationd.domain.inbox import InboxRequest
from notificationd.domain.marks import Progress, Standing
from notificationd.domain.notification import Channel
from notificationd.domain.page import PageRequest
from notificationd.domain.record import Record, Status, as_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.domain import ports


@dataclass(frozen=True, slots=True)
class Listed:
    """A notification, and how it stands in the inbox, if it is in one."""

    record: Record
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of a user's notifications, newest first.

    Args:
        last_seen: where the next page starts, None when there is none.
    """

    entries: tuple[Listed, ...]
    last_seen: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The use cases behind `GET /users/{id}/notifications` and one of them.

    Args:
        clock: returns milliseconds since the epoch.
    """

    notifications: ports.Notifications
    inboxes: ports.Inboxes
    clock: Callable[[], int]

    def page(self, user: str, request: PageRequest, *, unread: bool | None = None) -> Listing:
        """Return some of a user's notifications, newest first.

        Args:
            unread: only in-app ones that are unread, or only in-app ones that are not.

        Raises:
            NoNotifications: the user never had any.
        """
        if unread is not None:
            return self._in_app(user, request, unread=unread)
        page = self.notifications.page(user, request)
        if request.after is None and not page.user_is_known:
            raise NoNotifications
        return self._listing(user, page.records, page.last_seen)

    def one(self, user: str, notification_id: str) -> Listed:
        """Return one of a user's notifications.

        Raises:
            NotFound: the user has none of that id.
        """
        # The table refuses keys of over 1,024 bytes, which is no answer to give.
        record = (
            self.notifications.get(user, notification_id) if is_uuid7(notification_id) else None
        )
        if record is None:
            message = "This user has no notification of that id."
            raise NotFound(message)
        return self._listing(user, (record,), None).entries[0]

    def _in_app(self, user: str, request: PageRequest, *, unread: bool) -> Listing:
        anything = PageRequest(limit=1)
        if request.after is None and not self.notifications.page(user, anything).user_is_known:
            raise NoNotifications
        if request.channel not in {None, Channel.IN_APP} or request.status not in {
            None,
            Status.SENT,
        }:
            return Listing((), None)
        progress, _ = self.inboxes.look(user)
        wanted = InboxRequest(
            limit=request.limit, after=request.after, archived=True, unread=unread
        )
        at = self.clock()
        page = self.inboxes.page(user, wanted, progress, at)
        entries = tuple(_listed(as_of(record, at), progress) for record in page.records)
        return Listing(entries, page.last_seen)

    def _listing(self, user: str, records: tuple[Record, ...], last_seen: str | None) -> Listing:
        progress = Progress()
        if any(record.notification.channel is Channel.IN_APP for record in records):
            progress, _ = self.inboxes.look(user)
        at = self.clock()
        entries = tuple(_listed(as_of(record, at), progress) for record in records)
        return Listing(entries, last_seen)


def _listed(record: Record, progress: Progress) -> Listed:
    notification = record.notification
    if notification.channel is not Channel.IN_APP or record.status is not Status.SENT:
        return Listed(record, None)
    return Listed(record, progress.standing(notification.id, record.marks))
