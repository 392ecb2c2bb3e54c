# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml job``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jupyter_ml.cli.files import files, models
from jupyter_ml.cli.options import common, declared, open_workspace
from jupyter_ml.cli.plans import DRY_RUN, render_plan
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.cli.run import report_submission
from jupyter_ml.schemas.names import JOB
from jupyter_ml.schemas.options import JOB_LIST_OPTIONS, RERUN_OPTIONS, assignments

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.workspace import Workspace

__all__ = ["job"]

SHOWN_MISSING = 20
"""How many of the files that could not be downloaded are printed."""


def _show(workspace: Workspace, item: Job) -> None:
    from jupyter_ml.cli.job_details import render_job

    render_job(workspace, item)


def _note(workspace: Workspace) -> str | None:
    if failure := workspace.supervisor.failure:
        return f"Error: {failure}"
    if not workspace.repair.needed():
        return None
    return "The database contains no jobs, but job directories exist: jupyter ml workspace repair --dry-run"


job = resource_group(
    JOB,
    summary="Submit, watch and manage jobs.",
    list_options=JOB_LIST_OPTIONS,
    hint="Submit one: jupyter ml run NOTEBOOK",
    note=_note,
    show=_show,
)


@job.command()
@click.option("--file", "-f", required=True, type=click.Path(path_type=Path), help="YAML file with the job spec.")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Replace a value of the file, e.g. limits.timeout=60.",
)
@click.option("--stream", is_flag=True, help="Watch the job until it ends.")
@DRY_RUN
@common
def create(file: Path, overrides: tuple[str, ...], stream: bool, dry_run: bool) -> int:
    """Submit a job from a YAML file."""
    workspace = open_workspace()
    typed = assignments(overrides, "--set")
    if dry_run:
        return render_plan(workspace.jobs.plan_yaml(file, typed=typed))
    job = workspace.jobs.submit_yaml(file, typed=typed)
    return report_submission(workspace, job.name, detach=not stream)


@job.command()
@click.argument("name")
@declared(RERUN_OPTIONS)
@click.option("--detach", "-d", is_flag=True, help="Return after submitting, without watching the job.")
@DRY_RUN
@common
def rerun(name: str, detach: bool, dry_run: bool, **options: Any) -> int:
    """Run a job again with the same settings, and watch it.

    The new job runs the files as they are now, or with --snapshot as they were submitted.
    """
    workspace = open_workspace()
    typed = assignments(options["parameters"], "--parameter")
    if dry_run:
        return render_plan(workspace.jobs.plan_rerun(name, typed=typed, snapshot=options["snapshot"]))
    job = workspace.jobs.rerun(name, typed=typed, snapshot=options["snapshot"])
    return report_submission(workspace, job.name, detach=detach)


@job.command()
@click.argument("name")
@common
def stream(name: str) -> int:
    """Watch a job from its start; the exit code is that of its final state."""
    from jupyter_ml.cli.watching import watch

    return watch(open_workspace(), name)


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until the jobs have ended.")
@common
def cancel(names: tuple[str, ...], wait: bool) -> None:
    """Cancel jobs in any state before the end."""
    from jupyter_ml.cli.rendering import echo_results

    workspace = open_workspace()
    requested = [workspace.jobs.cancel(name) for name in names]
    if wait:
        echo_results((job, f"{job.name}: {job.state}") for job in map(workspace.jobs.wait, names))
    else:
        echo_results((job, f"{job.name}: cancel requested") for job in requested)


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until the jobs are deleted.")
@common
def delete(names: tuple[str, ...], yes: bool, wait: bool) -> None:
    """Delete jobs that have ended, with their files, outputs and MLflow runs."""
    from jupyter_ml.cli.rendering import echo_results

    jobs = open_workspace().jobs
    if not yes:
        click.confirm(f"Delete {', '.join(names)} with all files, outputs and MLflow runs?", abort=True, err=True)

    def deleted(name: str) -> tuple[dict[str, Any], str]:
        jobs.delete(name, wait=wait)
        return {"name": name}, f"{name}: {'deleted' if wait else 'delete requested'}"

    echo_results(map(deleted, names))


@job.command(name="for-all")
@click.argument("action", type=click.Choice(["cancel", "archive", "restore", "delete"]))
@click.argument("terms", metavar="FILTER...", nargs=-1, required=True)
@click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")
@common
def for_all(action: str, terms: tuple[str, ...], yes: bool) -> None:
    """Cancel, archive, restore or delete all jobs that match a filter such as is:queued, 1000 at most."""
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.schemas.bulk import BulkAction
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.schemas.validation import validated

    query = validated(JobQuery, {"filter": " ".join(terms)})
    jobs = open_workspace().jobs
    if not yes:
        click.confirm(f"{action.capitalize()} all jobs that match {query.filter!r}?", abort=True, err=True)
    result = jobs.for_all(action, query)
    done = "requested" if BulkAction(action).is_request else "done"
    refused = (f"{each.name}: {each.message}" for each in result.refused)
    echo_result(result, "\n".join([f"{action} {done} for {result.changed} of {result.matched} jobs", *refused]))


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@common
def withdraw(names: tuple[str, ...]) -> None:
    """Withdraw a pending cancel or delete."""
    from jupyter_ml.cli.rendering import echo_results

    echo_results((job, f"{job.name}: request withdrawn") for job in map(open_workspace().jobs.withdraw, names))


@job.command()
@click.argument("name")
@click.argument("path", default="")
@click.option(
    "--download-path",
    "-p",
    "target",
    metavar="DIRECTORY",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Directory to download to.",
)
@common
def download(name: str, path: str, target: Path) -> None:
    """Copy the files of a job: executed notebook, outputs, log, packages, artifacts and models; or the directory PATH.

    What could not be read, e.g. from an artifact store, is listed in the file "not downloaded.txt".
    """
    from jupyter_ml.cli.printing import echo
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.services.jobs.archives import MISSING

    directory = open_workspace().jobs.download(name, target, path=path)
    echo_result({"name": name, "folder": str(directory)}, str(directory))
    if (missing := directory / MISSING).is_file():
        lines = missing.read_text(encoding="utf-8").splitlines()
        rest = [f"… and {len(lines) - SHOWN_MISSING} more: see {missing}"] if len(lines) > SHOWN_MISSING else []
        echo("\n".join(["Not downloaded:", *lines[:SHOWN_MISSING], *rest]), err=True, colour="yellow")


for command in (files, models):
    job.add_command(command)
