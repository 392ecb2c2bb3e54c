# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``%ml jobs``, ``run``, ``show``, ``cancel``, and ``%%ml job``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.magics.kernel import kernel_name
from jupyter_ml.magics.options import assignments, job_settings
from jupyter_ml.schemas.queries import Condition, JobQuery
from jupyter_ml.schemas.validation import validated

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_ml.services.jobs.handles import JobHandle
    from jupyter_ml.services.jobs.tables import JobTable
    from jupyter_ml.services.workspace import Workspace

__all__ = ["cancel", "jobs", "run", "run_cell", "show"]


def jobs(workspace: Workspace, options: Namespace) -> JobTable:
    """List jobs, the latest first."""
    given: dict[str, Any] = {name: value for name, value in vars(options).items() if value is not None}
    conditions = [Condition.parse(text) for text in given.pop("where", [])]
    descending = not given.pop("ascending")
    query = validated(JobQuery, {**given, "where": conditions, "descending": descending})
    return workspace.jobs.table(query)


def run(workspace: Workspace, options: Namespace) -> JobHandle:
    """Run a notebook or a script as a job; it continues when this notebook is closed."""
    draft = workspace.jobs.from_file(options.file, assignments(options.parameters), code=options.code)
    settings = draft.model_dump(exclude_unset=True) | job_settings(options)
    return workspace.jobs.handle(workspace.jobs.submit(settings))


def run_cell(workspace: Workspace, options: Namespace, source: str) -> JobHandle:
    """Run the cell as a job, in a separate kernel without the variables of this notebook."""
    settings = {"kernel_name": kernel_name()} | job_settings(options)
    parameters = assignments(options.parameters)
    return workspace.jobs.handle(workspace.jobs.submit_cell(source, parameters, settings, code=options.code))


def show(workspace: Workspace, options: Namespace) -> JobHandle:
    """Show a job: its state, output and cause of failure."""
    return workspace.jobs.handle(options.name)


def cancel(workspace: Workspace, options: Namespace) -> JobHandle:
    """Cancel a job."""
    return workspace.jobs.handle(workspace.jobs.cancel(options.name))
