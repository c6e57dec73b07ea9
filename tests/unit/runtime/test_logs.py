"""What is logged, under the logging controls that Lambda has of its own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from notificationd.runtime import logs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _fresh_logger() -> Iterator[None]:
    """Let the logger be made anew, for the stdout of this test."""

    def forget() -> None:
        logs.logger.cache_clear()
        logging.Logger.manager.loggerDict.pop("notificationd", None)

    forget()
    yield
    forget()


@pytest.mark.parametrize(
    ("level", "expected"), [("WARNING", ["warned"]), ("INFO", ["noted", "warned"])]
)
def test_the_settings_decide_and_not_lambdas_own_level(
    level: str,
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Lambda's is INFO, so that metrics pass; a line for each success would cost too much."""
    monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", "INFO")
    monkeypatch.setenv("LOG_LEVEL", level)

    logs.LogJournal().note("noted", {})
    logs.LogJournal().warn("warned", {})

    lines = capsys.readouterr().out.splitlines()
    found = [word for line in lines for word in ("noted", "warned") if word in line]
    assert found == expected
