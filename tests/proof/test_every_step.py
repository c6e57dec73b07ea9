"""One fault at every step, one by one: what was accepted is settled, and sent exactly once.

The steps come from a recording of each flow, so that a new call is put to the proof by itself.
What the design lets happen more than once, or not at all, stands here by name.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from notificationd.domain.notification import Channel, Delivery
from notificationd.domain.page import PageRequest
from notificationd.domain.record import Reason, Status, as_of
from tests.proof import flows
from tests.proof.faulty import Fault, faults_of
from tests.proof.world import USER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _pytest.mark import ParameterSet

    from notificationd.domain.record import Record
    from tests.proof.flows import Flow, Run


def numbered(*steps: str) -> list[str]:
    """Return steps as a recording lists them: from the second one of a name on with its number."""
    seen: Counter[str] = Counter()
    found = []
    for step in steps:
        seen[step] += 1
        found.append(step if seen[step] == 1 else f"{step}#{seen[step]}")
    return found


ACCEPT = ["profiles.get", "buckets.take", "queue.put", "notifications.create", "journal.accepted"]
STEPS = {
    flows.SENT: [
        *ACCEPT,
        "queue.receive",
        "notifications.claim",
        "first.send",
        "notifications.save",
        "journal.sent",
        "queue.delete",
    ],
    flows.FAILOVER: [
        *ACCEPT,
        "queue.receive",
        "notifications.claim",
        "first.send",
        "second.send",
        "notifications.save",
        "journal.sent",
        "queue.delete",
    ],
    flows.RETRY: numbered(
        *ACCEPT,
        "queue.receive",
        "notifications.claim",
        "first.send",
        "notifications.save",
        "journal.retried",
        "queue.hide",
        "queue.receive",
        "notifications.claim",
        "first.send",
        "notifications.save",
        "journal.sent",
        "queue.delete",
    ),
    flows.EXHAUSTED: numbered(
        *ACCEPT,
        *(
            step
            for _ in range(4)
            for step in (
                "queue.receive",
                "notifications.claim",
                "first.send",
                "notifications.save",
                "journal.retried",
                "queue.hide",
            )
        ),
        "queue.receive",
        "notifications.claim",
        "first.send",
        "notifications.save",
        "journal.failed",
        "journal.dead_lettered",
        "queue.hide",
        "queue.receive",
    ),
    flows.MISCONFIGURED: [
        *ACCEPT,
        "queue.receive",
        "notifications.claim",
        "first.send",
        "journal.provider_misconfigured",
        "dead_letters.put",
        "journal.dead_lettered",
        "notifications.save",
        "journal.failed",
        "queue.delete",
    ],
    flows.PUSHED: [
        "buckets.take",
        "connections.of",
        "notifications.create",
        "journal.accepted",
        "sockets.post",
        "journal.pushed",
    ],
    flows.PUSHED_LATE: [
        "buckets.take",
        "notifications.create",
        "journal.accepted",
        "connections.of",
        "sockets.post",
        "journal.pushed",
    ],
    flows.GONE: [
        "buckets.take",
        "connections.of",
        "notifications.create",
        "journal.accepted",
        "sockets.post",
        "connections.remove",
    ],
    flows.BUSY: [
        "buckets.take",
        "connections.of",
        "notifications.create",
        "journal.accepted",
        "sockets.post",
        "queue.put_push",
        "queue.receive",
        "sockets.post#2",
        "journal.pushed",
        "queue.delete",
    ],
}

DELIVERED = [
    "queue.receive",
    "notifications.claim",
    "first.send",
    "notifications.save",
    "journal.sent",
    "queue.delete",
]
STEPS |= {
    flows.KEYED: ["keys.reserve", *ACCEPT, "keys.complete", *DELIVERED],
    flows.KEYED_PUSHED: ["keys.reserve", *STEPS[flows.PUSHED], "keys.complete"],
}
STEPS |= {
    flows.SOON: [*ACCEPT, *DELIVERED],
    flows.LATER: [
        "profiles.get",
        "buckets.take",
        "schedule.put",
        "notifications.create",
        "journal.accepted",
        *DELIVERED,
    ],
    flows.APPEARS: [
        "buckets.take",
        "notifications.create",
        "journal.accepted",
        "schedule.put",
        "queue.receive",
        "notifications.release",
        "connections.of",
        "sockets.post",
        "journal.pushed",
        "queue.delete",
    ],
}
BATCH_STEPS = numbered(
    "keys.reserve",
    "profiles.get",
    "buckets.take",
    "queue.put_all",
    "connections.of",
    "notifications.create_all",
    *["journal.accepted"] * 3,
    "sockets.post",
    "journal.pushed",
    "queue.put_all",  # of none: no request is made for it
    "keys.complete",
    *DELIVERED * 2,
)
LOOK = [
    "watch_list.due",
    "notifications.get",
    "queue.are_quiet",
    "dead_letters.receive",
    "dead_letters.receive",
    "dead_letters.receive",
    "dead_letters.show",
]
NO_LETTERS = ["dead_letters.receive"] * 3
STEPS |= {
    flows.REDRIVEN: numbered(
        *STEPS[flows.MISCONFIGURED],
        "dead_letters.receive",
        "notifications.reopen",
        "queue.put",
        "journal.redriven",
        "dead_letters.discard",
        *NO_LETTERS,
        "dead_letters.show",
        "queue.receive",
        "notifications.claim",
        "first.send",
        "notifications.save",
        "journal.sent",
        "queue.delete",
        *NO_LETTERS,
        "dead_letters.show",
    ),
    flows.ABANDONED: numbered(
        *ACCEPT,
        "watch_list.put",
        *LOOK,
        "notifications.miss",
        "watch_list.put",
        "watch_list.remove",
        "watch_list.due",
        *LOOK,
        "notifications.abandon",
        "journal.abandoned",
        "watch_list.remove",
        "watch_list.due",
    ),
}

NO_ANSWER = (Fault.ANSWER_LOST, Fault.KILLED)

# Under `at_least_once`: the provider accepted it, and nobody was told. It is sent again.
SENT_TWICE = {
    (flow.name, step, fault)
    for flow, step in [
        (flows.SENT, "first.send"),
        (flows.SOON, "first.send"),
        (flows.LATER, "first.send"),
        (flows.KEYED, "first.send"),
        (flows.FAILOVER, "second.send"),
        (flows.RETRY, "first.send#2"),
        (flows.REDRIVEN, "first.send#2"),
    ]
    for fault in NO_ANSWER
}

# Under `at_most_once`: a worker ended without a word, or a provider did, and had not sent. Nobody
# can know that, so it is not sent at all.
GIVEN_UP = {
    (flow.name, step, fault)
    for flow, step in [
        (flows.SENT, "notifications.claim"),
        (flows.SOON, "notifications.claim"),
        (flows.LATER, "notifications.claim"),
        (flows.KEYED, "notifications.claim"),
        (flows.FAILOVER, "notifications.claim"),
        (flows.FAILOVER, "first.send"),
        (flows.RETRY, "notifications.claim"),
        (flows.RETRY, "first.send"),
        (flows.RETRY, "notifications.claim#2"),
        (flows.REDRIVEN, "notifications.claim#2"),
    ]
    for fault in NO_ANSWER
}

# A worker that came to nothing on a message's last receive could not mark the record either. The
# dead letter stands for it: a redrive begins at `pending`.
UNMARKED = {
    ("queue.receive#5", Fault.ANSWER_LOST),
    ("queue.receive#5", Fault.KILLED),
    ("notifications.claim#5", Fault.FAILS),
    ("notifications.claim#5", Fault.ANSWER_LOST),
    ("notifications.claim#5", Fault.KILLED),
    ("first.send#5", Fault.KILLED),
}

# A push is dropped where the queue cannot take it: the notification is in the inbox.
NOT_PUSHED = {
    (flows.BUSY.name, "queue.put_push", Fault.FAILS),
    (flows.APPEARS.name, "schedule.put", Fault.FAILS),
}

# The caller was told 503, or nothing at all, and the message was on its queue: asking again without
# an idempotency key makes another notification. Nothing else that got no 201 may be sent.
SENT_UNASKED = {
    ("queue.put", Fault.ANSWER_LOST),
    ("queue.put", Fault.KILLED),
    ("schedule.put", Fault.ANSWER_LOST),
    ("schedule.put", Fault.KILLED),
    ("notifications.create", Fault.KILLED),
    ("journal.accepted", Fault.KILLED),
}

SENDING = (flows.SENT, flows.FAILOVER, flows.RETRY, flows.KEYED, flows.SOON, flows.LATER)
PUSHING = (
    flows.PUSHED,
    flows.PUSHED_LATE,
    flows.GONE,
    flows.BUSY,
    flows.KEYED_PUSHED,
    flows.APPEARS,
)


def every_step(
    *chosen: Flow, deliveries: Sequence[Delivery], after: Sequence[str] = ()
) -> list[ParameterSet]:
    """Return each flow with each step that its recording lists, and each fault of that step.

    Args:
        after: steps at the beginning that another flow has been through.
    """
    return [
        pytest.param(
            flow, delivery, step, fault, id=f"{flow.name}-{delivery}-{place:02}-{step}-{fault}"
        )
        for flow in chosen
        for delivery in deliveries
        for place, step in enumerate(flows.run(flow, delivery).world.tap.steps, start=1)
        if place > len(after)
        for fault in faults_of(step)
    ]


@pytest.mark.parametrize("delivery", list(Delivery))
@pytest.mark.parametrize("flow", STEPS, ids=lambda flow: flow.name)
def test_a_flow_makes_these_calls_in_this_order(flow: Flow, delivery: Delivery) -> None:
    """A call that is new or moved shows here: is its fault accounted for above?"""
    assert flows.run(flow, delivery).world.tap.steps == STEPS[flow]


@pytest.mark.parametrize(
    ("flow", "delivery", "step", "fault"),
    [
        *every_step(*SENDING, deliveries=list(Delivery)),
        *every_step(flows.REDRIVEN, deliveries=list(Delivery), after=STEPS[flows.MISCONFIGURED]),
    ],
)
def test_what_was_accepted_is_settled_and_sent_once(
    flow: Flow, delivery: Delivery, step: str, fault: Fault
) -> None:
    twice = delivery is Delivery.AT_LEAST_ONCE and (flow.name, step, fault) in SENT_TWICE
    given_up = delivery is Delivery.AT_MOST_ONCE and (flow.name, step, fault) in GIVEN_UP
    uncertain = delivery is Delivery.AT_MOST_ONCE and (flow.name, step, fault) in SENT_TWICE

    ran = flows.run(flow, delivery, {step: fault})

    (accepted,) = ran.accepted
    records = records_of(ran)
    assert ran.world.deaths == (fault is Fault.KILLED)  # nothing outlives its process
    assert accepted in records
    for notification_id, record in records.items():  # those that got no 201 as well
        if notification_id == accepted and (given_up or uncertain):
            assert (record.status, record.reason) == (Status.FAILED, Reason.OUTCOME_UNKNOWN)
        else:
            assert record.status is Status.SENT
    times = 2 if twice else 0 if given_up else 1
    assert len(records) == 1 + (not flow.is_keyed and (step, fault) in SENT_UNASKED)
    assert sent_by_providers(ran) == dict.fromkeys(records, 1) | {accepted: times}
    assert not ran.world.queue.dead


@pytest.mark.parametrize(
    ("flow", "delivery", "step", "fault"),
    every_step(flows.EXHAUSTED, flows.MISCONFIGURED, deliveries=list(Delivery)),
)
def test_what_no_provider_takes_ends_as_failed_or_as_a_dead_letter_or_as_both(
    flow: Flow, delivery: Delivery, step: str, fault: Fault
) -> None:
    ran = flows.run(flow, delivery, {step: fault})

    (accepted,) = ran.accepted
    records = records_of(ran)
    assert ran.world.deaths == (fault is Fault.KILLED)  # nothing outlives its process
    assert accepted in records
    dead = {message.notification.id for message in ran.world.queue.dead.values()}
    for notification_id, record in records.items():
        if notification_id == accepted and (step, fault) in UNMARKED:
            assert record.status is Status.PENDING
            assert notification_id in dead
        else:
            assert record.status is Status.FAILED
    assert not any(sent_by_providers(ran).values())


@pytest.mark.parametrize(
    ("flow", "delivery", "step", "fault"),
    every_step(*PUSHING, deliveries=[Delivery.AT_LEAST_ONCE]),
)
def test_what_was_accepted_is_in_the_inbox_and_is_pushed(
    flow: Flow, delivery: Delivery, step: str, fault: Fault
) -> None:
    ran = flows.run(flow, delivery, {step: fault})

    (accepted,) = ran.accepted
    records = records_of(ran)
    assert ran.world.deaths == (fault is Fault.KILLED)  # nothing outlives its process
    assert accepted in records
    now = ran.world.clock() + flow.ahead * 1000  # nobody waited for what is on no queue
    assert {as_of(record, now).status for record in records.values()} == {Status.SENT}
    assert len(records) == 1 or not flow.is_keyed
    assert ran.world.sockets.arrived.keys() <= records.keys()
    reachable = flow is not flows.GONE and (flow.name, step, fault) not in NOT_PUSHED
    assert (ran.world.sockets.arrived[accepted] >= 1) is reachable
    assert not ran.world.queue.dead


@pytest.mark.parametrize(
    ("flow", "delivery", "step", "fault"),
    every_step(flows.ABANDONED, deliveries=list(Delivery), after=ACCEPT),
)
def test_what_no_message_stands_for_any_more_is_settled(
    flow: Flow, delivery: Delivery, step: str, fault: Fault
) -> None:
    ran = flows.run(flow, delivery, {step: fault})
    # A look that could not be taken down is one look more.
    flows.run_again(ran.world, flow)

    (record,) = records_of(ran).values()
    assert ran.world.deaths == (fault is Fault.KILLED)
    assert (record.status, record.reason) == (Status.FAILED, Reason.LOST)
    assert ran.world.watch_list.entries == {}


def test_a_batch_makes_these_calls_in_this_order() -> None:
    assert flows.run_batch().world.tap.steps == BATCH_STEPS


@pytest.mark.parametrize(
    ("step", "fault"), [(step, fault) for step in BATCH_STEPS for fault in faults_of(step)]
)
def test_a_batch_that_is_asked_for_again_is_sent_once(step: str, fault: Fault) -> None:
    """What was taken on at the first try is not taken on again, and what was not, is."""
    ran = flows.run_batch({step: fault})

    records = records_of(ran)
    assert ran.world.deaths == (fault is Fault.KILLED)
    assert set(ran.accepted) == set(records)
    assert len(records) == len(flows.BATCH)
    assert {record.status for record in records.values()} == {Status.SENT}
    first, in_app, second = ran.accepted
    told = sent_by_providers(ran)
    twice = step.startswith("first.send") and fault in NO_ANSWER
    assert told[in_app] == 0
    assert (told[first], told[second]) in ([(1, 2), (2, 1)] if twice else [(1, 1)])
    assert ran.world.sockets.arrived[in_app] >= 1
    assert not ran.world.queue.dead


@pytest.mark.parametrize("fault", Fault)
def test_a_gone_socket_is_forgotten_with_the_next_push_at_the_latest(fault: Fault) -> None:
    ran = flows.run(flows.GONE, Delivery.AT_LEAST_ONCE, {"connections.remove": fault})
    ran.world.send(flows.command(Channel.IN_APP, Delivery.AT_LEAST_ONCE))

    assert ran.world.connections.of(USER) == []


def records_of(ran: Run) -> dict[str, Record]:
    """Return all that the table holds, by id."""
    page = ran.world.notifications.page(USER, PageRequest(limit=100))
    return {record.notification.id: record for record in page.records}


def sent_by_providers(ran: Run) -> dict[str, int]:
    """Return how often each notification was sent, whether we were told or not."""
    ids = {each for provider in ran.world.providers for each in provider.sent}
    ids |= set(records_of(ran))
    return {each: sum(provider.sent[each] for provider in ran.world.providers) for each in ids}
