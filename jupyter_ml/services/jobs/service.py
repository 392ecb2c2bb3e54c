# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Submit jobs from specs, files and cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.notebooks.parameters import read_defaults, read_parameters
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.services.jobs import specs
from jupyter_ml.services.jobs.handles import JobHandle
from jupyter_ml.services.jobs.papermill import track
from jupyter_ml.services.jobs.plans import JobPlans
from jupyter_ml.services.jobs.submission import submit
from jupyter_ml.services.jobs.tables import JobTable
from jupyter_ml.services.jobs.validation import convert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.notebook_job import NotebookJob
    from jupyter_ml.schemas.parameters import Parameter
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
    from jupyter_ml.services.jobs.papermill import Tracked

__all__ = ["JobService"]


class JobService(JobPlans):
    """The jobs of a workspace: submit them here; the base classes find and change them and read their results."""

    def read(
        self,
        path: str | Path,
        overrides: Mapping[str, Any] | None = None,
        *,
        typed: Mapping[str, str] | None = None,
    ) -> JobSpec:
        """Return the job that a YAML file describes.

        Parameters
        ----------
        path
            The file; paths in it are relative to it.
        overrides
            Values that replace the file's, by dotted key (``limits.timeout``); None removes the key.
        typed
            The same as text typed by the user.

        Raises
        ------
        InvalidInputError
            With the file, line and key of each error.
        """
        return convert(specs.read(Path(path), overrides or {}, typed or {}))

    def from_file(
        self,
        path: str | Path,
        parameters: Mapping[str, str] | None = None,
        *,
        code: bool | str | Path = True,
        **settings: Any,
    ) -> JobSpec:
        """Return the job that runs a notebook or a script.

        Parameters
        ----------
        path
            An .ipynb, or a .py, .sh or .R script.
        parameters
            Values as text, converted to the types that the notebook's parameters cell declares. A script gets them as
            ``--name value``.
        code
            Whether to take a snapshot of the file's directory; or another directory, which has to contain the file.
        settings
            Further keys of the job.
        """
        return convert(specs.from_file(Path(path), parameters or {}, settings, code=code))

    def parameters(self, path: str | Path) -> tuple[Parameter, ...]:
        """Return the parameters that a notebook declares; none if its source does not determine them."""
        return tuple(read_parameters(read_notebook(Path(path).expanduser())) or ())

    def submit(
        self,
        job: JobSpec | Mapping[str, Any],
        *,
        secrets: Mapping[str, str] | None = None,
        root: Path | None = None,
        rerun_of: str | None = None,
    ) -> Job:
        """Put a job into the queue; it does not depend on this process any more.

        Parameters
        ----------
        job
            The job to run; relative paths are resolved against the working directory.
        secrets
            Values of the secrets that the job names, by default those of the environment. They are stored encrypted
            until the job has ended.
        root
            For a job that comes over the network: its paths are contents paths, and may not leave this directory.
        rerun_of
            Name of a job whose notebook and code are run again as they were submitted, whatever happened to the files
            since; those of `job` are ignored.

        Raises
        ------
        InvalidInputError
            If anything in it is invalid; nothing is stored then.
        ConflictError
            If there is a job of that name, or nothing was stored that could be run again.
        """
        loaded, original = self._received(job, root, rerun_of)
        return self._submit(loaded, secrets, original=original)

    def rerun(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        typed: Mapping[str, str] | None = None,
        snapshot: bool = False,
        secrets: Mapping[str, str] | None = None,
        root: Path | None = None,
    ) -> Job:
        """Run a job again, as a new job with the same settings.

        Parameters
        ----------
        name
            The job to run again.
        parameters
            Values that replace those of its parameters.
        typed
            The same as text typed by the user.
        snapshot
            Whether to run the code as it was submitted, instead of the files as they are now.
        secrets
            Values of the secrets that the job names, by default those of the environment.
        root
            For a request that comes over the network: files outside of this directory are not run.

        Raises
        ------
        ConflictError
            If Jupyter ML did not run the job, or its files do not exist any more.
        InvalidInputError
            If a parameter is invalid.
        """
        loaded, original = self._rerun(name, parameters, typed, root, snapshot=snapshot)
        return self._submit(loaded, secrets, original=original)

    def submit_file(
        self,
        path: str | Path,
        parameters: Mapping[str, str] | None = None,
        *,
        code: bool | str | Path = True,
        **settings: Any,
    ) -> Job:
        """Put a notebook or a script into the queue; see `from_file`."""
        return self._submit(specs.from_file(Path(path), parameters or {}, settings, code=code))

    def submit_yaml(
        self,
        path: str | Path,
        overrides: Mapping[str, Any] | None = None,
        *,
        typed: Mapping[str, str] | None = None,
    ) -> Job:
        """Put the job that a YAML file describes into the queue; see `read`."""
        return self._submit(specs.read(Path(path), overrides or {}, typed or {}))

    def submit_cell(
        self,
        source: str,
        parameters: Mapping[str, str] | None = None,
        *,
        code: bool | str | Path = True,
        **settings: Any,
    ) -> Job:
        """Put code into the queue as a notebook of one cell.

        Parameters
        ----------
        source
            The code.
        parameters
            Values as text; variables of these names exist when the code runs.
        code
            Whether to take a snapshot of the working directory; or another directory, which has to contain that.
        settings
            Further keys of the job.
        """
        with self._cell(source, parameters or {}, code, settings) as (loaded, notebook):
            return self._submit(loaded, notebook=notebook)

    def _submit(
        self,
        loaded: LoadedSpec[Any],
        secrets: Mapping[str, str] | None = None,
        *,
        original: Job | None = None,
        notebook: Path | None = None,
    ) -> Job:
        self._context.supervisor.ensure()  # it starts while the job is validated
        queued = submit(self._context, loaded, secrets or {}, original, notebook)
        self._context.notify()
        self._context.supervisor.ensure()  # it may have exited just before it could see the job
        return queued

    def track(self, job: NotebookJob, notebook: dict[str, Any]) -> Tracked:
        """Create the job of a notebook that this process runs itself, as plain papermill does.

        Parameters
        ----------
        job
            The job to list.
        notebook
            The notebook that runs (nbformat 4).
        """
        return track(self._context, job, read_defaults(notebook))

    def table(self, query: JobQuery | Mapping[str, Any] | None = None) -> JobTable:
        """Return the jobs of `list` as handles that print as a table."""
        return JobTable(self, self._query(query))

    def handle(self, job: Job | str) -> JobHandle:
        """Return a handle of a job, or of the job of that name: its properties are those at the time of access."""
        return JobHandle(self, job if isinstance(job, Job) else self.get(job))
