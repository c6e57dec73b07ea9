"""The queues' function, from batch to partial batch response."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from functions.dispatch.app import handler
from notificationd.adapters.messages import write_message
from notificationd.domain.errors import Retryable, Unavailable
from notificationd.domain.notification import Channel, Notification
from notificationd.runtime import services
from notificationd.runtime.batch import NEWER_SECONDS
from notificationd.runtime.providers import ConfiguredProviders
from tests.fakes import make
from tests.fakes.delivery import RecordingSockets, ScriptedProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notificationd.domain.ports import Provider
    from tests.unit.functions.conftest import Account

BATCH = 10


class Context:
    """Stands in for Lambda's context of an invocation that has just begun."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


CONTEXT = Context()


@dataclass
class Hidden:
    """Stands in for the queue's visibility: what was hidden, and for how long."""

    seconds: dict[str, int] = field(default_factory=dict)

    def hide(self, queue_arn: str, receipt_handle: str, seconds: int) -> None:
        assert queue_arn == "arn:aws:sqs:us-east-1:000000000000:email"
        self.seconds[receipt_handle] = seconds


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Hidden:
    made = Hidden()
    monkeypatch.setattr(services, "visibility", lambda: made)
    return made


@pytest.fixture(autouse=True)
def _settings(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - order
    for name, value in {
        "MAX_RECEIVES": "5",
        "RETRY_BASE_SECONDS": "10",
        "LEASE_SECONDS": "30",
    }.items():
        monkeypatch.setenv(name, value)


def use(monkeypatch: pytest.MonkeyPatch, *providers: Provider) -> None:
    """Let a channel's providers be these."""

    def chosen(_: ConfiguredProviders, __: Channel) -> Sequence[Provider]:
        return providers

    monkeypatch.setattr(ConfiguredProviders, "__getitem__", chosen)


def record(number: int, body: str, receives: int = 1) -> dict[str, Any]:
    return {
        "messageId": f"message-{number}",
        "receiptHandle": f"receipt-{number}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:email",
    }


def statuses(account: Account) -> list[str]:
    return sorted(item["status"]["S"] for item in account.items())


def test_each_record_of_a_batch_succeeds_or_fails_alone(
    account: Account, hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = make.notification(), make.notification(to="down@example.com")

    class Selective(ScriptedProvider):
        def send(self, notification: Notification) -> str:
            if notification.to == "down@example.com":
                raise Retryable(code="500", text="down")
            return "id"

    use(monkeypatch, Selective("selective"))
    batch = [
        record(0, write_message(good)),
        record(1, "not ours"),
        record(2, write_message(bad), receives=2),
        record(3, '{"id": 1}'),
    ]

    answer = handler({"Records": batch}, CONTEXT)

    assert answer == {
        "batchItemFailures": [
            {"itemIdentifier": "message-1"},
            {"itemIdentifier": "message-2"},
            {"itemIdentifier": "message-3"},
        ]
    }
    assert statuses(account) == ["pending", "sent"]
    assert list(hidden.seconds) == ["receipt-2"]
    assert 10 < hidden.seconds["receipt-2"] <= 20


def test_a_message_of_the_release_before_is_sent(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are on the queue when a new release is deployed, and in schedules for a year."""
    provider = ScriptedProvider("first")
    use(monkeypatch, provider)
    unversioned = json.loads(write_message(make.notification()))
    del unversioned["v"]

    answer = handler({"Records": [record(0, json.dumps(unversioned))]}, CONTEXT)

    assert answer == {"batchItemFailures": []}
    assert statuses(account) == ["sent"]


def test_a_message_of_a_later_release_is_handed_back_untouched_and_hidden_for_long(
    account: Account, hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a return to this release. Its tries are for the release that can read it."""
    provider = ScriptedProvider("first")
    use(monkeypatch, provider)
    later = json.dumps({"v": 99, "id": make.notification().id, "content": {"html": "…"}})

    answer = handler({"Records": [record(0, later)]}, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert hidden.seconds == {"receipt-0": NEWER_SECONDS}
    assert statuses(account) == []
    assert provider.calls == []


def test_a_batch_is_sent_side_by_side(
    account: Account, hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call waits for all the others; one after the other they would wait for ever."""
    all_there = threading.Barrier(BATCH, timeout=30)

    class Meeting(ScriptedProvider):
        def send(self, notification: Notification) -> str:
            all_there.wait()
            return notification.id

    use(monkeypatch, Meeting("meeting"))
    batch = [record(number, write_message(make.notification())) for number in range(BATCH)]

    assert handler({"Records": batch}, CONTEXT) == {"batchItemFailures": []}
    assert statuses(account) == ["sent"] * BATCH
    assert hidden.seconds == {}


def test_without_the_table_the_batch_comes_back_and_nobody_is_called(
    hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = ScriptedProvider("first")
    use(monkeypatch, provider)
    monkeypatch.setenv("TABLE_NAME", "gone")

    answer = handler({"Records": [record(0, write_message(make.notification()))]}, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert provider.calls == []
    assert hidden.seconds == {}


def test_the_log_holds_no_address_no_content_and_no_words_of_the_provider(
    hidden: Hidden, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, ScriptedProvider("first", Retryable("user4@example.com is busy", code="450")))
    notification = make.notification(content="my secret")

    handler({"Records": [record(0, write_message(notification)), record(1, "my secret")]}, CONTEXT)

    log = capsys.readouterr().out
    assert notification.id in log
    assert "450" in log
    assert "user4@example.com" not in log
    assert "my secret" not in log
    assert len(hidden.seconds) == 1


@pytest.mark.parametrize(
    ("named", "expected"), [(["a"], ["a"]), (None, ["a", "b"])], ids=["named", "all"]
)
def test_a_late_push_goes_to_the_sockets_that_are_left(
    account: Account,
    hidden: Hidden,
    monkeypatch: pytest.MonkeyPatch,
    named: list[str] | None,
    expected: list[str],
) -> None:
    sockets = RecordingSockets()
    monkeypatch.setattr(services, "sockets", lambda _endpoint: sockets)
    for connection in ("a", "b"):
        services.connections().add("4", connection, 1_800_000_000_000)
    notification = make.notification(channel=Channel.IN_APP)

    answer = handler({"Records": [record(0, write_message(notification, named))]}, CONTEXT)

    assert answer == {"batchItemFailures": []}
    assert sorted(connection for connection, _ in sockets.frames) == expected
    assert hidden.seconds == {}
    assert len(account.items()) == 2


@pytest.mark.timeout(60, method="thread")  # ends the process: what waits for itself never ends
def test_a_batch_of_late_pushes_does_not_wait_for_itself(
    hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each record holds a thread while its sockets are written to: that takes other threads."""
    sockets = RecordingSockets()
    monkeypatch.setattr(services, "sockets", lambda _endpoint: sockets)
    all_there = threading.Barrier(BATCH, timeout=30)

    def look_up(_user: str) -> list[str]:
        all_there.wait()
        return ["a"]

    monkeypatch.setattr(services.connections(), "of", look_up)
    late = [make.notification(channel=Channel.IN_APP) for _ in range(BATCH)]
    batch = [record(number, write_message(each)) for number, each in enumerate(late)]

    assert handler({"Records": batch}, CONTEXT) == {"batchItemFailures": []}
    assert len(sockets.frames) == BATCH
    assert hidden.seconds == {}


@pytest.mark.parametrize(("receives", "comes_back"), [(1, True), (4, True), (5, False)])
def test_a_push_that_keeps_failing_is_dropped_and_not_dead_lettered(
    hidden: Hidden, monkeypatch: pytest.MonkeyPatch, receives: int, *, comes_back: bool
) -> None:
    """The notification is in the inbox: a client that was away finds it there."""
    sockets = RecordingSockets()
    sockets.failing = {"a": Unavailable()}
    monkeypatch.setattr(services, "sockets", lambda _endpoint: sockets)
    message = write_message(make.notification(channel=Channel.IN_APP), ["a"])

    answer = handler({"Records": [record(0, message, receives)]}, CONTEXT)

    assert bool(answer["batchItemFailures"]) is comes_back
    assert bool(hidden.seconds) is comes_back
