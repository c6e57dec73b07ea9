"""The Python client of the HTTP API, each of its methods, on the running stack."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notificationd_client import (
    Client,
    Conflict,
    InvalidRequest,
    Message,
    NotFound,
    Receipt,
    Unauthenticated,
)
from notificationd_client.inbox import LiveInbox, tickets
from tests.e2e.service import QUICK, eventually
from tests.e2e.test_dead_letters import bury
from tests.integration.serving import Canned, scripted_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler

    import requests

    from notificationd_client.message import Type
    from tests.e2e.service import Service, Someone


README = Path(__file__).parents[2] / "clients" / "python" / "README.md"


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with Client(service.endpoints.api_url, service.endpoints.api_key) as made:
        yield made


@pytest.mark.parametrize("channel", ["email", "sms", "in-app"])
def test_what_is_sent_is_followed_to_its_end(client: Client, user: Someone, channel: Type) -> None:
    receipt = client.send(user.id, channel, "hello")
    found = eventually(
        lambda: client.notification(user.id, receipt.id), lambda seen: seen.status == "sent"
    )

    assert (found.id, found.user_id, found.type) == (receipt.id, user.id, channel)
    assert (found.content, found.delivery) == ("hello", "at_least_once")
    assert found.created_at <= found.timestamp
    if channel != "in-app":
        (attempt,) = found.attempts
        assert attempt.outcome == "accepted"
        assert found.read is None
    else:
        assert (found.read, found.read_at) == (False, None)


def test_every_field_of_a_message_arrives(client: Client, user: Someone) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    sent = client.send(
        user.id,
        "email",
        "hello",
        subject="Hi",
        to="elsewhere@example.com",
        send_at=at,
        expires_in=timedelta(hours=1),
        delivery="at_most_once",
    )
    found = client.notification(user.id, sent.id)

    assert (found.subject, found.to) == ("Hi", "elsewhere@example.com")
    assert (found.send_at, found.expires_at) == (at, at + timedelta(hours=1))
    assert (found.status, found.delivery) == ("scheduled", "at_most_once")

    assert client.cancel(user.id, sent.id).status == "cancelled"
    assert client.cancel(user.id, sent.id).status == "cancelled"


def test_what_has_been_sent_cannot_be_cancelled(client: Client, user: Someone) -> None:
    sent = client.send(user.id, "in-app", "hello")
    with pytest.raises(Conflict) as raised:
        client.cancel(user.id, sent.id)

    assert raised.value.code == "too_late"


def test_a_batch_of_more_than_a_request_takes_is_answered_in_order(
    client: Client, user: Someone
) -> None:
    contents = [f"number {number}" for number in range(120)]
    messages = [Message(user.id, "in-app", content) for content in contents]
    messages[110] = Message(user.id, "in-app", "")

    results = client.send_batch(messages)
    again = client.send_batch(messages, idempotency_key=f"batch-{user.id}")
    replayed = client.send_batch(messages, idempotency_key=f"batch-{user.id}")

    refused = results[110]
    assert isinstance(refused, InvalidRequest)
    assert refused.errors["content"].code == "empty"
    ids = [result.id for result in results if isinstance(result, Receipt)]
    assert len(ids) == 119
    assert [r.id for r in again if isinstance(r, Receipt)] == [
        r.id for r in replayed if isinstance(r, Receipt)
    ]
    listed = {each.id: each.content for each in client.notifications(user.id, page_size=50)}
    assert len(listed) == 2 * 119
    assert [listed[each] for each in ids] == contents[:110] + contents[111:]


def test_a_list_can_be_filtered_and_may_be_empty(client: Client, user: Someone) -> None:
    assert list(client.notifications(user.id)) == []

    text, note = client.send(user.id, "sms", "hello"), client.send(user.id, "in-app", "hello")

    assert [each.id for each in client.notifications(user.id)] == [note.id, text.id]
    assert [each.id for each in client.notifications(user.id, type="sms")] == [text.id]
    assert list(client.notifications(user.id, status="failed")) == []
    assert [each.id for each in client.notifications(user.id, unread=True)] == [note.id]


def test_an_inbox_is_read_and_changed(client: Client, user: Someone) -> None:
    first, second, third = (
        client.send(user.id, "in-app", content, data={"n": content}).id for content in "abc"
    )
    page = client.inbox(user.id, limit=2)
    assert page.next is not None
    rest = client.inbox(user.id, cursor=page.next)
    assert [each.id for each in page.notifications + rest.notifications] == [third, second, first]
    assert (page.unread, page.unread_capped) == (3, False)
    assert page.notifications[0].data == {"n": "c"}

    read = client.read(user.id, first)
    assert (read.notification.read, read.unread) == (True, 2)
    assert client.unread(user.id, first).unread == 3
    assert client.seen(user.id, first).notification.seen is True
    assert client.archive(user.id, first).unread == 2
    assert client.mark(user.id, first, archived=False, read=True).unread == 2
    assert client.notification(user.id, first).read_at is not None

    assert client.read_all(user.id, second).unread == 1
    assert client.read_all(user.id).unread == 0
    assert client.inbox(user.id, unread=True).notifications == ()


def test_contact_points_are_kept(client: Client, user: Someone) -> None:
    stored = client.put_user(f"{user.id} & co", email="ada@example.com")

    assert (stored.user_id, stored.email, stored.phone) == (
        f"{user.id} & co",
        "ada@example.com",
        None,
    )
    assert client.user(stored.user_id) == stored
    with pytest.raises(NotFound):
        client.user("nobody-at-all")
    with pytest.raises(InvalidRequest) as raised:
        client.put_user(user.id, phone="12")
    assert "phone" in raised.value.errors


def test_a_token_opens_the_live_inbox(client: Client, user: Someone) -> None:
    minted = client.create_token(user.id, expires_in=60)
    assert minted.expires_at < datetime.now(UTC) + timedelta(minutes=2)

    with LiveInbox(tickets(client, user.id), timing=QUICK) as inbox:
        sent = client.send(user.id, "in-app", "hello")
        assert inbox.wait_for(lambda seen: seen.unread == 1, timeout=60)
        assert [each.id for each in inbox.notifications] == [sent.id]


def test_dead_letters_are_listed_and_sent_again(
    client: Client, service: Service, user: Someone
) -> None:
    letter = bury(service, user)
    found = client.dead_letters(ids=[letter.id], type="email", reason="retries_exhausted")

    ((listed,), more) = (found, found.more)
    assert (listed.id, listed.user_id, listed.type) == (letter.id, user.id, "email")
    assert listed.failed_at is not None
    assert not more

    redriven = client.redrive(ids=[letter.id, "no-such-letter"])
    assert redriven.count == 1
    assert [(each.id, each.reason) for each in redriven.skipped] == [
        ("no-such-letter", "not_found")
    ]
    eventually(lambda: client.notification(user.id, letter.id), lambda seen: seen.status == "sent")


def test_a_wrong_key_is_told_apart(service: Service) -> None:
    with Client(service.endpoints.api_url, "wrong") as client, pytest.raises(Unauthenticated):
        client.user("4")


@pytest.mark.parametrize("channel", ["email", "in-app"])
def test_a_connection_that_is_cut_before_the_answer_makes_one_notification(
    service: Service, user: Someone, channel: Type
) -> None:
    """The service has carried the first try out, and nobody knows."""
    answers: list[requests.Response] = []

    def pass_on(handler: BaseHTTPRequestHandler) -> requests.Response:
        answer = service.session.post(
            service.url(handler.path),
            data=server.requests[-1].body,
            headers=dict(server.requests[-1].headers),
            timeout=60,
        )
        answers.append(answer)
        return answer

    def answer_nothing(handler: BaseHTTPRequestHandler) -> None:
        pass_on(handler)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        passed = pass_on(handler)
        handler.send_response(passed.status_code)
        handler.send_header("Content-Length", str(len(passed.content)))
        handler.end_headers()
        handler.wfile.write(passed.content)

    with scripted_server() as server, Client(server.url, service.endpoints.api_key) as client:
        server.first, server.answer = [Canned(instead=answer_nothing)], Canned(instead=answer)
        receipt = client.send(user.id, channel, "once")

    assert [each.status_code for each in answers] == [201, 201]
    assert {json.loads(each.content)["id"] for each in answers} == {receipt.id}
    assert service.settled(user, receipt.id)["status"] == "sent"
    assert len(service.items_of(user.id)) == 2  # the profile, and one notification


def test_the_samples_of_its_own_readme_work(
    client: Client, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {
        "api_url": service.endpoints.api_url,
        "api_key": service.endpoints.api_key,
        "client": client,
    }
    samples = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    for sample in samples:
        exec(sample, names)  # noqa: S102 - it is our own

    assert len(samples) == 3
    assert len([*client.notifications(4, type="in-app")]) >= 250
    assert "invalid_request" not in capsys.readouterr().out
