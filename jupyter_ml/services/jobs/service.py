# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs: the verbs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, NotFoundError, UnavailableError
from jupyter_ml.notebooks.parameters import read_defaults, read_parameters
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.services.contents_paths import confine
from jupyter_ml.services.jobs import cells, specs
from jupyter_ml.services.jobs.handles import JobHandle
from jupyter_ml.services.jobs.papermill import track
from jupyter_ml.services.jobs.results import JobResults
from jupyter_ml.services.jobs.submission import submit
from jupyter_ml.services.jobs.tables import JobTable

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.parameters import Parameter
    from jupyter_ml.schemas.resources import Page
    from jupyter_ml.schemas.specs import CommandJob, NotebookJob
    from jupyter_ml.schemas.states import JobState
    from jupyter_ml.services.jobs.papermill import Tracked

__all__ = ["JobService"]

DELETE_TIMEOUT_S = 30.0
IMPORT_TIMEOUT_S = 15.0


class JobService(JobResults):
    """The jobs of a workspace: what is done with them, and (in the base class) what they leave behind."""

    def read(
        self,
        path: str | Path,
        overrides: Mapping[str, Any] | None = None,
        *,
        typed: Mapping[str, str] | None = None,
    ) -> NotebookJob | CommandJob:
        """Return the job that a YAML file describes.

        Parameters
        ----------
        path
            The file; paths in it are relative to it.
        overrides
            Values that replace the file's, by dotted key (``limits.timeout``); None takes the key away.
        typed
            The same as text that a person typed.

        Raises
        ------
        InvalidInputError
            Naming file, line and key of what is wrong.
        """
        return specs.read(Path(path), overrides or {}, typed or {})

    def from_file(
        self, path: str | Path, parameters: Mapping[str, str] | None = None, *, code: bool | str | Path = True
    ) -> NotebookJob | CommandJob:
        """Return the job that runs a notebook or a script, as every front door offers it.

        Parameters
        ----------
        path
            An .ipynb, or a .py, .sh or .R script.
        parameters
            As typed by a person: text, which becomes what the notebook's parameters cell declares. A script gets them
            as ``--name value``.
        code
            Whether the file's folder is kept as the job's code; or another folder, in which the file has to lie.
        """
        return specs.from_file(Path(path), parameters or {}, code=code)

    def parameters(self, path: str | Path) -> tuple[Parameter, ...]:
        """Return the parameters that a notebook declares; none where its source does not tell."""
        return tuple(read_parameters(read_notebook(Path(path).expanduser())) or ())

    def submit(
        self,
        job: NotebookJob | CommandJob | Mapping[str, Any],
        *,
        secrets: Mapping[str, str] | None = None,
        root: Path | None = None,
        rerun_of: str | None = None,
    ) -> Job:
        """Put a job into the queue; it goes on without whoever submitted it.

        Parameters
        ----------
        job
            What to run; relative paths are taken from the working folder.
        secrets
            Values of the secrets that the job names; for those not given, the environment's. They are kept encrypted
            until the job has ended.
        root
            For a job that comes over the network: its paths are contents paths, and may not lead out of this folder.
        rerun_of
            Name of a job whose notebook and code are run once more as they were kept, whatever has become of the
            files; what `job` says of both is not looked at.

        Raises
        ------
        InvalidInputError
            When anything in it is wrong; nothing is kept then.
        ConflictError
            When there is a job of that name, or nothing was kept that could be run once more.
        """
        spec = specs.parse(job) if isinstance(job, Mapping) else job
        if root is not None:
            spec = confine(spec, root)
        return self._queue(spec, secrets or {}, original=self.get(rerun_of) if rerun_of is not None else None)

    def _queue(
        self,
        spec: NotebookJob | CommandJob,
        secrets: Mapping[str, str],
        *,
        original: Job | None = None,
        notebook: Path | None = None,
    ) -> Job:
        self._context.supervisor.ensure()  # it needs a moment to come up: let it, while we look at the job
        queued = submit(self._context, spec, secrets, original, notebook)
        self._context.notify()
        self._context.supervisor.ensure()  # it may have ended just before it could see the job
        return queued

    def track(self, job: NotebookJob, notebook: dict[str, Any]) -> Tracked:
        """Make a job of a notebook that this process runs by itself, as plain papermill does.

        Parameters
        ----------
        job
            As which it is listed.
        notebook
            What runs (nbformat 4).
        """
        return track(self._context, job, read_defaults(notebook))

    def submit_cell(
        self,
        source: str,
        parameters: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        code: bool | str | Path = True,
    ) -> Job:
        """Put code into the queue as a notebook of one cell.

        Parameters
        ----------
        source
            The code.
        parameters
            As typed by a person; variables of these names are there when the code runs.
        settings
            Other keys of the job.
        code
            Whether the working folder is kept as the job's code; or another folder, in which that has to lie.
        """
        given = parameters or {}
        with cells.written(cells.cell_notebook(source, given)) as path:
            draft = self.from_file(path, given, code=False).model_dump(exclude_unset=True)
            notebook = Path.cwd() / path.name
            folder = specs.code_folder(notebook, code)
            if folder is not None:
                draft |= {"code": str(folder), "notebook": str(notebook)}
            job = specs.parse({"experiment_name": Path.cwd().name or None, **draft, **(settings or {})})
            return self._queue(job, {}, notebook=path)

    def list(self, query: JobQuery | None = None, *, wait: bool = True) -> Page[Job]:
        """Return one page of the jobs, and of the runs made by hand with MLflow, that `query` asks for.

        Parameters
        ----------
        query
            Which; the latest ones when absent.
        wait
            Whether to wait for runs that were logged while nothing looked; else they come a little later.
        """
        self._bring_in_runs(wait=wait)
        self._wake()
        return self._store.list(query or JobQuery())

    def table(self, query: JobQuery | None = None) -> JobTable:
        """Return what `list` returns as handles that read as a table."""
        return JobTable(self, query or JobQuery())

    def names(self, beginning: str = "") -> tuple[str, ...]:
        """Return the names of the latest jobs that begin like this, at once: for completion."""
        found = self._store.list(JobQuery(search=beginning or None, limit=100)).items
        return tuple(job.name for job in found if job.name.startswith(beginning))

    def _bring_in_runs(self, *, wait: bool) -> None:
        """Let a supervisor read what was logged while there was none; while there is one it does so by itself."""
        if self._context.seen_runs.current() or self._context.supervisor.status() is not None:
            return
        self._context.supervisor.ensure()
        if not wait:
            return
        deadline = time.monotonic() + IMPORT_TIMEOUT_S
        with self._context.listen() as listener:
            while time.monotonic() < deadline and not self._context.seen_runs.current():
                listener.wait(0.1)

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs are in each state, archived ones aside."""
        return self._store.counts()

    def handle(self, job: Job | str) -> JobHandle:
        """Return a job, or the job of that name, to hold on to: a handle tells how it is whenever it is asked."""
        return JobHandle(self, self.get(job) if isinstance(job, str) else job)

    def cancel(self, name: str) -> Job:
        """Ask for the end of a job; it is Canceled a moment later, or has ended by itself.

        Raises
        ------
        ConflictError
            When it has ended already, or runs where Jupyter ML cannot reach it.
        """
        job = self._store.request_cancel(name)
        self._context.supervisor.ensure()
        self._context.notify()
        return job

    def archive(self, name: str) -> Job:
        """Take a job out of the lists and keep all of it."""
        return self._archive(name, archived=True)

    def restore(self, name: str) -> Job:
        """Undo `archive`."""
        return self._archive(name, archived=False)

    def _archive(self, name: str, *, archived: bool) -> Job:
        job = self._store.set_stage(name, LifecycleStage.ARCHIVED if archived else LifecycleStage.ACTIVE)
        self._context.notify()
        return job

    def delete(self, name: str, *, wait: bool = True) -> Job:
        """Delete a job that has ended, with its files and its MLflow run.

        Parameters
        ----------
        name
            Of the job.
        wait
            Whether to return only when all is gone.

        Returns
        -------
        Job
            As it was, with its pending request.

        Raises
        ------
        ConflictError
            When it has not ended.
        UnavailableError
            When it is not gone after 30 s, with the reason where one is known; the request stays, and is tried again
            until it is withdrawn.
        """
        job = self._store.request_delete(name)
        self._context.supervisor.ensure()
        self._context.notify()
        if wait:
            self._wait_for_delete(name)
        return job

    def _wait_for_delete(self, name: str) -> None:
        deadline = time.monotonic() + DELETE_TIMEOUT_S
        request = None
        with self._context.listen() as listener:
            while time.monotonic() < deadline and not (request and request.error):
                try:
                    request = self._store.get(name).request
                except NotFoundError:
                    return
                if request is None:
                    raise ConflictError(f"the delete of job {name} was withdrawn")
                self._context.supervisor.ensure()  # it may have ended just before it could see the request
                listener.wait(0.1)
        reason = f" failed and is tried again: {request.error}" if request and request.error else " takes long"
        raise UnavailableError(f"the delete of job {name}{reason}; to keep the job: jupyter ml job withdraw {name}")

    def withdraw(self, name: str) -> Job:
        """Take back the pending cancel or delete of a job; what a delete has removed already stays removed.

        Raises
        ------
        ConflictError
            When there is no pending request, or the job is being ended already.
        """
        job = self._store.withdraw_request(name)
        self._context.notify()
        return job
