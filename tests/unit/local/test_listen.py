"""`make listen` prints what comes, and goes on when the service was away."""

from collections.abc import Callable

import pytest

from local import listen as module
from local.endpoints import Endpoints
from local.errors import LocalError
from local.listen import listen
from local.settings import Settings
from notificationd_client.inbox import Ticket

_ENDPOINTS = Endpoints("http://api", "ws://socket", "", "", "nd_key", "")
_TICKET = Ticket("ws://socket", "token", 0)


class _Inbox:
    """An inbox that is told one thing, and is then cut off while the service is away."""

    def __init__(
        self,
        mint: Callable[[], Ticket],
        *,
        on_frame: Callable[[dict[str, str]], None],
        on_state: Callable[[str], None],
    ) -> None:
        self._mint = mint
        self._on_frame = on_frame
        self._on_state = on_state

    def run(self) -> None:
        self._on_state("connecting")
        assert self._mint() == _TICKET
        self._on_state("connected")
        self._on_frame({"type": "pong"})
        self._on_state("waiting")
        with pytest.raises(OSError, match="nothing runs"):
            self._mint()


def test_every_frame_is_printed_and_what_is_away_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tickets = [_TICKET]

    def mint(*_: object) -> Ticket:
        if not tickets:
            raise LocalError("nothing runs")
        return tickets.pop()

    monkeypatch.setattr(module, "mint_ticket", mint)
    monkeypatch.setattr(module, "LiveInbox", _Inbox)
    monkeypatch.setattr(Endpoints, "read", lambda _: _ENDPOINTS)

    listen(settings, "4")

    printed = capsys.readouterr()
    assert [line.partition("  ")[2] for line in printed.out.splitlines()] == ['{"type": "pong"}']
    assert [line.partition("  ")[2] for line in printed.err.splitlines()] == [
        "listening to user 4",
        "disconnected; again in a moment",
    ]


def test_where_nothing_runs_it_says_so_at_once(settings: Settings) -> None:
    with pytest.raises(LocalError, match="not running"):
        listen(settings, "4")
