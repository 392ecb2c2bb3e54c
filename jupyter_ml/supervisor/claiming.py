# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Decide which supervisor may start an attempt and end it: one at a time, even while two of them run."""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jupyter_ml.schemas.states import ACTIVE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.cancellation import CancellationToken
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["Claim", "ClaimLostError"]

POLL_S = 0.05


class ClaimLostError(Exception):
    """Another supervisor has claimed the attempt, or ended it."""


class Claim:
    """A claim on the current attempt of a job.

    The database stores the token of the last claim; a lock on a file makes what only its owner may do atomic.

    Parameters
    ----------
    workspace, threads, name
        Which job.
    token
        Identifies the claim.
    cancellation
        Of the attempt.
    """

    def __init__(
        self, workspace: WorkspaceContext, threads: Threads, name: str, token: str, cancellation: CancellationToken
    ) -> None:
        self.token = token
        self._workspace, self._threads, self._name, self._cancellation = workspace, threads, name, cancellation

    @asynccontextmanager
    async def held(self, *, adopt: bool = False) -> AsyncIterator[None]:
        """Keep every other supervisor from starting or ending the attempt.

        Parameters
        ----------
        adopt
            Claim it first, whichever supervisor has claimed it before.

        Raises
        ------
        ClaimLostError
            When another supervisor has claimed it, or it is to be adopted and has ended.
        DetachedError
            When the supervisor ends while another one holds the lock.
        """
        lock = self._workspace.layout.claim(self._name)
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # a user may have deleted the job's directory
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _locked(descriptor):
                await self._cancellation.pause(POLL_S)
            await self._threads.store(self._check, adopt=adopt)
            yield
        except asyncio.CancelledError:
            raise  # a thread may still be at work on the attempt: the lock ends with the process
        except BaseException:
            os.close(descriptor)
            raise
        else:
            os.close(descriptor)

    def _check(self, *, adopt: bool) -> None:
        jobs = self._workspace.store.jobs
        if adopt:
            if (state := jobs.adopt(self._name, self.token)) not in ACTIVE:
                raise ClaimLostError(f"{self._name} is {state} already")
        elif jobs.claimed_by(self._name) != self.token:
            raise ClaimLostError(f"another supervisor has claimed {self._name}")


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
