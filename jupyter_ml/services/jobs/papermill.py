# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Track notebooks that papermill runs in its own process as jobs, which are neither queued nor started."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import UnavailableError
from jupyter_ml.eventlog.signing import SigningKeys
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.launch import AttemptFolder, Launch
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.text import cleaned
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.records import write_record
from jupyter_ml.services.jobs.snapshots import Capture, git_state
from jupyter_ml.services.jobs.submission import record_of
from jupyter_ml.services.jobs.validation import check_experiment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from jupyter_ml.schemas.specs import NotebookJob
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Tracked", "track"]

RUN_TIMEOUT_S = 60.0
"""Seconds to wait for the supervisor to create the MLflow run; the first one of a workspace takes a while."""


@dataclass(frozen=True)
class Tracked:
    """Data that the process needs to run its notebook as a job.

    Attributes
    ----------
    name
        Of the job.
    folder
        Of its attempt: where its event log is stored.
    environment
        Variables for the kernel.
    redact
        Values that must never be written.
    key
        Signs the last event.
    """

    name: str
    folder: AttemptFolder
    environment: dict[str, str]
    redact: list[str]
    key: str = field(repr=False)


def track(context: WorkspaceContext, job: NotebookJob, defaults: Mapping[str, JsonValue]) -> Tracked:
    """Create the job of the notebook that this process is about to run, and wait for its MLflow run.

    The supervisor follows its event log, and identifies the process by its number and start time: if the process is
    killed, the job fails.
    """
    check_experiment(context, LoadedSpec(job))
    record = record_of(
        job, {**defaults, **job.parameters}, cleaned(Path.cwd().name) or "default", snapshot=None
    ).model_copy(update={"state": JobState.PREPARING, "runner": Runner.PAPERMILL})
    marker = str(context.layout.attempt(record.name, 1))
    folder = AttemptFolder(Path(marker))
    folder.write_launch(Launch(type="notebook", notebook=Path(job.notebook).name, marker=marker))
    Capture(git=git_state(Path.cwd())).write(context, record.name)
    keys = SigningKeys.create()
    inserted = context.store.jobs.insert(
        record,
        host=socket.gethostname() if context.store.shared else None,
        process=LocalCompute().current(marker).info(),
        verifying_key=keys.verifying,
    )
    write_record(context, inserted)
    context.notify()
    deadline = time.monotonic() + RUN_TIMEOUT_S
    with context.listen() as listener:
        while time.monotonic() < deadline:
            context.supervisor.ensure()
            if folder.environment.exists():
                environment = json.loads(folder.environment.read_text(encoding="utf-8"))
                variables = {**environment, MARKER: marker}
                return Tracked(record.name, folder, variables, context.job_secrets.given(), keys.signing)
            if failure := context.supervisor.failure:
                raise UnavailableError(failure)
            listener.wait(0.1)
    raise UnavailableError(
        f"the supervisor created no MLflow run for job {record.name}; see {context.layout.supervisor_log}"
    )
