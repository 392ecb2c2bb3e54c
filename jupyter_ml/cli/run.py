# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml run``: submit a notebook or a script as a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jupyter_ml.cli.handover import start_forkserver
from jupyter_ml.cli.options import common, declared, open_workspace, output_format
from jupyter_ml.cli.plans import DRY_RUN, render_plan
from jupyter_ml.cli.printing import echo
from jupyter_ml.schemas.options import JOB_OPTIONS, assignments, code, job_spec

__all__ = ["run"]


@click.command()
@click.argument("file", metavar="NOTEBOOK|SCRIPT", type=click.Path(path_type=Path))
@declared(JOB_OPTIONS)
@click.option("--detach", "-d", is_flag=True, help="Return after submitting, without watching the job.")
@DRY_RUN
@common
def run(file: Path, detach: bool, dry_run: bool, **options: Any) -> int:
    """Run a notebook or a script as a tracked job, and watch it.

    The job continues when you close the terminal. Exit codes: 0 Completed, 1 Failed, 130 Canceled.
    """
    workspace = open_workspace()
    parameters = assignments(options["parameters"], "--parameter")
    if dry_run:
        return render_plan(workspace.jobs.plan_file(file, parameters, code=code(options), **job_spec(options)))
    job = workspace.jobs.submit_file(file, parameters, code=code(options), **job_spec(options))
    exit_code = report_submission(workspace, job.name, detach=detach)
    if workspace.forks:
        start_forkserver()
    return exit_code


def report_submission(workspace: Any, name: str, *, detach: bool) -> int:
    """Report that a job was submitted, watch it unless `detach` is set, and return the exit code."""
    from jupyter_ml.cli.job_details import render_job
    from jupyter_ml.cli.watching import watch

    if output_format() == "table" and (note := workspace.servers.note()):
        echo(note, err=True)
    if detach:
        render_job(workspace, workspace.jobs.get(name))
        return 0
    if output_format() == "table":
        echo(f"Job {name}  {workspace.servers.link('job', name) or ''}".rstrip())
    return watch(workspace, name)
