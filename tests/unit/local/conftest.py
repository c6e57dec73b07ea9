"""Settings of a run that lives in a test's own folder."""

from pathlib import Path

import pytest

from local.settings import Emulator, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        state=tmp_path / "state",
        port=14566,
        sandbox_port=18025,
        emulator=Emulator.MINISTACK,
        architecture="arm64",
        root=tmp_path / "clone",
    )
