"""One run for each state folder, and who has it."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from local.errors import LocalError


class RunLock:
    """Held by the process that runs the service; the system frees it when that process dies."""

    def __init__(self, state: Path) -> None:
        """Name the folder; nothing is locked yet."""
        self._path = state / "run.lock"
        self._descriptor: int | None = None

    @property
    def is_ours(self) -> bool:
        """Whether this object has it."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take it.

        Raises:
            LocalError: another process has it.

        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_pid(descriptor)
            os.close(descriptor)
            raise _running(holder) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor

    def require_free(self) -> None:
        """Check that nobody has it.

        Raises:
            LocalError: another process has it.

        """
        holder = self.holder()
        if holder is not None:
            raise _running(holder)

    def release(self) -> None:
        """Give it back, if this process has it."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Return the process that has it, or None."""
        try:
            descriptor = os.open(self._path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_pid(descriptor)
        finally:
            os.close(descriptor)  # with it goes our own lock
        return None


def _running(holder: int | None) -> LocalError:
    return LocalError(
        f"The service is already running (process {holder}): use it, or end it with 'make stop'."
    )


def _read_pid(descriptor: int) -> int | None:
    with suppress(ValueError):
        return int(os.pread(descriptor, 20, 0))
    return None  # taken a moment ago, not written yet
