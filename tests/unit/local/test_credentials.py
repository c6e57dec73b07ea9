"""The secrets of a local run."""

import re
from pathlib import Path

from local.credentials import Credentials, write_private


def test_they_stay_the_same_from_run_to_run(tmp_path: Path) -> None:
    assert Credentials.of(tmp_path) == Credentials.of(tmp_path)


def test_two_clones_have_different_ones(tmp_path: Path) -> None:
    assert Credentials.of(tmp_path / "one") != Credentials.of(tmp_path / "two")


def test_the_key_has_the_form_of_an_api_key(tmp_path: Path) -> None:
    assert re.fullmatch(r"nd_[A-Za-z0-9_-]{43}", Credentials.of(tmp_path).api_key)


def test_a_broken_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text('{"api_key": ', encoding="utf-8")

    made = Credentials.of(tmp_path)

    assert made == Credentials.of(tmp_path)


def test_a_private_file_is_its_owners_alone_also_where_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)

    write_private(path, "new")

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="utf-8") == "new"
    assert list(path.parent.iterdir()) == [path]
