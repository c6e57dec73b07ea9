"""Builds functions and layers, when anything that goes into them has changed."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from local.sam import run_sam
from local.settings import Settings

# Whatever `sam build` reads, and the version of `sam` itself.
_INPUTS: Final = (
    "template.yaml",
    "samconfig.toml",
    "functions",
    "console",
    "layers",
    "local/requirements-sam.txt",
)
_CACHES: Final = "__pycache__"


def build(settings: Settings, report: Callable[[str], None]) -> None:
    """Run `sam build`, unless what it would build is there already.

    Args:
        settings: the run.
        report: is told when it runs.

    Raises:
        LocalError: it failed.

    """
    # In the build folder, which `sam build` empties first: whoever else builds undoes the mark.
    mark = settings.build / ".fingerprint"
    fingerprint = _fingerprint(settings)
    if mark.exists() and mark.read_text(encoding="ascii") == fingerprint:
        return
    report("Building functions and layers")
    run_sam(settings, "build", "--parameter-overrides", f"Architecture={settings.architecture}")
    mark.write_text(fingerprint, encoding="ascii")


@contextmanager
def build_lock(settings: Settings) -> Iterator[None]:
    """Keep other runs of this clone from building while this one builds or deploys."""
    settings.build.parent.mkdir(parents=True, exist_ok=True)
    with (settings.build.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(settings: Settings) -> str:
    digest = hashlib.sha256(settings.architecture.encode())
    for path in _files(settings.root):
        content = path.read_bytes()
        name = path.relative_to(settings.root).as_posix()
        digest.update(f"\0{name}\0{path.stat().st_mode & 0o111}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in _INPUTS:
        start = root / name
        found = [start] if start.is_file() else sorted(start.rglob("*"))
        yield from (path for path in found if path.is_file() and _CACHES not in path.parts)
