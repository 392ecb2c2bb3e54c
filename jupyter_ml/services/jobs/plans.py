# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Show what a job would be, without submitting it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.environment_source import InlineEnvironment
from jupyter_ml.schemas.specs import parse_job
from jupyter_ml.schemas.text import cleaned
from jupyter_ml.services.jobs import cells, specs
from jupyter_ml.services.jobs.job_environment import read_inline
from jupyter_ml.services.jobs.lifecycle import JobLifecycle
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.planning import plan
from jupyter_ml.services.jobs.rerun import check_files, load_rerun
from jupyter_ml.services.jobs.types.notebook import NotebookType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.plans import JobPlan

__all__ = ["JobPlans"]


class JobPlans(JobLifecycle):
    """What the jobs that could be submitted would be, and how each is loaded."""

    def plan(
        self,
        job: JobSpec | Mapping[str, Any],
        *,
        secrets: Mapping[str, str] | None = None,
        root: Path | None = None,
        rerun_of: str | None = None,
    ) -> JobPlan:
        """Return what `submit` would submit: the versions and sizes of inputs, and what would be registered.

        Nothing is stored. The data of inputs is looked up where it is, as at the start of the job.
        """
        loaded, original = self._received(job, root, rerun_of)
        return plan(self._context, loaded, secrets or {}, original)

    def plan_file(
        self,
        path: str | Path,
        parameters: Mapping[str, str] | None = None,
        *,
        code: bool | str | Path = True,
        **settings: Any,
    ) -> JobPlan:
        """Return what `submit_file` would submit; see `plan`."""
        return plan(self._context, specs.from_file(Path(path), parameters or {}, settings, code=code), {})

    def plan_yaml(
        self,
        path: str | Path,
        overrides: Mapping[str, Any] | None = None,
        *,
        typed: Mapping[str, str] | None = None,
    ) -> JobPlan:
        """Return what `submit_yaml` would submit; see `plan`."""
        return plan(self._context, specs.read(Path(path), overrides or {}, typed or {}), {})

    def plan_rerun(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        typed: Mapping[str, str] | None = None,
        snapshot: bool = False,
        secrets: Mapping[str, str] | None = None,
        root: Path | None = None,
    ) -> JobPlan:
        """Return what `rerun` would submit; see `plan`."""
        loaded, original = self._rerun(name, parameters, typed, root, snapshot=snapshot)
        return plan(self._context, loaded, secrets or {}, original)

    def plan_cell(
        self,
        source: str,
        parameters: Mapping[str, str] | None = None,
        *,
        code: bool | str | Path = True,
        **settings: Any,
    ) -> JobPlan:
        """Return what `submit_cell` would submit; see `plan`."""
        with self._cell(source, parameters or {}, code, settings) as (loaded, notebook):
            return plan(self._context, loaded, {}, None, notebook)

    def _received(
        self, job: JobSpec | Mapping[str, Any], root: Path | None, rerun_of: str | None
    ) -> tuple[LoadedSpec[Any], Job | None]:
        """Return the job of a call, and the one that it runs again."""
        spec = parse_job(dict(job)) if isinstance(job, Mapping) else job
        original = self.get(rerun_of) if rerun_of is not None else None
        if root is not None:
            spec = specs.confine(spec, root, original.spec if original else None)
            if isinstance(spec.environment, InlineEnvironment):
                spec = spec.model_copy(update={"environment": read_inline(spec.environment, root)})
        return LoadedSpec(spec), original

    def _rerun(
        self,
        name: str,
        parameters: Mapping[str, Any] | None,
        typed: Mapping[str, str] | None,
        root: Path | None,
        *,
        snapshot: bool,
    ) -> tuple[LoadedSpec[Any], Job | None]:
        """Return the job that runs another one again, and that one if its code is run as it was submitted."""
        original = self.get(name)
        loaded = load_rerun(original, parameters or {}, typed or {})
        if not snapshot:
            check_files(loaded.spec, name, root)
        return loaded, original if snapshot else None

    @contextmanager
    def _cell(
        self, source: str, parameters: Mapping[str, str], code: bool | str | Path, settings: dict[str, Any]
    ) -> Iterator[tuple[LoadedSpec[Any], Path]]:
        """Yield the job that runs a cell, and its notebook, which exists during the block."""
        settings = {"experiment_name": cleaned(Path.cwd().name) or None, **settings}
        with cells.temporary_notebook(cells.cell_notebook(source, parameters)) as path:
            notebook = Path.cwd() / path.name
            directory = specs.code_directory(notebook, code)
            yield NotebookType().from_file(notebook if directory else path, parameters, settings, directory), path
