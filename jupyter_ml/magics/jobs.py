# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``%ml run``, ``show``, ``update``, ``cancel``, ``files``, and ``%%ml job``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.magics.kernel import kernel_name
from jupyter_ml.schemas.fields import read_changes
from jupyter_ml.schemas.job_changes import JobUpdate
from jupyter_ml.schemas.options import assignments, code, job_spec

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.plans import JobPlan
    from jupyter_ml.services.jobs.file_table import FileTable
    from jupyter_ml.services.jobs.handles import JobHandle
    from jupyter_ml.services.workspace import Workspace

__all__ = ["cancel", "files", "rerun", "run", "run_cell", "show", "update"]


def run(workspace: Workspace, options: Namespace) -> JobHandle | JobPlan:
    """Run a notebook or a script as a job; it continues when this notebook is closed."""
    values = vars(options)
    parameters = assignments(options.parameters, "--parameter")
    if options.dry_run:
        return workspace.jobs.plan_file(options.file, parameters, code=code(values), **job_spec(values))
    job = workspace.jobs.submit_file(options.file, parameters, code=code(values), **job_spec(values))
    return _submitted(workspace, job)


def run_cell(workspace: Workspace, options: Namespace, source: str) -> JobHandle | JobPlan:
    """Run the cell as a job, in a separate kernel without the variables of this notebook."""
    values = vars(options)
    spec = {"kernel_name": kernel_name(), **job_spec(values)}
    parameters = assignments(options.parameters, "--parameter")
    if options.dry_run:
        return workspace.jobs.plan_cell(source, parameters, code=code(values), **spec)
    return _submitted(workspace, workspace.jobs.submit_cell(source, parameters, code=code(values), **spec))


def rerun(workspace: Workspace, options: Namespace) -> JobHandle | JobPlan:
    """Run a job again, with the files as they are now or, with --snapshot, as they were submitted."""
    typed = assignments(options.parameters, "--parameter")
    if options.dry_run:
        return workspace.jobs.plan_rerun(options.name, typed=typed, snapshot=options.snapshot)
    return _submitted(workspace, workspace.jobs.rerun(options.name, typed=typed, snapshot=options.snapshot))


def _submitted(workspace: Workspace, job: Job) -> JobHandle:
    if note := workspace.servers.note():
        print(note)  # noqa: T201
    return workspace.jobs.handle(job)


def show(workspace: Workspace, options: Namespace) -> JobHandle:
    """Show a job: its state, output and cause of failure."""
    return workspace.jobs.handle(options.name)


def update(workspace: Workspace, options: Namespace) -> JobHandle:
    """Change the display name, description, tags or star of a job."""
    changes = read_changes(JobUpdate, None, options.values)
    return workspace.jobs.handle(workspace.jobs.update(options.name, changes, revision=options.revision))


def cancel(workspace: Workspace, options: Namespace) -> JobHandle:
    """Cancel a job."""
    return workspace.jobs.handle(workspace.jobs.cancel(options.name))


def files(workspace: Workspace, options: Namespace) -> FileTable:
    """List the files and artifacts of a job."""
    return workspace.files.table(options.name)
