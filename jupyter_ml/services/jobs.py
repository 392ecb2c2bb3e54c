"""Jobs: the verbs."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.executor.assemble import assemble
from jupyter_ml.executor.notebooks import read_notebook
from jupyter_ml.executor.parameters import read_parameters
from jupyter_ml.schemas.jobs import JobType
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services import cells, drafts
from jupyter_ml.services.confinement import confine
from jupyter_ml.services.external import track
from jupyter_ml.services.handles import JobHandle
from jupyter_ml.services.streaming import stream
from jupyter_ml.services.submission import submit
from jupyter_ml.services.tables import JobTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.jobs import Attempt, CommandJob, Job, NotebookJob
    from jupyter_ml.schemas.parameters import Parameter
    from jupyter_ml.schemas.queries import Page
    from jupyter_ml.schemas.spool import SpoolEvent
    from jupyter_ml.schemas.states import JobState
    from jupyter_ml.services.external import Tracked
    from jupyter_ml.services.workspace import Workspace
    from jupyter_ml.store.jobs import JobStore

__all__ = ["JobService"]

DELETE_TIMEOUT_S = 30.0
IMPORT_TIMEOUT_S = 15.0


class JobService:
    """The jobs of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def _store(self) -> JobStore:
        return self._workspace.store.jobs

    def read(self, path: str | Path, overrides: Mapping[str, Any] | None = None) -> NotebookJob | CommandJob:
        """Return the job that a YAML file describes, with `overrides` by dotted key put over it.

        Paths in the file are relative to the file. InvalidInputError names file, line and key of what is wrong.
        """
        return drafts.read(Path(path), overrides or {})

    def from_file(
        self, path: str | Path, parameters: Mapping[str, str] | None = None, *, code: bool = True
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
            Whether the file's folder is kept as the job's code.
        """
        return drafts.from_file(Path(path), parameters or {}, code=code)

    def parameters(self, path: str | Path) -> tuple[Parameter, ...]:
        """Return the parameters that a notebook declares; none where its source does not tell."""
        return tuple(read_parameters(read_notebook(Path(path).expanduser())) or ())

    def submit(
        self,
        job: NotebookJob | CommandJob | Mapping[str, Any],
        *,
        secrets: Mapping[str, str] | None = None,
        root: Path | None = None,
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

        Raises
        ------
        InvalidInputError
            When anything in it is wrong; nothing is kept then.
        ConflictError
            When there is a job of that name.
        """
        spec = drafts.parse(job) if isinstance(job, Mapping) else job
        if root is not None:
            spec = confine(spec, root)
        self._workspace.supervisor.ensure()  # it needs a moment to come up: let it, while we look at the job
        queued = submit(self._workspace, spec, secrets or {})
        self._workspace.nudge()
        self._workspace.supervisor.ensure()  # it may have ended just before it could see the job
        return queued

    def track(self, job: NotebookJob) -> Tracked:
        """Make a job of a notebook that this process runs by itself, as plain papermill does."""
        return track(self._workspace, job)

    def submit_cell(
        self,
        source: str,
        parameters: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        code: bool = True,
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
            Whether the working folder is kept as the job's code.
        """
        given = parameters or {}
        with cells.written(cells.cell_notebook(source, given), inside=code) as path:
            draft = self.from_file(path, given, code=code).model_dump(exclude_unset=True)
            return self.submit({"experiment_name": Path.cwd().name or None, **draft, **(settings or {})})

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
        if self._workspace.seen_runs.current() or self._workspace.supervisor.status() is not None:
            return
        self._workspace.supervisor.ensure()
        if not wait:
            return
        deadline = time.monotonic() + IMPORT_TIMEOUT_S
        with self._workspace.listen() as bell:
            while time.monotonic() < deadline and not self._workspace.seen_runs.current():
                bell.wait(0.1)

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs are in each state, archived ones aside."""
        return self._store.counts()

    def get(self, name: str) -> Job:
        """Return one job; NotFoundError where there is none."""
        self._wake()
        return self._store.get(name)

    def _wake(self) -> None:
        """Start a supervisor where jobs wait or run and there is none: somebody killed it, or the machine restarted."""
        if self._workspace.supervisor.status() is None and self._store.pending(host=socket.gethostname()):
            self._workspace.supervisor.ensure()

    def handle(self, job: Job | str) -> JobHandle:
        """Return a job, or the job of that name, to hold on to: a handle tells how it is whenever it is asked."""
        return JobHandle(self, self.get(job) if isinstance(job, str) else job)

    def attempts(self, name: str) -> tuple[Attempt, ...]:
        """Return the attempts of a job, the first one first."""
        self.get(name)
        return tuple(self._store.attempts(name))

    def stream(self, name: str) -> Iterator[Job | SpoolEvent]:
        """Yield the job whenever it changes and every event of its attempts, from the beginning to its end."""
        return stream(self._workspace, name)

    def wait(self, name: str) -> Job:
        """Return the job when it has ended."""
        job = self.get(name)
        for item in self.stream(name):
            job = item if isinstance(item, type(job)) else job
        return job

    def cancel(self, name: str) -> Job:
        """Ask for the end of a job; it is Canceled a moment later, or has ended by itself.

        Raises
        ------
        ConflictError
            When it has ended already, or runs where Jupyter ML cannot reach it.
        """
        job = self._store.request_cancel(name)
        self._workspace.supervisor.ensure()
        self._workspace.nudge()
        return job

    def archive(self, name: str) -> Job:
        """Take a job out of the lists and keep all of it."""
        return self._archive(name, archived=True)

    def restore(self, name: str) -> Job:
        """Undo `archive`."""
        return self._archive(name, archived=False)

    def _archive(self, name: str, *, archived: bool) -> Job:
        job = self._store.archive(name, archived=archived)
        self._workspace.nudge()
        return job

    def delete(self, name: str) -> None:
        """Delete a job that has ended, with its files and its MLflow run; return when all is gone.

        Raises
        ------
        ConflictError
            When it has not ended.
        UnavailableError
            When the supervisor does not get to it; the wish stays, and the job is in no list any more.
        """
        self._store.request_delete(name)
        self._workspace.supervisor.ensure()
        self._workspace.nudge()
        deadline = time.monotonic() + DELETE_TIMEOUT_S
        with self._workspace.listen() as bell:
            while time.monotonic() < deadline:
                try:
                    self._store.get(name)
                except NotFoundError:
                    return
                bell.wait(0.1)
        raise UnavailableError(f"job {name} is being deleted, but that takes long; see jupyter ml supervisor status")

    def folder(self, name: str) -> AttemptFolder:
        """Return the folder of a job's current or last attempt; ConflictError before the first one."""
        job = self.get(name)
        if job.type is JobType.MLFLOW_RUN:
            raise ConflictError(f"{name} was made with MLflow by hand and has no files here but its artifacts")
        folder = AttemptFolder(self._workspace.layout.attempt(name, job.attempt))
        if not folder.path.is_dir():
            raise ConflictError(f"job {name} has not started yet ({job.state}), so it has no files")
        return folder

    def notebook(self, name: str) -> dict[str, Any]:
        """Return the notebook with what has run so far, at any moment of a job's life."""
        folder = self.folder(name)
        if not folder.input.exists():
            raise ConflictError(f"job {name} has no notebook")
        return assemble(read_notebook(folder.input), folder.spool)

    def download(self, name: str, target: str | Path = ".") -> Path:
        """Copy what a job left behind into the folder `target`/`name`, and return that.

        Raises
        ------
        ConflictError
            When the job has not ended, or the folder exists.
        InvalidInputError
            When `target` is no folder.
        """
        job = self.get(name)
        if job.state not in FINAL:
            raise ConflictError(f"job {name} is {job.state}; download it when it has ended")
        folder, goal = self.folder(name), Path(target).expanduser().absolute() / name
        if not goal.parent.is_dir():
            raise InvalidInputError(f"{goal.parent} is no folder")
        if goal.exists():
            raise ConflictError(f"{goal} exists; move it away or choose another folder")
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=goal.parent) as unfinished:
            for path in folder.results():
                copy = shutil.copytree if path.is_dir() else shutil.copy2
                copy(path, Path(unfinished, path.name))
            Path(unfinished).rename(goal)
        return goal
