"""What a function leaves in its log when something goes wrong: what and where, and no texts."""

from __future__ import annotations

import importlib
import json
import logging
from pathlib import Path
from typing import NoReturn

import pytest

from notificationd.api.http import HttpApi
from notificationd.domain.errors import DeliveryError
from notificationd.runtime import logs
from notificationd.runtime.logs import InvocationFailed, without_texts

ROOT = Path(__file__).parents[3]
SECRET = "ada@example.com +14155550104 nd_key eyJ.token hello"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Powertools writes to the stdout of the moment in which a logger is made."""
    monkeypatch.setenv("LOG_LEVEL", "INFO")
    logs.logger.cache_clear()
    logging.Logger.manager.loggerDict.pop("notificationd", None)


def fail(_event: object, _context: object) -> NoReturn:
    cause = ValueError(SECRET)
    raise KeyError(SECRET) from cause


def test_an_unexpected_error_is_logged_by_its_kind_and_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(InvocationFailed):
        without_texts(fail)({}, None)

    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert (logged["message"], logged["level"]) == ("invocation_failed", "ERROR")
    assert (logged["error"], logged["cause"]) == ("KeyError", "ValueError")
    assert logged["place"].startswith("fail:")
    assert SECRET not in line


def test_what_the_runtime_writes_down_of_it_has_no_text() -> None:
    """The runtime logs the error that leaves the handler; it must not lead back to the first."""
    with pytest.raises(InvocationFailed) as failed:
        without_texts(fail)({}, None)

    assert str(failed.value) == ""
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


def test_what_a_handler_answers_is_answered() -> None:
    assert without_texts(lambda event, context: (event, context))(1, 2) == (1, 2)


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("functions/*/app.py")), ids=lambda path: path.parent.name
)
def test_every_function_keeps_the_texts_of_errors_to_itself(path: Path) -> None:
    handler = importlib.import_module(f"functions.{path.parent.name}.app").handler

    assert isinstance(handler, HttpApi) or hasattr(handler, "__wrapped__")


@pytest.mark.parametrize("code", ["21211", "MessageRejected", "Runtime.Error", "ConnectTimeout"])
def test_a_providers_code_is_kept(code: str) -> None:
    assert DeliveryError("text", code=code).code == code


@pytest.mark.parametrize(
    "code",
    ["14155550104", "+14155550104", "ada@example.com", "hello there", "", "a" * 65, "\n", "Zoë"],
)
def test_what_does_not_look_like_a_code_is_left_out_since_codes_are_logged(code: str) -> None:
    """An answer is the provider's, or whoever's: nothing keeps it from echoing what we sent."""
    assert DeliveryError("text", code=code).code is None


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
