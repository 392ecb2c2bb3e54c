# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs: the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.notebooks.parameters import read_defaults, read_parameters
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.services.contents_paths import confine
from jupyter_ml.services.jobs import cells, specs
from jupyter_ml.services.jobs.handles import JobHandle
from jupyter_ml.services.jobs.lifecycle import JobLifecycle
from jupyter_ml.services.jobs.papermill import track
from jupyter_ml.services.jobs.submission import submit
from jupyter_ml.services.jobs.tables import JobTable

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.parameters import Parameter
    from jupyter_ml.schemas.specs import CommandJob, NotebookJob
    from jupyter_ml.services.jobs.papermill import Tracked

__all__ = ["JobService"]


class JobService(JobLifecycle):
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

    def table(self, query: JobQuery | None = None) -> JobTable:
        """Return what `list` returns as handles that read as a table."""
        return JobTable(self, query or JobQuery())

    def handle(self, job: Job | str) -> JobHandle:
        """Return a job, or the job of that name, to hold on to: a handle tells how it is whenever it is asked."""
        return JobHandle(self, self.get(job) if isinstance(job, str) else job)
