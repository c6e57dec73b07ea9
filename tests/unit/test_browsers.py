"""Where there is no browser its tests are skipped, but never silently, and never in CI."""

from __future__ import annotations

import pytest

from local.settings import ROOT
from tests import browsers
from tests.browsers import launched


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "NAMES", ("a-browser-that-nobody-has",))


def test_without_a_browser_its_tests_are_skipped_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="NO BROWSER"), launched():
        pass

    assert "s" in pytestconfig.getoption("reportchars")


def test_in_ci_that_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(AssertionError, match="NO BROWSER"), launched():
        pass


def test_ci_installs_one() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")

    assert "missing+=(chromium)" in script
