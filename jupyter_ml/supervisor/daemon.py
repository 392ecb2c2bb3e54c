# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor's loop: requests carried out, attempts started, slots kept."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from contextlib import AbstractContextManager, closing, nullcontext
from functools import cache
from secrets import token_hex
from typing import TYPE_CHECKING

from jupyter_ml.compute import discovery
from jupyter_ml.schemas.outcomes import CANCELED
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store.notifications import notify
from jupyter_ml.supervisor.attempt import AttemptThread
from jupyter_ml.supervisor.housekeeping import Housekeeper
from jupyter_ml.supervisor.requests import Requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Daemon"]

POLL_S = 1.0
"""How often to look without having been nudged."""
AGAIN_S = 2.0
"""How long to leave a job alone whose attempt raised something unforeseen (a full disk, say)."""
HANDOVER_S = 10.0
"""How long attempts that are being prepared or finalized may hold up the supervisor's end."""

_log = logging.getLogger(__name__)


class Daemon:
    """Owns queue and processes of one workspace on one host.

    Parameters
    ----------
    workspace
        Which.
    idle_exit_s
        Seconds without work after which `run` returns; None for never.
    """

    def __init__(self, workspace: WorkspaceContext, *, idle_exit_s: float | None) -> None:
        self._workspace = workspace
        self._idle_exit_s = idle_exit_s
        self._store = workspace.store.jobs
        self._host = socket.gethostname()
        self._slots = workspace.settings.local.max_concurrent or _cores()
        self._threads: dict[str, AttemptThread] = {}
        self._left_alone: dict[str, float] = {}
        self._broken: set[str] = set()
        self._compute = cache(discovery.get)
        self._busy_at = time.monotonic()
        self._requests = Requests(workspace, self._host, self._cancel)
        self._stop = threading.Event()

    def stop(self) -> None:
        """Make `run` return soon; running jobs go on for the next supervisor."""
        self._stop.set()
        self._workspace.notify()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def pending(self) -> bool:
        """Tell whether anything is left to do on this host."""
        return self._store.pending(host=self._host) or self._requests.pending()

    def run(self, elected: Callable[[], bool]) -> None:
        """Serve until there is nothing left to do, `stop` is called, or this is not `elected` any more."""
        with self._workspace.listen() as listener, self._other_hosts():
            housekeeper = Housekeeper(self._workspace)
            housekeeper.start()
            while not self._stop.is_set():
                if not elected():
                    _log.warning("the lock file was removed or replaced: another supervisor may run, so this one ends")
                    break
                try:
                    busy = self._step()
                except Exception:
                    _log.exception("a round failed; trying again")
                    busy = True
                if busy:
                    self._busy_at = time.monotonic()
                elif self._idle_exit_s is not None and time.monotonic() - self._busy_at > self._idle_exit_s:
                    break
                listener.wait(POLL_S)
            self._hand_over(housekeeper)

    def _other_hosts(self) -> AbstractContextManager[object]:
        """Ring our own bell when somebody on another host nudges."""
        store = self._workspace.store
        if not store.shared:
            return nullcontext()
        return closing(store.listen(lambda: notify(self._workspace.layout.folder)))

    def _step(self) -> bool:
        """Do what there is to do now and tell whether anything is going on."""
        for name, thread in list(self._threads.items()):
            if not thread.is_alive():
                del self._threads[name]
        requested = self._requests.carry_out()
        self._adopt()
        self._claim()
        return requested or bool(self._threads) or self._store.pending(host=self._host)

    def _cancel(self, name: str) -> None:
        thread = self._threads.get(name)
        if thread is not None:
            thread.cancel.set()
        elif self._store.get(name).state is JobState.QUEUED:
            self._store.transition(name, JobState.CANCELED, cause=CANCELED.cause)
            self._workspace.vault.delete(name)
            self._workspace.notify()

    def _adopt(self) -> None:
        """Take on every attempt that has started and that no thread of ours looks after."""
        now = time.monotonic()
        for job in self._store.active(host=self._host):
            if job.name in self._threads or self._left_alone.get(job.name, 0) > now:
                continue
            self._left_alone[job.name] = now + AGAIN_S
            try:
                compute = self._compute(job.compute or "local")
            except Exception:  # others can go on
                _log.exception("%s cannot be looked after; trying again", job.name)
                continue
            thread = AttemptThread(self._workspace, compute, job, token=token_hex(8), adopted=True)
            if job.cancel_requested_at is not None:
                thread.cancel.set()
            self._start(thread)

    def _claim(self) -> None:
        for compute in discovery.names():
            taken = sum(thread.job.supervised and thread.job.compute == compute for thread in self._threads.values())
            free = self._slots - taken
            if free <= 0:
                continue
            try:
                place = self._compute(compute)
            except Exception as error:  # its jobs wait; those of other computes run
                if compute not in self._broken:
                    _log.warning("the compute %s cannot be used: %s", compute, error)
                self._broken.add(compute)
                continue
            token = token_hex(8)
            for job in self._store.claim(host=self._host, compute=compute, limit=free, token=token):
                self._start(AttemptThread(self._workspace, place, job, token=token, adopted=False))
                self._workspace.notify()

    def _start(self, thread: AttemptThread) -> None:
        self._threads[thread.job.name] = thread
        thread.start()

    def _hand_over(self, housekeeper: Housekeeper) -> None:
        for thread in self._threads.values():
            thread.detach.set()
        deadline = time.monotonic() + HANDOVER_S
        for thread in self._threads.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        housekeeper.finish(max(0.0, deadline - time.monotonic()))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux, where a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
