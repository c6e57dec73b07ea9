"""`notificationctl templates`: what is shown can be changed and put, and mistakes are told."""

import io
import json
from pathlib import Path

import pytest

from local.errors import LocalError
from local.notificationctl import templates
from local.notificationctl.target import Target

type Capture = pytest.CaptureFixture[str]

GOOD = {
    "description": "Sent after the first login.",
    "default_locale": "en",
    "variables": {"name": {}},
    "channels": {"sms": {"en": {"text": "Hi {{ name }}"}, "de": {"text": "Hallo {{ name }}"}}},
}


def put(target: Target, folder: Path, body: object = GOOD, name: str = "welcome") -> None:
    file = folder / "template.json"
    file.write_text(json.dumps(body), "utf-8")
    templates.put(target, name, file)


def test_a_template_is_stored_and_what_is_shown_can_be_stored_again(
    target: Target, capsys: Capture, tmp_path: Path
) -> None:
    put(target, tmp_path)
    assert capsys.readouterr().out == "Stored welcome@1.\n"
    templates.show(target, "welcome")
    shown = json.loads(capsys.readouterr().out)
    assert shown["channels"] == GOOD["channels"]

    put(target, tmp_path, shown)
    assert capsys.readouterr().out == "welcome@1 is the same already.\n"
    put(target, tmp_path, {**shown, "description": "another"})
    assert capsys.readouterr().out == "Stored welcome@2.\n"

    templates.show(target, "welcome@1")
    assert json.loads(capsys.readouterr().out)["description"] == GOOD["description"]


def test_a_template_can_come_from_stdin(
    target: Target, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(GOOD)))

    templates.put(target, "welcome", Path("-"))

    assert capsys.readouterr().out == "Stored welcome@1.\n"


def test_all_templates_are_listed(target: Target, capsys: Capture, tmp_path: Path) -> None:
    for number in range(103):
        put(target, tmp_path, name=f"welcome-{number:03}")
    capsys.readouterr()

    templates.list_all(target)

    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["NAME", "VERSION", "STORED", "CHANNELS", "DESCRIPTION"]
    assert len(lines) == 103
    assert "sms (de, en)" in lines[0]


def test_without_templates_the_list_says_so(target: Target, capsys: Capture) -> None:
    templates.list_all(target)

    assert capsys.readouterr().out == "No templates.\n"


def test_a_deleted_one_is_gone(target: Target, capsys: Capture, tmp_path: Path) -> None:
    put(target, tmp_path)

    templates.delete(target, "welcome")

    assert "Deleted welcome." in capsys.readouterr().out
    for look in (templates.show, templates.delete):
        with pytest.raises(LocalError, match="no template"):
            look(target, "welcome")


def test_what_is_wrong_with_a_template_is_told(target: Target, tmp_path: Path) -> None:
    broken = {**GOOD, "channels": {"sms": {"en": {"text": "Hi {{ nmae }}\n{% if name %}"}}}}

    with pytest.raises(LocalError) as caught:
        put(target, tmp_path, broken)

    assert str(caught.value).splitlines() == [
        "Not stored:",
        "  channels.sms.en.text: text, line 2, column 1: 'if' is never closed",
    ]


@pytest.mark.parametrize("text", ["{", "[]", "\udcff"])
def test_a_file_that_holds_no_template_is_named(target: Target, tmp_path: Path, text: str) -> None:
    file = tmp_path / "template.json"
    file.write_text(text, "utf-8", errors="surrogateescape")

    with pytest.raises(LocalError, match=r"template\.json"):
        templates.put(target, "welcome", file)


def test_a_file_that_is_not_there_is_named(target: Target, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"gone\.json"):
        templates.put(target, "welcome", tmp_path / "gone.json")


def test_what_is_no_name_is_told(target: Target, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="is not the name of a template"):
        templates.show(target, "Welcome!")
    with pytest.raises(LocalError, match="name: must be"):
        put(target, tmp_path, name="Welcome!")
