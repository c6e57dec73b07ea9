"""The lines that `make run` shows."""

from datetime import UTC, datetime

from local.happenings import Happening

_TIME = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_ID = "01a2068f-be8c-7b46-84fc-39bc8f969205"


def _line(happening: Happening, *, coloured: bool = False) -> str:
    return happening.line(coloured=coloured).partition("  ")[2]  # the time is the local one


def test_lines_are_aligned() -> None:
    sent = Happening(_TIME, "sent", _ID, "email", {"user_id": 4, "provider": "mailgun"})
    dead = Happening(_TIME, "dead_lettered", _ID, "sms", {"user_id": 4})

    assert _line(sent) == f"sent           email   {_ID}  user_id=4 provider=mailgun"
    assert _line(dead) == f"dead_lettered  sms     {_ID}  user_id=4"


def test_only_a_terminal_gets_colours_and_they_do_not_shift_columns() -> None:
    happening = Happening(_TIME, "sent", _ID, "email")

    coloured = _line(happening, coloured=True)

    assert coloured.replace("\033[32m", "").replace("\033[0m", "") == _line(happening)
    assert coloured.startswith("\033[32msent")


def test_what_needs_a_look_carries_its_level() -> None:
    happening = Happening(_TIME, "lease_lost", _ID, "sms", {"function": "Dispatch"}, "WARNING")

    assert _line(happening).endswith("WARNING function=Dispatch")


def test_a_value_cannot_break_its_line_or_reach_the_terminal() -> None:
    happening = Happening(_TIME, "failed", details={"text": "a\nb\033[2J"})

    assert _line(happening).endswith(r"text='a\nb\x1b[2J'")


def test_what_is_not_known_is_left_out() -> None:
    happening = Happening(_TIME, "retried", details={"code": None, "reason": "", "attempt": 0})

    assert _line(happening).endswith("attempt=0")
