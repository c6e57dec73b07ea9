"""The engine as a state machine: whatever happens in whatever order, the ledger balances."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, override

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from notificationd.domain.dead_letter import Wanted
from notificationd.domain.errors import InFlight, NotFound, OutcomeUnknown, TooLate, Unavailable
from notificationd.domain.idempotency import KEPT_SECONDS
from notificationd.domain.notification import Channel, Delivery, Notification
from notificationd.domain.page import PageRequest
from notificationd.domain.record import OPEN, Reason, Record, Status
from notificationd.domain.watch import SCHEDULER_MS
from tests.proof import ledger
from tests.proof.faulty import Fault, Killed, Tap
from tests.proof.flows import command
from tests.proof.ledger import Answer, LedgerProvider, LedgerSockets
from tests.proof.queues import MAX_RECEIVES, VISIBILITY_SECONDS
from tests.proof.world import LEASE_SECONDS, LOOK_SECONDS, USER, World

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWERS = [
    ledger.ACCEPTED,
    ledger.DOWN,
    ledger.BUSY,
    ledger.BAD_ADDRESS,
    ledger.BAD_CONTENT,
    ledger.DENIED,
    ledger.TIMED_OUT_AND_SENT,
    ledger.TIMED_OUT,
]
# Mostly what keeps a message going, so that runs reach the last receive.
ANSWER = st.sampled_from([*ANSWERS, ledger.DOWN, ledger.DOWN])

ASKING = [
    "keys.reserve",
    "profiles.get",
    "buckets.take",
    "queue.put",
    "schedule.put",
    "notifications.create",
    "journal.accepted",
    "keys.complete",
]
AHEAD = st.sampled_from([0, 0, 60, 3 * LOOK_SECONDS])
CANCELLING = ["notifications.get", "notifications.cancel", "schedule.drop"]
CRASHES = [
    "queue.receive",  # before the claim
    "notifications.claim",
    "first.send",
    "second.send",
    "notifications.save",
    "journal.retried",
    "journal.sent",
    "journal.failed",
    "journal.dead_lettered",
    "queue.hide",
    "queue.delete",
]
LOST = ["queue.receive", "notifications.claim", "queue.hide", "queue.delete"]
SAVES = 3  # that fail before a worker gives up; a literal, so that fewer are found out
SAVE_FAILURES = [
    {f"notifications.save{place}": fault for place in places}
    for fault in (Fault.FAILS, Fault.ANSWER_LOST)
    for places in (("",), ("", "#2"), ("", "#2", "#3"))
]
PLAN: st.SearchStrategy[Mapping[str, Fault]] = st.one_of(
    st.just({}),
    st.just({}),  # once more: most deliveries go well
    st.sampled_from(CRASHES).map(lambda step: {step: Fault.KILLED}),
    st.tuples(st.sampled_from(LOST), st.sampled_from([Fault.FAILS, Fault.ANSWER_LOST])).map(
        lambda spoiled: dict([spoiled])
    ),
    st.sampled_from(SAVE_FAILURES),
)
REDRIVES = ["notifications.reopen", "queue.put", "dead_letters.discard", "dead_letters.receive"]
REDRIVE_PLAN: st.SearchStrategy[Mapping[str, Fault]] = st.one_of(
    st.just({}),
    st.tuples(st.sampled_from(REDRIVES), st.sampled_from(Fault)).map(
        lambda spoiled: dict([spoiled])
    ),
)
LOOK = [
    "watch_list.due",
    "notifications.get",
    "queue.are_quiet",
    "dead_letters.receive",
    "notifications.miss",
    "notifications.abandon",
    "watch_list.put",
    "watch_list.remove",
]
LOOK_PLAN: st.SearchStrategy[Mapping[str, Fault]] = st.one_of(
    st.just({}),
    st.tuples(st.sampled_from(LOOK), st.sampled_from(Fault)).map(lambda spoiled: dict([spoiled])),
)
# After which nothing is open any more: the second one is late for what was redriven, and what was
# scheduled may still be with the scheduler for a day.
LOOKS = 4 + SCHEDULER_MS // (LOOK_SECONDS * 1000)
SECONDS = st.sampled_from([1, 15, LEASE_SECONDS, VISIBILITY_SECONDS, 900, LOOK_SECONDS])
# Two calls of these fit into the life of a worker, which its lease outlasts.
CALL_SECONDS = st.sampled_from([0, 1, LEASE_SECONDS // 2 - 1])


@dataclass(slots=True)
class Account:
    """What we know of one notification besides its record.

    Args:
        recorded: the provider calls whose worker lived to store them, and those lost ones that
            a later worker stored.
        interrupted: the workers that ended without a word since an outcome was last stored.
        excuses: unknown outcomes, and crashes between claim and save.
        unmarked: its last receive came to nothing, so nobody could mark it as failed; or its
            redrive did, so that it is pending again and still dead.
        purged: a message of it was deleted by hand.
    """

    notification: Notification
    recorded: int = 0
    interrupted: int = 0
    excuses: int = 0
    unmarked: bool = False
    purged: bool = False
    settled: Record | None = None


@dataclass(slots=True)
class Script:
    """How the provider calls of one delivery go.

    Args:
        twin: the message that a second worker is given while the first call is under way.
        unknown: how many calls have left it open whether they sent.
    """

    answers: list[Answer] = field(default_factory=list)
    seconds: int = 0
    twin: str | None = None
    unknown: int = 0


class Engine(RuleBasedStateMachine):
    """Rules are what the world does; a delivery is one rule, with a twin of it inside."""

    def __init__(self) -> None:
        super().__init__()
        self.script = Script()
        self.providers = [LedgerProvider(name, self._answer) for name in ("first", "second")]
        self.tap = Tap()
        self.world = World(self.tap, providers=self.providers, sockets=LedgerSockets({}))
        self.accounts: dict[str, Account] = {}
        self.keyed: dict[tuple[str, Delivery], tuple[int, set[str]]] = {}

    @rule(
        delivery=st.sampled_from(Delivery),
        key=st.sampled_from([None, None, "key"]),
        ahead=AHEAD,
        spoiled=st.none() | st.tuples(st.sampled_from(ASKING), st.sampled_from(Fault)),
    )
    def send(
        self,
        delivery: Delivery,
        key: str | None,
        ahead: int,
        spoiled: tuple[str, Fault] | None,
    ) -> None:
        """Ask; where one call is spoiled, what is left of it lies about without a 201."""
        if spoiled is not None and spoiled[0].startswith("journal."):
            spoiled = (spoiled[0], Fault.KILLED)
        self.tap.restart(dict([spoiled]) if spoiled else {})
        scheduled = self.world.schedule.waiting
        before = {*self.world.queue.messages, *scheduled}
        accepted: set[str] = set()
        send_at = self.world.clock() + ahead * 1000 if ahead and key is None else None
        with suppress(Unavailable, Killed, InFlight):
            accepted.add(self.world.send(command(Channel.EMAIL, delivery, send_at), key))
        new = {*self.world.queue.messages, *scheduled} - before
        messages = self.world.queue.messages
        left = [
            scheduled[each] if each in scheduled else messages[each].notification for each in new
        ]
        made = {each.id for each in left}
        self.accounts |= {each.id: Account(each) for each in left if each.id not in self.accounts}
        if key is None:
            assert accepted <= made
            return
        # However often it is asked for, and whatever became of the calls before, it is one.
        first_at, known = self.keyed.setdefault((key, delivery), (self.world.clock(), set()))
        if self.world.clock() < first_at + KEPT_SECONDS * 1000:
            known |= accepted | made
            assert len(known) <= 1
            assert accepted <= self.accounts.keys()

    @precondition(lambda self: self.accounts)
    @rule(
        data=st.data(),
        spoiled=st.none() | st.tuples(st.sampled_from(CANCELLING), st.sampled_from(Fault)),
    )
    def cancel(self, data: st.DataObject, spoiled: tuple[str, Fault] | None) -> None:
        """Somebody takes one back, in time or not: it is never both sent and cancelled."""
        account = self.accounts[data.draw(st.sampled_from(list(self.accounts)), label="id")]
        before = self._record(account)
        self.tap.restart(dict([spoiled]) if spoiled else {})
        with suppress(Unavailable, Killed, NotFound, TooLate):
            self.world.cancel(USER, account.notification.id)
        after = self._record(account)
        if after != before:
            assert after is not None
            assert after.status is Status.CANCELLED
            assert account.settled is None

    @precondition(lambda self: self.world.schedule.due(self.world.clock()))
    @rule(data=st.data(), again=st.booleans())
    def hand_over(self, data: st.DataObject, *, again: bool) -> None:
        """The scheduler does its part, at least once."""
        due = self.world.schedule.due(self.world.clock())
        self.world.schedule.hand_over(data.draw(st.sampled_from(due), label="id"), again=again)

    @precondition(lambda self: self.world.queue.visible())
    @rule(
        data=st.data(),
        answers=st.lists(ANSWER, min_size=2, max_size=2),
        plan=PLAN,
        seconds=CALL_SECONDS,
        overlapping=st.booleans(),
    )
    def deliver(
        self,
        data: st.DataObject,
        answers: list[Answer],
        plan: Mapping[str, Fault],
        seconds: int,
        *,
        overlapping: bool,
    ) -> None:
        """Give any message that can be seen, in whatever order, to a worker."""
        message_id = data.draw(st.sampled_from(self.world.queue.visible()), label="message")
        self._deliver(
            message_id, plan, Script(answers, seconds, message_id if overlapping else None)
        )

    @precondition(lambda self: self._receivable())
    @rule(data=st.data(), answers=st.lists(ANSWER, min_size=2, max_size=2), plan=PLAN)
    def deliver_while_hidden(
        self, data: st.DataObject, answers: list[Answer], plan: Mapping[str, Fault]
    ) -> None:
        """SQS delivers at least once: what a worker has, or had when it died, comes again."""
        message_id = data.draw(st.sampled_from(self._receivable()), label="message")
        self._deliver(message_id, plan, Script(answers))

    @precondition(lambda self: self.world.queue.messages)
    @rule(
        data=st.data(),
        answer=st.sampled_from([ledger.DOWN, ledger.DENIED, ledger.TIMED_OUT]),
        times=st.integers(1, MAX_RECEIVES),
    )
    def outage(self, data: st.DataObject, answer: Answer, times: int) -> None:
        """Both providers are out for a while, so that messages come to their last receive."""
        message_id = data.draw(st.sampled_from(sorted(self.world.queue.messages)), label="message")
        for _ in range(times):
            if message := self.world.queue.messages.get(message_id):
                self.world.clock.now = max(self.world.clock.now, message.visible_at)
                self._deliver(message_id, {}, Script([answer] * len(self.providers)))

    @precondition(lambda self: self.world.queue.dead)
    @rule(data=st.data(), plan=REDRIVE_PLAN)
    def redrive(self, data: st.DataObject, plan: Mapping[str, Fault]) -> None:
        """An operator sends a dead letter again, and may be cut short in it."""
        dead = self.world.queue.dead
        chosen = dead[data.draw(st.sampled_from(sorted(dead)), label="letter")].notification.id
        account = self.accounts[chosen]
        before = self._record(account)
        self.tap.restart(plan)
        self.world.dead_letters.come_to_light()
        with suppress(Unavailable, Killed):
            self.world.office.redrive(Wanted(ids=frozenset({chosen})))
        after = self._record(account)
        if after != before:
            assert after is not None
            assert after.status is Status.PENDING
            if before is not None and account.settled is not None:
                assert _may_be_redriven(before)
                assert (after.attempts, after.attempt_count) == (
                    before.attempts,
                    before.attempt_count,
                )
            account.settled = None
            account.unmarked = True

    @precondition(lambda self: self.world.queue.messages or self.world.queue.dead)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        """Somebody deletes a message by hand, or SQS has kept it for long enough."""
        queue = self.world.queue
        message_id = data.draw(st.sampled_from(sorted({*queue.messages, *queue.dead})))
        message = queue.messages.pop(message_id, None) or queue.dead.pop(message_id)
        self.accounts[message.notification.id].purged = True

    @rule(changes=st.integers(1, 20), spoiled=st.none() | st.sampled_from(Fault))
    def stream(self, changes: int, spoiled: Fault | None) -> None:
        """The table's stream is read on; a batch that is not taken in comes again."""
        self.tap.restart({"watch_list.put": spoiled} if spoiled else {})
        with suppress(Unavailable, Killed):
            self.world.stream(changes)

    @rule(plan=LOOK_PLAN)
    def reconcile(self, plan: Mapping[str, Fault]) -> None:
        """The schedule comes round."""
        self._reconcile(plan)

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Let time pass: leases and visibility end."""
        self.world.clock.advance(seconds)

    @invariant()
    def what_is_cancelled_is_not_sent(self) -> None:
        for account in self.accounts.values():
            if account.settled is not None and account.settled.status is Status.CANCELLED:
                assert not any(p.sent[account.notification.id] for p in self.providers)

    @invariant()
    def what_may_be_sent_once_is_sent_once(self) -> None:
        for notification_id, account in self.accounts.items():
            sent = sum(provider.sent[notification_id] for provider in self.providers)
            if account.notification.delivery is Delivery.AT_MOST_ONCE:
                assert sent <= 1
            else:
                assert sent <= 1 + account.excuses

    @invariant()
    def a_settled_record_stays_as_it_is(self) -> None:
        for account in self.accounts.values():
            record = self._record(account)
            if account.settled is not None:
                assert record == account.settled
            elif record is not None and record.status not in OPEN:
                account.settled = record

    @invariant()
    def nothing_accepted_is_forgotten(self) -> None:
        queue = self.world.queue
        waiting = self._waiting()
        dead = {message.notification.id for message in queue.dead.values()}
        watched = self._watched()
        for notification_id, account in self.accounts.items():
            if account.settled is not None:
                assert account.settled.status in {Status.SENT, Status.FAILED, Status.CANCELLED}
            elif notification_id not in waiting:
                # One that is set aside for a fix lies among the dead letters before it is marked,
                # but then its message is on the queue as well.
                assert account.purged or (notification_id in dead and account.unmarked)
            # Whatever becomes of its message, somebody will look at a record that is open.
            record = self._record(account)
            if record is not None and record.status in OPEN:
                assert notification_id in watched
        # Nor is there a record that no message ever stood for: it would say `pending` for ever.
        page = self.world.notifications.page(USER, PageRequest(limit=1_000))
        assert {record.notification.id for record in page.records} <= self.accounts.keys()

    @invariant()
    def the_timeline_counts_every_call_that_was_stored(self) -> None:
        for account in self.accounts.values():
            record = self._record(account)
            assert account.recorded == (record.attempt_count if record else 0)

    @override
    def teardown(self) -> None:
        """Let everything heal: what is open is settled, and the ledger balances."""
        queue, schedule = self.world.queue, self.world.schedule
        while queue.messages or schedule.waiting:
            if not queue.messages:
                first = min(schedule.waiting.values(), key=lambda each: each.send_at or 0)
                self.world.clock.now = max(self.world.clock.now, first.send_at or 0)
                schedule.hand_over(first.id)
            due = min(queue.messages.values(), key=lambda message: message.visible_at)
            self.world.clock.now = max(self.world.clock.now, due.visible_at)
            self._deliver(due.id, {}, Script())
        self.tap.restart({})
        self.world.stream()
        for _ in range(LOOKS):
            self.world.clock.advance(LOOK_SECONDS)
            self._reconcile({})
            self.a_settled_record_stays_as_it_is()
        assert self.world.watch_list.entries == {}
        for account in self.accounts.values():
            record = self._record(account)
            # Whose message was purged before its record was made has none.
            assert record.status not in OPEN if record else account.purged
        self.what_may_be_sent_once_is_sent_once()
        self.a_settled_record_stays_as_it_is()
        self.nothing_accepted_is_forgotten()
        self.the_timeline_counts_every_call_that_was_stored()

    def _deliver(self, message_id: str, plan: Mapping[str, Fault], script: Script) -> None:
        """Deliver a message, and book what that must have come to."""
        message = self.world.queue.messages[message_id]
        account = self.accounts[message.notification.id]
        before, calls, receives = self._record(account), self._calls(account), message.receives
        lease = before.lease if before else None
        held = lease is not None and lease.until > self.world.clock()
        self.tap.restart(plan)
        self.script = script
        with suppress(Unavailable, Killed):
            self.world.deliver(message_id)
        account.excuses += script.unknown
        after = self._record(account)
        claimed = after != before
        stored = claimed and after is not None and after.lease is None
        if stored:
            account.recorded += self._calls(account) - calls + account.interrupted
            account.interrupted = 0
        elif claimed:
            account.interrupted += 1
            account.excuses += _ends_a_worker(plan)
        if receives < message.receives == MAX_RECEIVES:
            spoiled = not plan.keys().isdisjoint(self.tap.steps)
            # With a twin, the last receive was the twin's, and this worker held the lease.
            twin = message.receives - receives > 1
            account.unmarked = twin or (not stored and (spoiled or held))

    def _reconcile(self, plan: Mapping[str, Fault]) -> None:
        """Look at what has been open for long: what is given up has no message on its queue."""
        for late in self.world.schedule.due(
            self.world.clock() - SCHEDULER_MS + LOOK_SECONDS * 1000
        ):
            self.world.schedule.hand_over(late)
        before = {each: self._record(account) for each, account in self.accounts.items()}
        waiting = self._waiting()
        self.tap.restart(plan)
        self.world.dead_letters.come_to_light()
        with suppress(Unavailable, Killed):
            self.world.reconcile()
        for notification_id, account in self.accounts.items():
            after = self._record(account)
            if after is None or after.status in OPEN or after == before[notification_id]:
                continue
            assert notification_id not in waiting
            account.recorded += account.interrupted
            account.interrupted = 0

    def _answer(self, _calls: int) -> Answer:
        script = self.script
        self.world.clock.advance(script.seconds)
        if twin := script.twin:
            script.twin = None
            with suppress(Unavailable, Killed):
                self.world.deliver(twin)
        answer = script.answers.pop(0) if script.answers else ledger.ACCEPTED
        script.unknown += isinstance(answer.error, OutcomeUnknown)
        return answer

    def _waiting(self) -> set[str]:
        on_the_queue = {each.notification.id for each in self.world.queue.messages.values()}
        return on_the_queue | set(self.world.schedule.waiting)

    def _receivable(self) -> list[str]:
        """Return the messages that a worker may be given, hidden or not: not before their time."""
        return [
            message.id
            for message in self.world.queue.messages.values()
            if (message.notification.send_at or 0) <= self.world.clock()
        ]

    def _watched(self) -> set[str]:
        """Return what is on the watch list, or will be once the stream is read."""
        entries = self.world.watch_list.entries.values()
        on_the_list = {key.id for entry in entries for key in entry.keys}
        return on_the_list | {change.key.id for change in self.world.unstreamed}

    def _calls(self, account: Account) -> int:
        return sum(provider.calls[account.notification.id] for provider in self.providers)

    def _record(self, account: Account) -> Record | None:
        return self.world.notifications.get(USER, account.notification.id)


def _may_be_redriven(record: Record) -> bool:
    """Tell whether a settled record may be opened again: written out, not asked of the code."""
    is_uncertain = record.reason is Reason.OUTCOME_UNKNOWN
    once = record.notification.delivery is Delivery.AT_MOST_ONCE
    return record.status is Status.FAILED and not (is_uncertain and once)


def _ends_a_worker(plan: Mapping[str, Fault]) -> bool:
    """Tell whether a claim may be left without a word: a save that fails is made again."""
    return Fault.KILLED in plan.values() or "notifications.claim" in plan or len(plan) == SAVES


TestEngine = Engine.TestCase
TestEngine.settings = settings(max_examples=600, stateful_step_count=40, report_multiple_bugs=False)
