# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find, start and stop the supervisor."""

from __future__ import annotations

import fcntl
import math
import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from pydantic import ValidationError

from jupyter_ml import version
from jupyter_ml.errors import ConflictError, UnavailableError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.workspace import SupervisorInfo
from jupyter_ml.services.environment import lasting_python, supervisor_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.schemas.workspace import WorkspaceSettings
    from jupyter_ml.services.layout import Layout

__all__ = ["ELECTION_S", "STOP_TIMEOUT_S", "SupervisorInfo", "SupervisorService", "elect", "ended"]

START_TIMEOUT_S = 20.0
SLOW_START_S = 60.0
"""Seconds that a supervisor may take to start on a busy machine; no other one is started meanwhile."""
RESTART_S = 3.0
"""Least seconds between two starts by this process, if the first one ended at once."""
STOP_TIMEOUT_S = 60.0
ELECTION_S = 0.3
LAST_WORDS_BYTES = 64 * 1024


@contextmanager
def elect(lock: Path, info: SupervisorInfo, *, patience_s: float = ELECTION_S) -> Iterator[Callable[[], bool] | None]:
    """Try to become the one supervisor of a workspace on this host.

    The lock is the kernel's: it is released with the process, however that ends.

    Yields
    ------
    Callable or None
        Returns whether this is still the one: a lock whose file was removed excludes no process. None if another
        process is the supervisor.
    """
    deadline = time.monotonic() + patience_s
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _lock(descriptor, deadline):
                yield None
                return
            if not _is(descriptor, lock):  # it was removed just then
                continue
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, info.model_dump_json().encode(), 0)
            yield partial(_is, descriptor, lock)
            return
        finally:
            os.close(descriptor)


def _lock(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # perhaps briefly by a client that checks its status
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _is(descriptor: int, path: Path) -> bool:
    """Return whether an open file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


class SupervisorService:
    """Finds, starts and stops the supervisor of a workspace."""

    def __init__(self, layout: Layout, settings: WorkspaceSettings) -> None:
        self._layout = layout
        self._settings = settings
        self._spawned: int | None = None
        self._spawned_at = -math.inf
        self._log_end = 0
        self._refused: str | None = None

    @property
    def log(self) -> Path:
        """Its log file."""
        return self._layout.supervisor_log

    @property
    def failure(self) -> str | None:
        """Why the supervisor that `ensure` has started last does not run; None if one runs or may be about to."""
        reason = self._refused
        if reason is None:
            if self._spawned is None or _runs(self._spawned) or self.status() is not None:
                return None
            reason = _last_words(self.log, self._log_end, self._spawned)
        return reason and f"the supervisor did not start: {reason}; see {self.log}"

    def status(self) -> SupervisorInfo | None:
        """Return the supervisor that runs on this host, or None."""
        try:
            descriptor = os.open(self._layout.supervisor_lock, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                # a newer version may report more
                return SupervisorInfo.model_validate_json(os.pread(descriptor, 4096, 0), extra="ignore")
        except ValidationError:  # it has the lock and is about to write its status
            return SupervisorInfo(pid=0, version=version.__version__, started_at=now())
        finally:
            os.close(descriptor)
        return None

    def ensure(self) -> None:
        """Start the supervisor if none or an older version is running, without waiting for it; see `failure`."""
        info = self.status()
        older = info is not None and _release(info.version) < _release(version.__version__)
        if (info is None or older) and not self._starting():
            self._spawned_at = time.monotonic()
            if info is not None and info.pid:  # running jobs continue, and the next supervisor adopts them
                with suppress(ProcessLookupError):
                    os.kill(info.pid, signal.SIGTERM)
            try:
                self._spawn(*(["--wait"] if older else []))
            except (OSError, subprocess.CalledProcessError) as error:
                self._refused = str(error)

    def end_before_upgrade(self) -> None:
        """End a supervisor of the version before an upgrade of the tables; the next one adopts its jobs.

        It may have the same number, as versions in development have, and would fail at every query.
        """
        info = self.status()
        if info is not None and info.pid not in (0, os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(info.pid, signal.SIGTERM)

    def start(self) -> SupervisorInfo:
        """Start the supervisor if none is running, and wait until it runs.

        Raises
        ------
        UnavailableError
            If it does not start; the message names the reason and its log.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline or self._starting():
            self.ensure()  # again, if one exited just after it was seen
            info = self.status()
            if info is not None and info.pid:
                return info
            if failure := self.failure:
                raise UnavailableError(failure)
            time.sleep(0.02)
        raise UnavailableError(f"the supervisor did not start; see {self.log}")

    def stop(self) -> bool:
        """Stop the supervisor, and wait for the end of its process; jobs continue, and the next supervisor adopts them.

        Returns
        -------
        bool
            False if none was running.
        """
        self._spawned = None  # the caller may need the next one immediately
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while (info := self.status()) is not None and not (info.pid and _terminated(info.pid)):
            if time.monotonic() > deadline:  # it has not written its pid, or that of one that was killed is still there
                raise self._not_stopped(info)
            time.sleep(0.02)
        if info is None:
            return False
        while time.monotonic() < deadline:
            successor = self.status()
            released = successor is None or successor.pid not in (0, info.pid)
            if released and not _runs(info.pid):  # until it has ended, the files of the database are in use
                return True
            time.sleep(0.02)
        raise self._not_stopped(info)

    def service_command(self) -> list[str]:
        """Stop the current supervisor, and return the command of one that runs as a service.

        Raises
        ------
        ConflictError
            If there is one already.
        """
        info = self.status()
        if info is not None and info.service:
            raise ConflictError(f"process {info.pid} is already the supervisor of this workspace, as a service")
        self.stop()
        return [*self._command(), "--service"]

    def environment(self) -> dict[str, str]:
        """Return the environment of the supervisor: only the variables that it needs itself."""
        return supervisor_environment(self._settings)

    def _command(self) -> list[str]:
        return [lasting_python(), "-m", "jupyter_ml.supervisor", str(self._layout.folder)]

    def _not_stopped(self, info: SupervisorInfo) -> UnavailableError:
        return UnavailableError(f"the supervisor (process {info.pid or 'unknown'}) did not stop; see {self.log}")

    def _starting(self) -> bool:
        """Return whether a supervisor that this process has started may be about to report."""
        if self._spawned is None:
            return False
        age = time.monotonic() - self._spawned_at
        return age < RESTART_S or (age < SLOW_START_S and _runs(self._spawned))

    def _spawn(self, *options: str) -> None:
        # The shell forks it into the background and exits: the caller has no child to wait for, and closing the
        # terminal does not end it.
        self._refused = None
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._log_end = os.fstat(log).st_size
            shell = subprocess.run(
                ["/bin/sh", "-c", '"$0" "$@" >&2 & echo $!', *self._command(), *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self._layout.folder,
                env=self.environment(),
                start_new_session=True,
                check=True,
            )
            self._spawned = int(shell.stdout)
        finally:
            os.close(log)


def ended(pid: int) -> str:
    """Return what a supervisor logs last, unless it fails."""
    return f"supervisor (process {pid}) ends"


def _last_words(log: Path, start: int, pid: int) -> str | None:
    """Return the last line that a supervisor has logged since `start`; None if that is nothing, or it has run."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = file.seek(start if start <= size else 0)  # a log that is full is replaced
            began = file.read(LAST_WORDS_BYTES).decode(errors="replace")
            file.seek(max(start, size - LAST_WORDS_BYTES))
            text = file.read().decode(errors="replace").strip()
    except OSError:
        return None
    has_run = f"(process {pid}) serves " in began or ended(pid) in text
    return text.splitlines()[-1] if text and not has_run else None


def _terminated(pid: int) -> bool:
    """Ask a process to end; return False if there is none."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    return True


def _runs(pid: int) -> bool:
    """Return whether a process runs; one that has ended remains a zombie where no init process collects it."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
