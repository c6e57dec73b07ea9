"""The command's arguments and exit codes."""

from unittest.mock import Mock

import pytest

from local.errors import LocalError
from local.notificationctl import __main__ as command

type Capture = pytest.CaptureFixture[str]


@pytest.fixture
def targets(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The stacks that the command asks for."""
    made = Mock()
    monkeypatch.setattr(command, "Target", made)
    monkeypatch.setattr(command, "keys", Mock())
    monkeypatch.setattr(command, "dead_letters", Mock())
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
