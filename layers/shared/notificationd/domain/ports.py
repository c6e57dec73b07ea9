"""What the use cases need from outside, as small protocols. Adapters and fakes fulfil them.

Unless a docstring says otherwise, a call that cannot be made now raises `Unavailable`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import Any

    from notificationd.domain.dead_letter import DeadLetter
    from notificationd.domain.idempotency import Answer, KeyedRequest, Origin
    from notificationd.domain.identity import ApiKey, Scope, User
    from notificationd.domain.inbox import InboxPage, InboxRequest, Unmarked
    from notificationd.domain.limits import Allowance, Bucket
    from notificationd.domain.marks import Marks, Progress
    from notificationd.domain.notification import Channel, Notification
    from notificationd.domain.page import Page, PageRequest
    from notificationd.domain.profile import Profile
    from notificationd.domain.record import Lease, Record
    from notificationd.domain.template import Examined, Head, Version
    from notificationd.domain.template_page import TemplatePage, VersionPage
    from notificationd.domain.watch import WatchEntry

LONGEST_DELAY_SECONDS = 15 * 60
"""That a queue holds a message back: SQS takes no more."""


class Notifications(Protocol):
    """The records: what happened to each notification."""

    def create(self, record: Record) -> None:
        """Store a first record, unless one is there: then the dispatcher was quicker."""

    def create_all(self, records: Sequence[Record]) -> frozenset[str]:
        """Store first records as `create` does, many at once.

        Returns:
            The ids of those that could not be stored now. Never raises.
        """

    def claim(self, notification: Notification, lease: Lease, at: int) -> Record:
        """Take the right to send, in one conditional write that creates a missing record.

        Returns:
            The claimed record. Its lease says how many claims ended without a word before.

        Raises:
            AlreadySettled, LeaseHeld: as `domain.transitions.apply` has it.
        """

    def save(self, record: Record, lease_id: str) -> None:
        """Store what `apply` made of a claimed record, and end the lease.

        Raises:
            LeaseLost: the claim has been taken over; nothing was stored.
        """

    def reopen(self, notification: Notification, at: int) -> None:
        """Make a failed record pending again, and one that is missing; a pending one starts anew.

        Raises:
            AlreadySettled: as `domain.transitions.apply` has it for a redrive.
        """

    def miss(self, record: Record, at: int) -> None:
        """Take down that a record's message was looked for in vain, unless it is in hand by now."""

    def abandon(self, record: Record, missed_at: int) -> None:
        """Store what `apply` made of a record that was missed.

        Raises:
            LeaseLost: it has been taken up since; nothing was stored.
        """

    def cancel(self, before: Record, after: Record) -> None:
        """Store what `apply` made of a record that is cancelled.

        Args:
            before: as it was read.

        Raises:
            LeaseLost: it is another one by now; nothing was stored.
        """

    def release(self, notification: Notification) -> None:
        """Mark a scheduled in-app notification as sent; one whose record is missing gets one.

        Raises:
            AlreadySettled: it was cancelled. One that is sent already is no error.
        """

    def get(self, user: str, notification_id: str) -> Record | None:
        """Return a record, or None."""

    def page(self, user: str, request: PageRequest) -> Page:
        """Return a user's records, newest first."""


class Inboxes(Protocol):
    """The users' inboxes: what is read, seen and archived. Email and SMS are not in them."""

    def look(self, user: str, ids: Collection[str] = ()) -> tuple[Progress, dict[str, Marks]]:
        """Return how far a user has read, and what is marked on some notifications.

        All of it is of one moment. An id that is in nobody's inbox, or in another's, is left out.

        Args:
            ids: at most 24.

        Raises:
            InboxChanged: it is being changed right now.
        """

    def replace(
        self, user: str, before: Progress, after: Progress, marks: Mapping[str, Marks]
    ) -> None:
        """Store a change in one go, or nothing of it. Without marks it is a single write.

        Args:
            before: what `look` returned.
            marks: the new ones, by the ids of notifications that are in the inbox.

        Raises:
            InboxChanged: `before` is not how it stands any more.
        """

    def page(self, user: str, request: InboxRequest, progress: Progress, at: int) -> InboxPage:
        """Return some of what is in a user's inbox at a moment, newest first."""

    def unmarked(self, user: str, above: str, limit: int, at: int) -> Unmarked:
        """Return what is in a user's inbox at a moment, above an id, and is not marked as read.

        Args:
            limit: how many that are not archived are enough.
        """


class Connections(Protocol):
    """The live sockets of each user."""

    def add(self, user: str, connection_id: str, at: int) -> None:
        """Remember a socket. It is forgotten by itself when API Gateway must have cut it."""

    def remove(self, user: str, connection_id: str) -> None:
        """Forget a socket; one that is not known is no error."""

    def of(self, user: str) -> Sequence[str]:
        """Return the ids of a user's sockets."""


class Profiles(Protocol):
    """The users' contact points."""

    def get(self, user: str) -> Profile | None:
        """Return a user's profile, or None."""

    def put(self, user: str, profile: Profile) -> None:
        """Store a user's contact points in place of the earlier ones."""


class ApiKeys(Protocol):
    """The API keys that are valid."""

    def find(self, digest: str) -> ApiKey | None:
        """Return the key whose SHA-256, in hex, this is, or None."""

    def create(self, digest: str, name: str, scopes: frozenset[Scope], at: int) -> str:
        """Store a key by its SHA-256, in hex, and return its id."""


class Tokens(Protocol):
    """Signs and checks user tokens."""

    def sign(self, user: str, *, issued_at: int, expires_at: int) -> str:
        """Return a token for a user. Times are in milliseconds since the epoch."""

    def verify(self, token: str, at: int) -> User:
        """Return whose token it is.

        Raises:
            Unauthenticated: it is not one of ours, or it has expired.
        """


class Queue(Protocol):
    """The queues of what is still to be done."""

    def put(self, notification: Notification, delay_seconds: int = 0) -> None:
        """Put a notification onto its channel's queue.

        Args:
            delay_seconds: nobody is given it before that; at most LONGEST_DELAY_SECONDS.
        """

    def put_all(self, notifications: Sequence[tuple[Notification, int]]) -> frozenset[str]:
        """Put notifications onto their queues, many at once, each with its delay in seconds.

        Returns:
            The ids of those that certainly or possibly are on no queue. Never raises.
        """

    def put_push(self, notification: Notification, connection_ids: Sequence[str] | None) -> None:
        """Leave a push to the in-app queue: to the sockets named, or to all of the user's."""


class Schedule(Protocol):
    """What is put onto a queue later than a queue itself can wait."""

    def put(self, notification: Notification) -> None:
        """Have a notification put onto its channel's queue when its time has come.

        Doing it again for the same notification is no error.
        """

    def drop(self, notification: Notification) -> None:
        """Do not. Never raises: what comes all the same finds the record cancelled."""


class Buckets(Protocol):
    """The token buckets of callers and recipients."""

    def take(self, bucket: Bucket, wanted: int, at: int) -> Allowance:
        """Take tokens out of a bucket, as many as there are of those that are wanted.

        Args:
            at: the time, in milliseconds since the epoch.
        """


class IdempotencyKeys(Protocol):
    """The requests that were made with an idempotency key."""

    def reserve(self, request: KeyedRequest, fresh: Origin, until: int) -> Origin | Answer:
        """Take on a request, or find out that it was answered.

        Args:
            fresh: its origin, if it is made for the first time.
            until: when this worker has ended at the latest, in milliseconds since the epoch.

        Returns:
            The answer that it got, or its origin: another one than `fresh` if an earlier worker
            died with it.

        Raises:
            KeyReused, InFlight: it cannot be taken on.
        """

    def complete(self, request: KeyedRequest, origin: Origin, answer: Answer) -> None:
        """Store what a request is answered."""

    def release(self, request: KeyedRequest, origin: Origin) -> None:
        """Let a retry take on a request at once. It has the same origin."""

    def forget(self, request: KeyedRequest, origin: Origin) -> None:
        """Let the key be used for another request: nothing came of this one."""


class DeadLetterSink(Protocol):
    """Where notifications wait that no retry can mend."""

    def put(self, notification: Notification) -> None:
        """Put a notification onto the dead-letter queue, to be redriven after the fix."""


class DeadLetters(Protocol):
    """The queue of what nobody tries to deliver any more."""

    def receive(self) -> Sequence[DeadLetter]:
        """Take some letters, at most 10, and hide them from others for a while.

        None is no proof that there are none: they may be hidden, or not found this time.
        """

    def show(self, letters: Iterable[DeadLetter]) -> None:
        """End the hiding of letters. Never raises: they are seen again by themselves in the end."""

    def discard(self, letter: DeadLetter) -> None:
        """Delete a letter for good; one that is gone already is no error."""


class Queues(Protocol):
    """How full the channels' queues are."""

    def are_quiet(self, channels: Iterable[Channel]) -> Mapping[Channel, bool]:
        """Tell of each channel whether its queue holds nothing, waiting, hidden or delayed."""


class WatchList(Protocol):
    """The notifications that are still open, by when somebody is to look at them again."""

    def put(self, entry: WatchEntry) -> None:
        """Store an entry, in place of one of the same time and name."""

    def due(self, at: int, limit: int) -> Sequence[WatchEntry]:
        """Return the entries that are due at a moment, the oldest first."""

    def remove(self, entry: WatchEntry) -> None:
        """Delete an entry; one that is gone already is no error."""


class TemplateReader(Protocol):
    """What is needed of the templates to send by one."""

    def head(self, name: str) -> Head | None:
        """Return what was stored last of a template, without its texts; None if nothing was."""

    def version(self, name: str, number: int) -> Version | None:
        """Return a version, also one of a template that has been deleted since, or None."""


class Templates(TemplateReader, Protocol):
    """The templates, each with all of its versions."""

    def add(self, version: Version, fingerprint: str) -> None:
        """Store a template's next version, which becomes the current one, in one go.

        Raises:
            VersionTaken: its number is not the next one any more.
        """

    def remove(self, name: str, head: Head) -> None:
        """Take a template out of use. Its versions stay.

        Raises:
            VersionTaken: `head` is not how it stands any more.
        """

    def page(self, limit: int, after: str | None) -> TemplatePage:
        """Return some of the templates that are in use, by name.

        Args:
            after: the name of the last one that was seen, None from the first on.
        """

    def versions(self, name: str, limit: int, before: int | None) -> VersionPage:
        """Return some of a template's versions, newest first.

        Args:
            before: the number of the last one that was seen, None from the newest on.
        """


class Rendering(Protocol):
    """Renders the texts of one notification, within bounds that hold for all of them together."""

    def text(self, source: str, *, html: bool) -> str:
        """Return a text with the values of its variables, which are escaped where it is HTML.

        Raises:
            TemplateFault: it has a mistake, something in it is not there, or it is too much.
        """


class TemplateLanguage(Protocol):
    """The language of templates' texts. Whatever stands in them, it comes to an end."""

    def examine(self, source: str, *, html: bool) -> Examined:
        """Check a text, and return what it uses.

        Raises:
            TemplateFault: it has a mistake, and where.
        """

    def rendering(self, values: Mapping[str, Any]) -> Rendering:
        """Return what renders texts with some values, which are plain JSON."""


class Sockets(Protocol):
    """Writes to live sockets."""

    def post(self, connection_id: str, frame: bytes) -> None:
        """Write one frame.

        Raises:
            ConnectionGone: it is closed for good.
            Unavailable: it did not work this time.
        """


class Provider(Protocol):
    """Somebody who sends e-mails or SMS for us."""

    @property
    def name(self) -> str:
        """As configuration and timeline call it."""

    def send(self, notification: Notification) -> str:
        """Hand over a notification and return the provider's id for it. Never retries by itself.

        Raises:
            DeliveryError: the subclass says what follows.
        """


class Addresses(Protocol):
    """Checks and normalises addresses."""

    def normalise(self, channel: Channel, address: str) -> str:
        """Return the address in the one form in which it is stored.

        Raises:
            ValueError: it is no address of the channel; the text says why.
        """


class Journal(Protocol):
    """Takes down what happens, in ids only: never an address, a content or a token."""

    def note(self, event: str, details: Mapping[str, object]) -> None:
        """Take down that something went as it should."""

    def warn(self, event: str, details: Mapping[str, object]) -> None:
        """Take down that something needs a look."""
