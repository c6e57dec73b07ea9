"""Accept many notifications at once: each for itself, with few requests for all.

The order of the steps is that of `send`: what goes onto a queue before its record, what goes into
an inbox before its push. One that cannot be taken on does not keep the others from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeIs

from notificationd.domain.errors import InvalidRequest, RateLimited, Unavailable
from notificationd.domain.notification import Channel, Notification, user_key
from notificationd.domain.ports import LONGEST_DELAY_SECONDS
from notificationd.domain.record import accepted
from notificationd.services.compose import Compose, SendCommand, command_errors, filled
from notificationd.services.limit import UNLIMITED
from notificationd.services.send import delay_of, ids_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports
    from notificationd.domain.idempotency import Origin
    from notificationd.domain.limits import Allowance
    from notificationd.domain.profile import Profile
    from notificationd.services.compose import Renderer
    from notificationd.services.limit import Limiter
    from notificationd.services.push import Push

RENDER_SECONDS = 3.0
"""For the texts of all that have a template: the most expensive ones are bounded one by one. What
has no text by then is answered 503."""
PUSH_SECONDS = 3.0
"""For the pushes of all. What is not pushed by then is left to the queue."""

type _Filled = SendCommand | InvalidRequest | Unavailable
type Result = Notification | InvalidRequest | RateLimited | Unavailable


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """What became of a batch.

    Args:
        results: for each command, in order, its notification or why there is none.
        allowances: how much more may be sent; none where nothing is limited.
    """

    results: Sequence[Result]
    allowances: Sequence[Allowance]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBatch:
    """The use case behind `POST /notifications/batch`.

    Args:
        new_render: returns what makes contents from templates, for one request.
        limiter: None where nothing is limited.
        pool: where independent calls run side by side. Nothing that runs there waits for another.
        clock: returns milliseconds since the epoch.
    """

    profiles: ports.Profiles
    addresses: ports.Addresses
    new_render: Callable[[], Renderer]
    notifications: ports.Notifications
    connections: ports.Connections
    queue: ports.Queue
    schedule: ports.Schedule
    push: Push
    journal: ports.Journal
    limiter: Limiter | None
    pool: Executor
    clock: Callable[[], int]

    def __call__(
        self, commands: Sequence[SendCommand | InvalidRequest], origin: Origin, caller: str
    ) -> BatchReceipt:
        """Accept notifications. Each that comes back as one will be settled, whatever crashes.

        Args:
            commands: at most BATCH_ENTRIES; errors are passed on in their places.
            origin: of the request. The same one again makes the same notifications.
            caller: the API key's id.

        Raises:
            Unavailable: the limits cannot be looked at; nothing was accepted.
        """
        results = self._composed(commands, origin)
        good = [each for each in results if _is_notification(each)]
        clearance = self.limiter(caller, good) if self.limiter else UNLIMITED
        cleared = [each for each in good if each.id not in clearance.refused]
        missing = self._handed_over(cleared)

        def outcome(result: Result) -> Result:
            if not _is_notification(result):
                return result
            if result.id in missing:
                return Unavailable("the queue or the table")
            return clearance.refused.get(result.id, result)

        return BatchReceipt([outcome(each) for each in results], clearance.allowances)

    def _composed(
        self, commands: Sequence[SendCommand | InvalidRequest], origin: Origin
    ) -> list[Result]:
        render = self.new_render()
        until = self.clock() + RENDER_SECONDS * 1000
        full = [self._filled(each, render, until) for each in commands]
        profiles = self._profiles_of(full, origin.at)

        def profile_of(user: str) -> Profile | None:
            profile = profiles[user]
            if isinstance(profile, Unavailable):
                raise profile
            return profile

        compose = Compose(profile_of=profile_of, addresses=self.addresses, render=render)

        def composed(place: int, command: _Filled) -> Result:
            if isinstance(command, InvalidRequest | Unavailable):
                return command
            try:
                return compose(command, origin, place)
            except (InvalidRequest, Unavailable) as error:
                return error

        return [composed(place, command) for place, command in enumerate(full)]

    def _filled(
        self, command: SendCommand | InvalidRequest, render: Renderer, until: float
    ) -> _Filled:
        if isinstance(command, InvalidRequest):
            return command
        if command.template is not None and self.clock() >= until:
            return Unavailable("the time for templates is over")
        try:
            return filled(command, render)
        except (InvalidRequest, Unavailable) as error:
            return error

    def _profiles_of(
        self, commands: Iterable[_Filled], at: int
    ) -> Mapping[str, Profile | Unavailable | None]:
        """Look up the users whose addresses are needed, each once."""
        users = {
            user_key(command.user_id): None
            for command in commands
            if isinstance(command, SendCommand)
            and command.needs_address
            and not any(command_errors(command, at))
        }

        def look_up(user: str) -> Profile | Unavailable | None:
            try:
                return self.profiles.get(user)
            except Unavailable as error:
                return error

        return dict(zip(users, self.pool.map(look_up, users), strict=True))

    def _handed_over(self, notifications: Sequence[Notification]) -> set[str]:
        """Hand notifications to their channels, and return the ids of those that were not taken."""
        to_queue = [each for each in notifications if each.channel is not Channel.IN_APP]
        in_app = [each for each in notifications if each.channel is Channel.IN_APP]
        missing = self._put(to_queue)
        queued = [each for each in to_queue if each.id not in missing]
        live = self._live_of(each for each in in_app if each.send_at is None)
        unrecorded = self.notifications.create_all([accepted(each) for each in (*queued, *in_app)])
        for each in queued:
            if each.id in unrecorded:  # the dispatcher's claim writes it
                self.journal.warn("record_left_to_dispatcher", ids_of(each))
        stored = [each for each in in_app if each.id not in unrecorded]
        for each in (*queued, *stored):
            self.journal.note("accepted", ids_of(each))
        self._deliver([each for each in stored if each.send_at is None], live)
        for unpushed in self._put([each for each in stored if each.send_at is not None]):
            # It is in the inbox in time; its devices are not told.
            self.journal.warn("push_dropped", {"notification_id": unpushed})
        return missing | {each.id for each in in_app if each.id in unrecorded}

    def _put(self, notifications: Sequence[Notification]) -> set[str]:
        """Put notifications onto their queues or the schedule; return the ids of the others."""
        at = self.clock()
        delays = {each.id: delay_of(each, at) for each in notifications}
        soon = [each for each in notifications if delays[each.id] <= LONGEST_DELAY_SECONDS]
        late = [each for each in notifications if delays[each.id] > LONGEST_DELAY_SECONDS]
        missing = set(self.queue.put_all([(each, delays[each.id]) for each in soon]))
        for each, is_scheduled in zip(late, self.pool.map(self._is_scheduled, late), strict=True):
            if not is_scheduled:
                missing.add(each.id)
        return missing

    def _is_scheduled(self, notification: Notification) -> bool:
        try:
            self.schedule.put(notification)
        except Unavailable:
            return False
        return True

    def _live_of(self, notifications: Iterable[Notification]) -> Mapping[str, Sequence[str] | None]:
        """Look up the sockets of users, each once; None where they cannot be looked up now."""
        users = list({user_key(each.user_id): None for each in notifications})

        def look_up(user: str) -> Sequence[str] | None:
            try:
                return self.connections.of(user)
            except Unavailable:
                return None

        return dict(zip(users, self.pool.map(look_up, users), strict=True))

    def _deliver(
        self,
        notifications: Sequence[Notification],
        live: Mapping[str, Sequence[str] | None],
    ) -> None:
        """Push notifications to their users' sockets, as long as there is time."""
        until = self.clock() + PUSH_SECONDS * 1000

        def deliver(notification: Notification) -> None:
            connection_ids = live[user_key(notification.user_id)]
            if connection_ids is None or (connection_ids and self.clock() >= until):
                self.push.later(notification, connection_ids)
            elif failed := self.push(notification, connection_ids):
                self.push.later(notification, failed)

        for _ in self.pool.map(deliver, notifications):
            pass


def _is_notification(result: Result) -> TypeIs[Notification]:
    return isinstance(result, Notification)
