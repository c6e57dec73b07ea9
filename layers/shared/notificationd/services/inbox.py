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
    from concurrent.futures import Executor

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
        pool: where it is read how the inbox stands, beside the page.
        clock: returns milliseconds since the epoch.
    """

    notifications: ports.Notifications
    inboxes: ports.Inboxes
    pool: Executor
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
        has_inbox = request.channel in {None, Channel.IN_APP}
        looked = self.pool.submit(self.inboxes.look, user) if has_inbox else None
        page = self.notifications.page(user, request)
        if request.after is None and not page.user_is_known:
            raise NoNotifications
        progress = Progress() if looked is None else looked.result()[0]
        return Listing(self._listed(page.records, progress), page.last_seen)

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
        progress = Progress()
        if record.notification.channel is Channel.IN_APP:
            progress, _ = self.inboxes.look(user)
        return self._listed((record,), progress)[0]

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
        page = self.inboxes.page(user, wanted, progress, self.clock())
        return Listing(self._listed(page.records, progress), page.last_seen)

    def _listed(self, records: tuple[Record, ...], progress: Progress) -> tuple[Listed, ...]:
        at = self.clock()
        return tuple(_listed(as_of(record, at), progress) for record in records)


def _listed(record: Record, progress: Progress) -> Listed:
    notification = record.notification
    if notification.channel is not Channel.IN_APP or record.status is not Status.SENT:
        return Listed(record, None)
    return Listed(record, progress.standing(notification.id, record.marks))
