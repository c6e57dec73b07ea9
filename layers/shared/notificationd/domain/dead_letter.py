"""Dead letters: what they are, why they are there, and which of them are meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notificationd.domain.record import OPEN, Reason, Status

if TYPE_CHECKING:
    from notificationd.domain.notification import Channel, Notification
    from notificationd.domain.record import Record

MALFORMED = "malformed"
"""The message is not one of ours."""
NEWER = "newer"
"""The message was written by a later release, which alone can read it. It waits for that."""
UNMARKED = "unmarked"
"""The worker that had its last try died before it could say why; its record is open, if any."""


def already(status: Status) -> str:
    """Return the reason of a letter whose notification has come to an end by another way."""
    return f"already_{status}"


REASONS = (
    *Reason,
    UNMARKED,
    MALFORMED,
    NEWER,
    *(already(s) for s in Status if s not in OPEN | {Status.FAILED}),
)
"""All that a letter can be there for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message in the dead-letter queue.

    Args:
        message_id: the queue's own name for it.
        receipt: names this one receipt of it.
        notification: what it stands for, None where this release cannot read it.
        newer_id: the notification's id, where only a later release can read the rest.
    """

    message_id: str
    receipt: str
    notification: Notification | None
    newer_id: str | None = None

    @property
    def id(self) -> str:
        """The notification's id, or the message's where there is no notification."""
        if self.notification is not None:
            return self.notification.id
        return self.newer_id or self.message_id


@dataclass(frozen=True, slots=True)
class Finding:
    """A dead letter and what the table says of it."""

    letter: DeadLetter
    record: Record | None

    @property
    def reason(self) -> str:
        """Why it is there, one of REASONS."""
        if self.letter.notification is None:
            return MALFORMED if self.letter.newer_id is None else NEWER
        if self.record is None or self.record.status in OPEN:
            return UNMARKED
        if self.record.status is not Status.FAILED:
            return already(self.record.status)
        return self.record.reason or UNMARKED

    @property
    def failed_at(self) -> int | None:
        """When it failed, in milliseconds since the epoch; None where nobody took that down."""
        if self.record is None or self.record.status is not Status.FAILED:
            return None
        return self.record.updated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which dead letters are meant: those that fit all that is given.

    Args:
        ids: of notifications; of messages where they are malformed. Empty for any.
        since: the earliest time of failure, in milliseconds since the epoch.
        until: the time of failure that is too late. A letter without one fits neither.
    """

    ids: frozenset[str] = frozenset()
    channel: Channel | None = None
    reason: str | None = None
    since: int | None = None
    until: int | None = None

    def may_fit(self, letter: DeadLetter) -> bool:
        """Tell whether a letter fits, as far as it says itself: without its record."""
        if self.ids and letter.id not in self.ids:
            return False
        notification = letter.notification
        return self.channel is None or (
            notification is not None and notification.channel is self.channel
        )

    def fits(self, finding: Finding) -> bool:
        """Tell whether a letter fits."""
        if not self.may_fit(finding.letter) or self.reason not in {None, finding.reason}:
            return False
        if self.since is None and self.until is None:
            return True
        at = finding.failed_at
        return (
            at is not None
            and (self.since is None or self.since <= at)
            and (self.until is None or at < self.until)
        )
