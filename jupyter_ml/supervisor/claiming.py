# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Who may start an attempt and bring it to its end: one supervisor at a time, even while two of them run."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_ml.schemas.states import ACTIVE

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Claim", "ClaimLostError", "DetachedError"]

POLL_S = 0.05


class DetachedError(Exception):
    """The supervisor hands over: the attempt goes on without this thread."""


class ClaimLostError(Exception):
    """Another supervisor has claimed the attempt, or brought it to its end."""


class Claim:
    """A claim on the current attempt of a job.

    The database says whose the attempt is; a lock on a file makes what only its owner may do one step.

    Parameters
    ----------
    workspace, name
        Which job.
    token
        What the attempt is claimed with.
    detach
        Set when the supervisor itself has to go.
    """

    def __init__(self, workspace: WorkspaceContext, name: str, token: str, detach: threading.Event) -> None:
        self.token = token
        self._workspace, self._name, self._detach = workspace, name, detach

    @contextmanager
    def held(self, *, adopt: bool = False) -> Iterator[None]:
        """Keep every other supervisor from starting or ending the attempt.

        Parameters
        ----------
        adopt
            Claim it first, whoever has claimed it before.

        Raises
        ------
        ClaimLostError
            When it is somebody else's, or is to be adopted and has ended.
        DetachedError
            When `detach` was set while another supervisor was at it.
        """
        descriptor = os.open(self._workspace.layout.claim(self._name), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _locked(descriptor):
                if self._detach.wait(POLL_S):
                    raise DetachedError
            self._check(adopt=adopt)
            yield
        finally:
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
