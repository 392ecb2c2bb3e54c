"""A job as it happens: its changes of state from the database, its events from its spools."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jupyter_ml.executor.spool import SpoolReader
from jupyter_ml.schemas.jobs import JobType
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.states import FINAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.spool import SpoolEvent
    from jupyter_ml.services.workspace import Workspace

__all__ = ["stream"]

TICK_S = 0.1
"""How often a spool is looked at; state changes ring the bell and come at once."""
GUARD_S = 2.0
"""How often to make sure that there is a supervisor."""


def stream(workspace: Workspace, name: str) -> Iterator[Job | SpoolEvent]:
    """Yield a job whenever it changes and every event of its attempts, until it has ended.

    The job comes first and last; an MLflow run that was made by hand comes once.
    """
    seen: Job | None = None
    attempt, spool = 0, None
    guarded = time.monotonic()
    with workspace.listen() as bell:
        while True:
            job = workspace.store.jobs.get(name)
            while attempt < job.attempt:  # finish the spool of an attempt that failed before turning to the next one
                if spool is not None:
                    yield from (event for event, _ in spool)
                attempt += 1
                spool = SpoolReader(AttemptFolder(workspace.layout.attempt(name, attempt)).spool)
            if job != seen and job.state not in FINAL:
                yield job
                seen = job
            if spool is not None:
                yield from (event for event, _ in spool)
            if job != seen:
                yield job
            if job.state in FINAL or job.type is JobType.MLFLOW_RUN:
                return
            if time.monotonic() - guarded > GUARD_S:
                workspace.supervisor.ensure()
                guarded = time.monotonic()
            bell.wait(TICK_S)
