# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Reconstruct a job from its directory and its MLflow run, if no record of it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.run_state import RunState
from jupyter_ml.schemas.jobs import Attempt, Job
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.repair import JobRecord
from jupyter_ml.schemas.runs import NOTE_TAG
from jupyter_ml.schemas.specs import CommandJob, JobSpec, Limits, NotebookJob
from jupyter_ml.schemas.states import FINAL, JobState

if TYPE_CHECKING:
    from jupyter_ml.schemas.launch import Launch
    from jupyter_ml.schemas.runs import Run
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.layout import Layout

__all__ = ["first_time", "latest_attempt", "reconstruct"]

EXPERIMENT = "recovered"
"""Experiment of a job whose experiment is unknown."""
SNAPSHOT_TAG = "jupyter_ml.snapshot"


def latest_attempt(layout: Layout, name: str) -> int | None:
    """Return the number of the last attempt that has a directory."""
    numbers = (path.name for path in layout.job(name).iterdir() if path.is_dir())
    return max((int(number) for number in numbers if number.isdecimal()), default=None)


def first_time(folder: AttemptFolder) -> datetime | None:
    """Return the start time of an attempt according to its event log."""
    return next((_time(event.time) for event, _ in EventLogReader(folder.event_log)), None)


def reconstruct(context: WorkspaceContext, name: str) -> JobRecord | None:
    """Return a job according to its last ``launch.json``, event log and MLflow run; None without the first."""
    number = latest_attempt(context.layout, name)
    if number is None:
        return None
    folder = AttemptFolder(context.layout.attempt(name, number))
    try:
        launch = folder.read_launch()
    except JupyterMLError:
        return None
    run = _run(context, name)
    ended = RunState.of(EventLogReader(folder.event_log, only=("ended",))).ended  # the last one: a job may forge others
    over = ended if run is None or run.state in FINAL else None  # else the supervisor has not finalized it
    began = first_time(folder) or _time(folder.launch.stat().st_mtime)
    end = {"state": JobState(over.state), "cause": over.cause, "ended_at": _time(over.time)} if over else {}
    job = Job.model_validate(
        {
            **_from_run(run, name),
            "name": name,
            "type": launch.type,
            "compute": "local",
            "created_at": began,
            "started_at": began,
            "attempt": number,
            "state": JobState.RUNNING,
            "parameters": launch.parameters,
            "spec": _spec(context, launch, folder, run),
            **end,
        }
    )
    return JobRecord(job=job, attempts=[Attempt(number=number, started_at=began, **({"state": job.state} | end))])


def _run(context: WorkspaceContext, name: str) -> Run | None:
    try:
        return context.tracking.job_run(name)
    except JupyterMLError:
        return None


def _from_run(run: Run | None, name: str) -> dict[str, object]:
    if run is None:
        return {"display_name": name, "experiment_name": EXPERIMENT}
    return {
        "display_name": run.name,
        "experiment_name": run.experiment_name,
        "description": run.tags.get(NOTE_TAG),
        "tags": {key: text for key, text in run.tags.items() if not key.startswith(("mlflow.", "jupyter_ml."))},
        "user": run.user,
        "run_id": run.run_id,
        "snapshot": run.tags.get(SNAPSHOT_TAG),
        "metrics": {key: metric.value for key, metric in run.metrics.items()},
    }


def _spec(context: WorkspaceContext, launch: Launch, folder: AttemptFolder, run: Run | None) -> JobSpec:
    """Return a spec that can be run again, with the snapshot of the code if that is known."""
    digest = run.tags.get(SNAPSHOT_TAG) if run else None
    code = str(context.layout.snapshots / digest) if digest else None
    limits = Limits(timeout=launch.timeout, cell_timeout=launch.cell_timeout)
    if launch.type == "command":
        return CommandJob(command=launch.command or "", code=code, limits=limits, secrets=launch.secrets)
    notebook = Path(code, launch.notebook or "") if code else folder.input
    return NotebookJob(
        notebook=str(notebook),
        code=code,
        parameters=launch.parameters,
        cells=launch.cells,
        limits=limits,
        secrets=launch.secrets,
        kernel_name=launch.kernel_name,
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
