"""The service in memory, every port of it behind one tap, and the runtime that feeds it."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, cast, override

from notificationd.adapters.addresses import CheckedAddresses
from notificationd.api.views import notification_frame
from notificationd.domain.errors import Unavailable
from notificationd.domain.idempotency import Answer, KeyedRequest
from notificationd.domain.limits import Limit
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.profile import Profile
from notificationd.domain.watch import Patience
from notificationd.runtime.batch import process_batch
from notificationd.services.cancel import Cancel
from notificationd.services.compose import Compose, SendCommand
from notificationd.services.dead_letters import DeadLetterOffice
from notificationd.services.dispatch import Dispatch
from notificationd.services.dispatch_push import DispatchPush
from notificationd.services.idempotent import Idempotent
from notificationd.services.limit import Limiter
from notificationd.services.push import Push
from notificationd.services.reconcile import Reconcile
from notificationd.services.send import Send
from notificationd.services.send_batch import SendBatch
from notificationd.services.watch import Watch
from tests.fakes.delivery import Clock, RecordingJournal
from tests.fakes.storage import (
    MemoryBuckets,
    MemoryConnections,
    MemoryIdempotencyKeys,
    MemoryNotifications,
    MemoryProfiles,
    MemoryWatchList,
)
from tests.fakes.templates import no_templates
from tests.proof.faulty import Killed, TappedJournal, tapped, tapped_provider
from tests.proof.queues import MAX_RECEIVES, SimulatedDeadLetters, SimulatedQueue, SimulatedSchedule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notificationd.adapters.sqs import Visibility
    from notificationd.domain.idempotency import Origin
    from notificationd.domain.watch import Change
    from notificationd.runtime.batch import Job
    from notificationd.services.dispatch import Disposition
    from tests.proof.faulty import Tap
    from tests.proof.ledger import LedgerProvider, LedgerSockets

USER = "4"
CALLER = "caller"
UNREACHED = Limit(count=1_000_000, seconds=1)
"""The bucket is asked, and is never empty."""
LEASE_SECONDS = 30
WORKER_SECONDS = 10
"""How long a process may take that accepts a notification."""
LOOK_SECONDS = 3_600
PATIENCE = Patience(look=LOOK_SECONDS * 1000, queued=96 * 3_600_000, dead=432 * 3_600_000)
RETRY_BASE_SECONDS = 10
ROUNDS = 50
"""Far more deliveries than a message may have: a run that needs them goes round in circles."""


class InlinePool(Executor):
    """Runs each task in the caller's thread, so that every run has the same order of calls.

    Args:
        late: run a task when its result is asked for, instead of when it is handed in.
    """

    def __init__(self, *, late: bool = False) -> None:
        self._late = late

    @override
    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = _Task(lambda: fn(*args, **kwargs))
        if not self._late:
            future.run()
        return future


class _Task[T](Future[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self._work = work

    def run(self) -> None:
        try:
            self.set_result(self._work())
        except Exception as error:  # noqa: BLE001 - the future carries it, as a thread's does
            self.set_exception(error)

    @override
    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            self.run()
        return super().result(timeout)


class World:
    """Everything that happens happens through its methods, and those of `office` and `cancel`.

    Args:
        late: the answers of calls that go side by side come last, not first.
    """

    def __init__(
        self,
        tap: Tap,
        *,
        providers: Sequence[LedgerProvider],
        sockets: LedgerSockets,
        late: bool = False,
    ) -> None:
        self.tap = tap
        self.deaths = 0
        self._streamed = 0
        self.clock = Clock()
        self.queue = SimulatedQueue(self.clock)
        self.schedule = SimulatedSchedule(self.queue)
        self.dead_letters = SimulatedDeadLetters(self.queue)
        self.notifications = MemoryNotifications(self.clock)
        self.watch_list = MemoryWatchList()
        self.connections = MemoryConnections()
        self.providers = providers
        self.sockets = sockets
        self.journal = RecordingJournal()
        profiles = MemoryProfiles()
        profiles.put(USER, Profile(email="user4@example.com"))
        self._pool = InlinePool(late=late)
        self._queue = tapped(tap, "queue", self.queue)
        journal = TappedJournal(tap, self.journal)
        notifications = tapped(tap, "notifications", self.notifications)
        connections = tapped(tap, "connections", self.connections)
        dead_letters = tapped(tap, "dead_letters", self.dead_letters)
        watch_list = tapped(tap, "watch_list", self.watch_list)
        schedule = tapped(tap, "schedule", self.schedule)
        profiles_tapped = tapped(tap, "profiles", profiles)
        addresses = tapped(tap, "addresses", CheckedAddresses())
        push = Push(
            connections=connections,
            sockets=tapped(tap, "sockets", sockets),
            queue=self._queue,
            journal=journal,
            pool=self._pool,
            frame=notification_frame,
        )
        limiter = Limiter(
            buckets=tapped(tap, "buckets", MemoryBuckets()),
            per_caller=UNREACHED,
            per_recipient={},
            pool=self._pool,
            clock=self.clock,
        )
        self._send = Send(
            compose=Compose(
                profile_of=profiles_tapped.get, addresses=addresses, render=no_templates
            ),
            notifications=notifications,
            connections=connections,
            queue=self._queue,
            schedule=schedule,
            push=push,
            journal=journal,
            limiter=limiter,
            pool=self._pool,
            clock=self.clock,
        )
        self._send_batch = SendBatch(
            profiles=profiles_tapped,
            addresses=addresses,
            new_render=lambda: no_templates,
            notifications=notifications,
            connections=connections,
            queue=self._queue,
            schedule=schedule,
            push=push,
            journal=journal,
            limiter=limiter,
            pool=self._pool,
            clock=self.clock,
        )
        self.cancel = Cancel(
            notifications=notifications, schedule=schedule, journal=journal, clock=self.clock
        )
        self._idempotent = Idempotent(
            keys=tapped(tap, "keys", MemoryIdempotencyKeys()),
            clock=self.clock,
            worker_seconds=WORKER_SECONDS,
        )
        self._dispatch = Dispatch(
            notifications=notifications,
            dead_letters=dead_letters,
            providers={Channel.EMAIL: [tapped_provider(tap, each) for each in providers]},
            journal=journal,
            lease_seconds=LEASE_SECONDS,
            max_receives=MAX_RECEIVES,
            retry_base_seconds=RETRY_BASE_SECONDS,
            clock=self.clock,
            random=lambda: 0.0,
        )
        self._dispatch_push = DispatchPush(
            notifications=notifications,
            clock=self.clock,
            connections=connections,
            push=push,
            journal=journal,
            max_receives=MAX_RECEIVES,
            retry_base_seconds=RETRY_BASE_SECONDS,
            random=lambda: 0.0,
        )

        self.office = DeadLetterOffice(
            letters=dead_letters,
            notifications=notifications,
            queue=self._queue,
            journal=journal,
            pool=self._pool,
            clock=self.clock,
            seconds=15,
            examined=1_000,
        )
        self._watch = Watch(watch_list=watch_list, look=PATIENCE.look)
        self.reconcile = Reconcile(
            watch_list=watch_list,
            notifications=notifications,
            queues=self._queue,
            letters=dead_letters,
            journal=journal,
            pool=self._pool,
            clock=self.clock,
            patience=PATIENCE,
            seconds=15,
            examined=1_000,
        )

    def send(self, command: SendCommand, key: str | None = None) -> str:
        """Ask for a notification, with an idempotency key or without, and return its id."""

        def accept(origin: Origin) -> Answer:
            return Answer(
                HTTPStatus.CREATED, {"id": self._send(command, origin, CALLER).notification.id}
            )

        request = None if key is None else KeyedRequest(CALLER, f"{key}-{command.delivery}", "same")
        answer, _ = self._idempotent(request, accept)
        return str(answer.body["id"])

    def send_all(self, commands: Sequence[SendCommand], key: str) -> list[str | None]:
        """Ask for many at once, and return the id of each that was accepted."""

        def accept(origin: Origin) -> Answer:
            results = self._send_batch(commands, origin, CALLER).results
            ids = [each.id if isinstance(each, Notification) else None for each in results]
            return Answer(HTTPStatus.OK, {"ids": ids}, is_final=None not in ids)

        request = KeyedRequest(CALLER, f"{key}-batch", "same")
        answer, _ = self._idempotent(request, accept)
        return list(answer.body["ids"])

    def stream(self, changes: int | None = None) -> None:
        """Give the next changes of the table to whoever watches them; all there are for None.

        Raises:
            Unavailable: they were not taken down. They come again.
            Killed: the worker died; neither is it known.
        """
        batch = self.notifications.changes[self._streamed :][:changes]
        self._watch(batch)
        self._streamed += len(batch)

    @property
    def unstreamed(self) -> Sequence[Change]:
        """The changes that nobody has taken in yet."""
        return self.notifications.changes[self._streamed :]

    def deliver(self, message_id: str) -> None:
        """Give a message to a worker, and do with it what the worker says.

        Raises:
            Unavailable: the queue's own part did not work.
            Killed: the worker died.
        """
        message = self._queue.receive(message_id)
        if message is None:
            return
        event = {
            "Records": [
                {
                    "messageId": message.id,
                    "receiptHandle": message.id,
                    "body": message.body,
                    "eventSourceARN": "queue",
                    "attributes": {"ApproximateReceiveCount": str(message.receives)},
                }
            ]
        }
        visibility = cast("Visibility", self._queue)
        answer = process_batch(event, _AllTheTime(), self._work, visibility, InlinePool())
        if not answer["batchItemFailures"]:
            self._queue.delete(message.id)

    def drain(self) -> None:
        """Deliver until no message is left, however workers end; wait where none is visible."""
        for _ in range(ROUNDS):
            if not self.queue.messages:
                if not self.schedule.waiting:
                    return
                first = min(self.schedule.waiting.values(), key=lambda each: each.send_at or 0)
                self.clock.now = max(self.clock.now, first.send_at or 0)
                self.schedule.hand_over(first.id)
            due = min(self.queue.messages.values(), key=lambda message: message.visible_at)
            self.clock.now = max(self.clock.now, due.visible_at)
            try:
                self.deliver(due.id)
            except Unavailable:
                continue
            except Killed:
                self.deaths += 1
        raise AssertionError(f"still on the queue: {sorted(self.queue.messages)}")

    def _work(self, job: Job) -> Disposition:
        if job.notification.channel is Channel.IN_APP:
            return self._dispatch_push(job.notification, job.connection_ids, job.receives)
        return self._dispatch(job.notification, job.receives, inf)  # the clock is our own


class _AllTheTime:
    """Fulfils `runtime.batch.LambdaContext`: no worker runs out of time by itself."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000
