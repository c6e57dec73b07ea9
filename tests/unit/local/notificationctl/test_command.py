"""The command's arguments and exit codes."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from local.errors import LocalError
from local.notificationctl import __main__ as command
from notificationd.domain.dead_letter import Wanted
from notificationd.domain.notification import Channel

type Capture = pytest.CaptureFixture[str]


@pytest.fixture
def targets(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The stacks that the command asks for."""
    made = Mock()
    monkeypatch.setattr(command, "Target", made)
    monkeypatch.setattr(command, "keys", Mock())
    monkeypatch.setattr(command, "dead_letters", Mock())
    monkeypatch.setattr(command, "templates", Mock())
    return made


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["notificationctl", *arguments])
    return command.main()


def test_without_options_it_works_on_the_local_run(
    targets: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _run(monkeypatch, "keys", "list") == 0

    targets.assert_called_once_with(None, None, None)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--stack", "prod", "--region", "eu-west-1", "keys", "list"),
        ("keys", "list", "--stack", "prod", "--region", "eu-west-1"),
        ("--stack", "prod", "dead-letters", "list", "--region", "eu-west-1"),
    ],
)
def test_the_stack_may_be_named_before_or_after_the_command(
    targets: Mock, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    assert _run(monkeypatch, *arguments) == 0

    targets.assert_called_once_with("prod", "eu-west-1", None)


def test_what_can_not_be_done_ends_with_one_sentence_and_1(
    targets: Mock, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    targets.side_effect = LocalError("The service is not running.")

    assert _run(monkeypatch, "keys", "list") == 1
    assert capsys.readouterr().err == "notificationctl: The service is not running.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("keys",),
        ("keys", "create", "--name", "x"),
        ("keys", "create", "--name", "x", "--scopes", "send,root"),
        ("dead-letters", "list", "--limit", "0"),
        ("dead-letters", "list", "--limit", "101"),
        ("dead-letters", "list", "--channel", "fax"),
        ("dead-letters", "list", "--reason", "weather"),
        ("dead-letters", "list", "--since", "yesterday"),
        ("dead-letters", "list", "--until", "2026-11-23T03:43:42"),
        ("dead-letters", "show"),
        ("dead-letters", "redrive"),
        ("dead-letters", "redrive", "--all", "some-id"),
        ("dead-letters", "discard"),
        ("templates",),
        ("templates", "show"),
        ("templates", "put", "welcome"),
        ("templates", "delete"),
    ],
)
@pytest.mark.usefixtures("targets")
def test_wrong_arguments_end_with_2(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _run(monkeypatch, *arguments)

    assert ended.value.code == 2


@pytest.mark.usefixtures("targets")
def test_scopes_are_given_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    create = Mock()
    monkeypatch.setattr("local.notificationctl.__main__.keys.create", create)

    assert _run(monkeypatch, "keys", "create", "--name", "x", "--scopes", "send, admin") == 0

    assert create.call_args.args[1:] == ("x", ["send", "admin"])


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--all",), Wanted()),
        (("a", "b"), Wanted(ids=frozenset({"a", "b"}))),
        (("--channel", "sms"), Wanted(channel=Channel.SMS)),
        (("--all", "--reason", "unmarked"), Wanted(reason="unmarked")),
        (
            ("--since", "1970-01-01T00:00:01Z", "--until", "1970-01-01T02:00:02+02:00"),
            Wanted(since=1_000, until=2_000),
        ),
    ],
)
@pytest.mark.usefixtures("targets")
def test_a_redrive_is_told_what_is_meant(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], wanted: Wanted
) -> None:
    redrive = Mock()
    monkeypatch.setattr("local.notificationctl.__main__.dead_letters.redrive", redrive)

    assert _run(monkeypatch, "dead-letters", "redrive", *arguments) == 0

    assert redrive.call_args.args[1] == wanted


@pytest.mark.usefixtures("targets")
def test_showing_and_discarding_are_told_the_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = Mock()
    monkeypatch.setattr(command, "dead_letters", letters)

    assert _run(monkeypatch, "dead-letters", "show", "a") == 0
    assert _run(monkeypatch, "dead-letters", "discard", "a", "b") == 0

    assert letters.show.call_args.args[1] == "a"
    assert letters.discard.call_args.args[1] == {"a", "b"}


@pytest.mark.parametrize(
    ("arguments", "called", "expected"),
    [
        (("list",), "list_all", ()),
        (("show", "welcome@3"), "show", ("welcome@3",)),
        (("put", "welcome", "welcome.json"), "put", ("welcome", Path("welcome.json"))),
        (("delete", "welcome"), "delete", ("welcome",)),
    ],
)
@pytest.mark.usefixtures("targets")
def test_templates_are_looked_after_by_name(
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    called: str,
    expected: tuple[object, ...],
) -> None:
    templates = Mock()
    monkeypatch.setattr(command, "templates", templates)

    assert _run(monkeypatch, "templates", *arguments) == 0

    (done,) = templates.method_calls
    assert done[0] == called
    assert done.args[1:] == expected
