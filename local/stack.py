"""The whole service on this machine: `make run` and the end-to-end tests use this very class."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from local import compose, dropped, endpoints, processes, programs, seed
from local.build import build, build_lock
from local.cloud import Cloud, local_cloud
from local.credentials import Credentials
from local.deploy import deploy
from local.endpoints import Endpoints, endpoints_of
from local.errors import LocalError
from local.lock import RunLock
from local.ports import free_ports, require_free
from local.processes import Process
from local.settings import ROOT, Emulator, Settings, host_architecture
from local.signals import undisturbed

_SAVE_SECONDS: Final = 120.0
"""For the emulator to store what it holds: it answers first what it was asked."""


def settings_beside(name: str) -> Settings:
    """Return settings of a stack that runs beside the developer's own: on free ports.

    Args:
        name: its state goes to `.local/<name>`.

    """
    port, sandbox_port = free_ports(2)
    return Settings(
        state=ROOT / ".local" / name,
        port=port,
        sandbox_port=sandbox_port,
        emulator=Emulator.MINISTACK,
        architecture=host_architecture(),
    )


class Stack:
    """A running service, as a context manager.

    ```python
    with Stack(settings_beside("e2e")) as stack:
        requests.get(f"{stack.endpoints.api_url}/users/4", ...)
    ```

    Args:
        settings: where it lives and listens.
        report: is given one line for each step that takes time.

    """

    def __init__(self, settings: Settings, report: Callable[[str], None] = lambda _: None) -> None:
        self.settings = settings
        self.cloud: Cloud = local_cloud(settings)
        self._report = report
        self._lock = RunLock(settings.state)
        self._processes: list[Process] = []
        self._endpoints: Endpoints | None = None

    @property
    def endpoints(self) -> Endpoints:
        """Where it is called; only while it runs."""
        if self._endpoints is None:
            raise LocalError("The service is not running.")
        return self._endpoints

    @property
    def emulator(self) -> Process:
        """The emulator's process; only while it runs."""
        return next(process for process in self._processes if process.name == "emulator")

    @property
    def emulator_log(self) -> Path:
        """The emulator's output."""
        return self.settings.logs / "emulator.log"

    def start(self) -> None:
        """Build, start, deploy and seed. When it raises, nothing is left running.

        Raises:
            LocalError: it could not be started; the sentence says what to do.

        """
        self._lock.acquire()
        try:
            self._clean_up_after_others()
            self._start_programs()
            self._deploy()
            self._seed()
        except (BotoCoreError, ClientError) as error:
            self.stop()
            raise LocalError(
                f"The emulator refused a call ({error}): see why in its log.", self.emulator_log
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all that was started, and wait until it is gone; does nothing when it is."""
        if not self._lock.is_ours:
            return  # the files in the state folder may be another run's
        with undisturbed():
            self._endpoints = None
            endpoints.remove(self.settings.state)
            while self._processes:
                self._processes.pop().stop()
            if self.settings.emulator is Emulator.LOCALSTACK:
                compose.down(self.settings)
            shutil.rmtree(self.settings.state / "emulator", ignore_errors=True)
            self._lock.release()

    def restart_emulator(self) -> None:
        """Stop the emulator in the middle of whatever it does, and start it with what it held.

        Only where `settings.keeps_state`; everything else of the run goes on meanwhile.

        Raises:
            LocalError: it does not come up again.

        """
        former = self.emulator
        former.stop(_SAVE_SECONDS)
        former.log.replace(former.log.with_suffix(".before.log"))
        emulator = self._start(programs.emulator(self.settings))
        self._processes[self._processes.index(former)] = emulator
        programs.wait_until_ready(emulator, self.settings.health_urls[emulator.name])

    def check(self) -> None:
        """Check that all of it still runs.

        Raises:
            LocalError: a part has ended by itself.

        """
        for process in self._processes:
            if not process.is_alive:
                raise LocalError(f"The {process.name} has ended by itself.", process.log)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def _clean_up_after_others(self) -> None:
        settings = self.settings
        if settings.emulator is Emulator.LOCALSTACK:
            compose.require(settings)
        for name in processes.stop_left_overs(settings.records):
            self._report(f"Stopped the {name} that an earlier run left behind")
        endpoints.remove(settings.state)
        shutil.rmtree(settings.state / "emulator", ignore_errors=True)
        require_free(settings.port, "NOTIFICATIOND_PORT")
        require_free(settings.sandbox_port, "NOTIFICATIOND_SANDBOX_PORT")

    def _start_programs(self) -> None:
        """Start both programs, and build while they come up."""
        settings = self.settings
        settings.tool("sam/bin/python")  # missing tools are told of before anything starts
        if settings.emulator is Emulator.MINISTACK:
            self._processes.append(self._start(programs.emulator(settings)))
        self._processes.append(self._start(programs.sandbox(settings)))
        if settings.emulator is Emulator.LOCALSTACK:
            compose.up(settings)

    def _start(self, program: processes.Program) -> Process:
        log = self.settings.logs / f"{program.name}.log"
        return Process(program, log, self.settings.records)

    def _deploy(self) -> None:
        settings = self.settings
        with build_lock(settings):
            build(settings, self._report)
            for process in self._processes:
                programs.wait_until_ready(process, settings.health_urls[process.name])
            seed.put_secrets(self.cloud, Credentials.of(settings.state))
            self._report("Deploying")
            deploy(settings)
            dropped.set_what_was_dropped(settings)

    def _seed(self) -> None:
        credentials = Credentials.of(self.settings.state)
        seed.verify_sender(self.cloud)
        seed.put_api_key(self.cloud, credentials)
        seed.put_users(self.cloud)
        found = endpoints_of(self.cloud, self.settings.sandbox_url, credentials.api_key)
        found.write(self.settings.state, self.cloud)
        self._endpoints = found
