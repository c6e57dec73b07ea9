"""`sam build` runs when, and only when, its result would be another one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from local import build as module
from local.build import build
from local.settings import Settings

type Builds = list[tuple[str, ...]]


@pytest.fixture
def builds(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Builds:
    """A clone with one function, and the calls of SAM."""
    function = settings.root / "functions" / "send" / "app.py"
    function.parent.mkdir(parents=True)
    function.write_text("one\n", encoding="utf-8")
    (settings.root / "template.yaml").write_text("Resources:\n", encoding="utf-8")
    calls: Builds = []

    def run_sam(_settings: Settings, *arguments: str) -> None:
        calls.append(arguments)
        settings.build.mkdir(parents=True, exist_ok=True)
        for path in settings.build.iterdir():
            path.unlink()

    monkeypatch.setattr(module, "run_sam", run_sam)
    return calls


def _say_nothing(_: str) -> None:
    pass


def _change_function(root: Path) -> None:
    (root / "functions" / "send" / "app.py").write_text("two\n", encoding="utf-8")


def _add_file(root: Path) -> None:
    (root / "functions" / "send" / "more.py").write_text("", encoding="utf-8")


def _rename_file(root: Path) -> None:
    (root / "functions" / "send" / "app.py").rename(root / "functions" / "send" / "main.py")


def _change_template(root: Path) -> None:
    (root / "template.yaml").write_text("Resources: {}\n", encoding="utf-8")


def test_an_unchanged_clone_is_built_once(settings: Settings, builds: Builds) -> None:
    build(settings, _say_nothing)
    build(settings, _say_nothing)

    assert builds == [("build", "--parameter-overrides", "Architecture=arm64")]


@pytest.mark.parametrize("change", [_change_function, _add_file, _rename_file, _change_template])
def test_any_change_of_what_goes_in_builds_again(
    settings: Settings, builds: Builds, change: Callable[[Path], None]
) -> None:
    build(settings, _say_nothing)
    change(settings.root)
    build(settings, _say_nothing)

    assert len(builds) == 2


def test_another_architecture_builds_again(settings: Settings, builds: Builds) -> None:
    build(settings, _say_nothing)
    build(replace(settings, architecture="x86_64"), _say_nothing)

    assert len(builds) == 2


def test_compiled_files_of_an_interpreter_do_not_count(settings: Settings, builds: Builds) -> None:
    build(settings, _say_nothing)
    cache = settings.root / "functions" / "send" / "__pycache__"
    cache.mkdir()
    (cache / "app.pyc").write_bytes(b"x")
    build(settings, _say_nothing)

    assert len(builds) == 1


def test_a_build_by_hand_undoes_the_mark(settings: Settings, builds: Builds) -> None:
    """It may have been for another architecture, and `sam build` empties its folder first."""
    build(settings, _say_nothing)
    for path in settings.build.iterdir():
        path.unlink()
    build(settings, _say_nothing)

    assert len(builds) == 2
