"""`make listen` reconnects, and ever more patiently."""

from itertools import islice
from typing import Self

import pytest

from local import listen as module
from local.client import Refused
from local.endpoints import Endpoints
from local.listen import listen, waits
from local.settings import Settings

_ENDPOINTS = Endpoints("http://api", "ws://socket", "", "", "nd_key", "")


class _Socket:
    """A connection that gets one frame and is then cut off."""

    def __init__(self, _url: str, token: str) -> None:
        if token == "old":
            raise Refused(403)
        self._frames = iter([{"type": "notification"}])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def receive(self, timeout: float | None) -> dict[str, str]:
        assert timeout is None
        try:
            return next(self._frames)
        except StopIteration:
            raise ConnectionResetError from None


def test_waits_double_up_to_a_limit() -> None:
    assert list(islice(waits(), 7)) == [0.5, 1, 2, 4, 8, 15, 15]


def test_after_a_cut_it_connects_again_and_a_refused_token_is_replaced(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = iter(["old", "new"])
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "mint_token", lambda *_: next(tokens))
    monkeypatch.setattr(module, "InboxClient", _Socket)
    monkeypatch.setattr("local.listen.time.sleep", sleep)
    monkeypatch.setattr(Endpoints, "read", lambda _: _ENDPOINTS)

    with pytest.raises(KeyboardInterrupt):
        listen(settings, "4")

    assert slept == [0.5, 0.5, 0.5]
    frames = [line.partition("  ")[2] for line in capsys.readouterr().out.splitlines()]
    assert frames == ['{"type": "notification"}'] * 2
