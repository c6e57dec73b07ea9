"""The processes of this machine, with or without a `ps` command: slim containers have none."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_BOOT: Final = _PROC / "sys" / "kernel" / "random" / "boot_id"
_AFTER_NAME: Final = ")"  # a process's name may itself have blanks and brackets


@dataclass(frozen=True, slots=True)
class Entry:
    """A live process.

    Attributes:
        pid: its id, which the system gives again to others later.
        parent: the id of the process that started it, or of the one that adopted it.
        group: the id of its process group.
        identity: when it started, to the clock tick since which boot on Linux. No other process
            has both this and the same id.

    """

    pid: int
    parent: int
    group: int
    identity: str


def find(pid: int) -> Entry | None:
    """Return the live process with this id, or None. A zombie is not live."""
    return next((entry for entry in processes() if entry.pid == pid), None)


def group_members(group: int) -> list[Entry]:
    """Return the live processes of a process group."""
    return [entry for entry in processes() if entry.group == group]


def descendants(pid: int) -> list[Entry]:
    """Return the live processes that a process started, and those that they started in turn."""
    found: list[Entry] = []
    parents = {pid}
    entries = list(processes())
    while children := [entry for entry in entries if entry.parent in parents]:
        found += children
        parents = {entry.pid for entry in children}
    return found


def processes() -> Iterator[Entry]:
    """Go through all live processes: Linux tells in /proc, macOS through `ps`."""
    return _from_proc() if (_PROC / "self" / "stat").exists() else _from_ps()


def _from_proc() -> Iterator[Entry]:
    boot = _BOOT.read_text(encoding="ascii").strip()
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # ended meanwhile
            continue
        # proc_pid_stat(5), from the third field on: 3 state, 4 parent, 5 group, 22 start time
        fields = stat.rpartition(_AFTER_NAME)[2].split()
        if fields[0] != "Z":
            parent, group = int(fields[1]), int(fields[2])
            yield Entry(int(folder.name), parent, group, f"{boot} {fields[19]}")


def _from_ps() -> Iterator[Entry]:
    listing = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="],
        capture_output=True,
        check=True,
        text=True,
        env={"LC_ALL": "C"},
    )
    for line in listing.stdout.splitlines():
        pid, parent, group, state, identity = line.split(maxsplit=4)
        if not state.startswith("Z"):
            yield Entry(int(pid), int(parent), int(group), identity)
