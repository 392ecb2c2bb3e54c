# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Follow a job, and read its notebook and its files."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.eventlog.outputs import encode
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.run_state import RunState
from jupyter_ml.notebooks.assemble import notebook_chunks
from jupyter_ml.notebooks.prepare import prepare
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.duration_estimate import DurationEstimate
from jupyter_ml.schemas.jobs import MLFLOW_RUN
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.jobs.attempts import attempt_folder, gone_directory
from jupyter_ml.services.jobs.copies import copy_files
from jupyter_ml.services.jobs.job_services import job_services
from jupyter_ml.services.jobs.listing import JobListing
from jupyter_ml.services.jobs.mounts import file_tree
from jupyter_ml.services.jobs.snapshots import submitted_notebook
from jupyter_ml.services.jobs.stream import stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.job_services import JobServiceInfo
    from jupyter_ml.schemas.jobs import Job

__all__ = ["JobResults"]


class JobResults(JobListing):
    """The part of `JobService` that reads the results of jobs."""

    def stream(self, name: str) -> Iterator[Job | AttemptEvent]:
        """Yield the job whenever it changes, and each event of its attempts, from the beginning to its end."""
        return stream(self._context, name)

    def wait(self, name: str) -> Job:
        """Return the job when it has ended."""
        job = self.get(name)
        for item in self.stream(name):
            job = item if isinstance(item, type(job)) else job
        return job

    def services(self, name: str) -> list[JobServiceInfo]:
        """Return the services of a job, with their status and where they are opened."""
        return job_services(self._context, self.get(name))

    def duration_estimate(self, name: str) -> DurationEstimate:
        """Return what the last completed job with the same notebook took, of the same experiment before others."""
        similar = self._store.latest_similar_job(name)
        if similar is None:
            return DurationEstimate()
        event_log = AttemptFolder(self._context.layout.attempt(similar.name, similar.attempt)).event_log
        cells = RunState.of(EventLogReader(event_log, only=("cell_finished",))).durations
        return DurationEstimate(job=similar.name, cells=cells, duration_s=similar.duration_s)

    def folder(self, name: str) -> AttemptFolder:
        """Return the directory of a job's current or last attempt.

        Raises
        ------
        ConflictError
            If it does not exist yet.
        NotFoundError
            If it does not exist any more.
        """
        job = self.get(name)
        if job.type == MLFLOW_RUN:
            raise ConflictError(f"{name} was logged directly with MLflow and has no files but its artifacts")
        folder = attempt_folder(self._context.layout, job)
        if gone := gone_directory(self._context.layout, job):
            raise NotFoundError(gone)
        if not folder.path.is_dir():
            raise ConflictError(f"job {name} has not started yet ({job.state}), so it has no files")
        return folder

    def notebook(self, name: str, *, outputs: bool = True) -> dict[str, Any]:
        """Return the notebook with the cells that have run so far; see `notebook_chunks`."""
        chunks = self.notebook_chunks(name, outputs=outputs, constants="constants")
        return json.loads(b"".join(chunks))  # type: ignore[no-any-return]

    def notebook_chunks(
        self, name: str, *, outputs: bool = True, constants: Literal["constants", "strings"] = "strings"
    ) -> Iterator[bytes]:
        """Return the notebook with the cells that have run so far, as JSON in chunks; at first as submitted.

        Parameters
        ----------
        name
            Name of the job.
        outputs
            False excludes outputs and the state of widgets, without reading them.
        constants
            How NaN is written: ``constants`` as in Python, ``strings`` as valid JSON.

        Raises
        ------
        ConflictError
            If the job has no notebook.
        """
        job = self.get(name)
        folder = AttemptFolder(self._context.layout.attempt(name, job.attempt))
        if folder.input.is_file() and not folder.input.is_symlink():
            executed = read_notebook(folder.input, follow=False)
            return notebook_chunks(executed, folder.event_log, outputs=outputs, constants=constants)
        notebook = read_notebook(submitted_notebook(self._context, job))
        prepare(notebook)
        return iter([encode(notebook, constants)])

    def download(self, name: str, target: str | Path = ".", *, path: str = "") -> Path:
        """Copy all files of a job to the directory `target`/`name`, which is created, and return that.

        Artifacts of its MLflow run and the models that it logged are among the files. What could not be read, e.g.
        from an artifact store, is listed in the file ``not downloaded.txt``.

        Parameters
        ----------
        name
            Name of the job.
        target
            Directory to download to.
        path
            A directory of the job's files; only what is in it is copied.

        Raises
        ------
        ConflictError
            If the job has not ended, or the directory exists.
        NotFoundError
            If there is no directory `path`, or no file is left, e.g. because the directory of the job was deleted.
        InvalidInputError
            If `target` is a file, or cannot be created.
        """
        job = self.get(name)
        if job.state not in FINAL:
            raise ConflictError(f"job {name} is {job.state}; download it when it has ended")
        tree, path, goal = file_tree(self._context, job), path.strip("/"), Path(target).expanduser().absolute() / name
        if path and not ((found := tree.find(path)) and found.entry.is_folder):
            raise NotFoundError("; ".join([f"job {name!r} has no directory {path!r}", *tree.problems]))
        if goal.exists():
            raise ConflictError(f"{goal} exists; move it away or choose another directory")
        try:
            goal.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInputError(f"{goal.parent} cannot be created: {error.strerror}") from error
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=goal.parent) as unfinished:
            copy_files(tree, path, Path(unfinished))
            Path(unfinished).rename(goal)
        return goal
