# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml job``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jupyter_ml.cli.options import assignments, common, open_workspace
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.run import submitted

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import JobQuery

__all__ = ["job", "show_jobs"]


@click.group()
def job() -> None:
    """Submit, watch and manage jobs."""


@job.command()
@click.option("--file", "-f", required=True, type=click.Path(path_type=Path), help="YAML file that describes the job.")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    callback=assignments,
    help="Replace a value of the file, as limits.timeout=60.",
)
@click.option("--stream", is_flag=True, help="Watch it.")
@common
def create(file: Path, overrides: dict[str, str], stream: bool) -> int:
    """Submit the job that a YAML file describes."""
    workspace = open_workspace()
    spec = workspace.jobs.read(file, typed=overrides)
    return submitted(workspace, workspace.jobs.submit(spec).name, detach=not stream)


@job.command(name="list")
@click.option("--state", "states", multiple=True, metavar="STATE", help="Only jobs in this state; can be repeated.")
@click.option("--experiment-name", "-e", metavar="NAME", help="Only jobs of this experiment.")
@click.option("--search", metavar="TEXT", help="Only jobs with this in their name or display name.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="As 'metrics.r2 > 0.4', 'parameters.alpha = 0.5', 'tags.team = a'.",
)
@click.option(
    "--sort", default="created_at", show_default=True, metavar="KEY", help="A column, metrics.NAME or parameters.NAME."
)
@click.option("--ascending", is_flag=True, help="Smallest or oldest first.")
@click.option("--archived", is_flag=True, help="Archived jobs instead.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many to show.")
@click.option("--offset", default=0, type=click.IntRange(0), help="How many to pass over.")
@common
def list_jobs(where: tuple[str, ...], ascending: bool, **options: Any) -> None:
    """List jobs, the latest first."""
    query = _query({**options, "descending": not ascending}, where)
    workspace = open_workspace()
    show_jobs(workspace.jobs.list(query).items, query)
    if workspace.repair.needed():
        echo(
            "The database knows no jobs, but there are folders of some: jupyter ml workspace repair --dry-run", err=True
        )


def _query(options: dict[str, Any], where: tuple[str, ...] = ()) -> JobQuery:
    from jupyter_ml.schemas.queries import Condition, JobQuery
    from jupyter_ml.schemas.validation import validated

    return validated(JobQuery, {**options, "where": [Condition.parse(text) for text in where]})


def show_jobs(jobs: list[Job], query: JobQuery) -> None:
    """Show jobs as a table, with the parameters and metrics that the query speaks of as columns."""
    from jupyter_ml.cli.rendering import show_items, state_text
    from jupyter_ml.services.formatting import age, duration, elapsed_s, summary, value_text

    asked = [(item.source, item.key) for item in query.where if item.source != "tags"]
    source, dot, key = query.sort.partition(".")
    if dot:
        asked.append(("metrics" if source == "metrics" else "parameters", key))
    asked = list(dict.fromkeys(asked))

    def value(item: Job, source: str, key: str) -> str:
        return value_text((item.metrics if source == "metrics" else item.parameters).get(key))

    rows = (
        [
            item.name,
            state_text(item.state),
            item.experiment_name,
            age(item.created_at),
            duration(elapsed_s(item)),
            *(value(item, *column) for column in asked),
            summary(item),
        ]
        for item in jobs
    )
    columns = ["NAME", "STATE", "EXPERIMENT", "CREATED>", "DURATION>", *(f"{key}>" for _, key in asked), ""]
    show_items(jobs, columns, rows, "No jobs. Make one: jupyter ml run NOTEBOOK")


@job.command()
@click.argument("name")
@common
def show(name: str) -> None:
    """Show a job: what it is, how it is, why it failed, where everything lies."""
    from jupyter_ml.cli.watching import show_job

    workspace = open_workspace()
    show_job(workspace, workspace.jobs.get(name))


@job.command()
@click.argument("name")
@common
def files(name: str) -> None:
    """List the files of a job, and what it wrote elsewhere."""
    from jupyter_ml.cli.rendering import show_table
    from jupyter_ml.services.formatting import age, size

    found = open_workspace().files.list(name)
    rows = [[item.path, size(item.size_bytes), age(item.modified_at), ""] for item in found.items]
    if found.outside is not None:
        gone = (item for item in found.outside.items if not item.kept)
        rows += [[item.path, size(item.size_bytes), "", "not kept" if item.new else "change not kept"] for item in gone]
    show_table(found, ["PATH", "SIZE>", "MODIFIED>", ""], rows, "No files.")


@job.command()
@click.argument("name")
@common
def stream(name: str) -> int:
    """Watch a job from its beginning; the exit code says how it ended."""
    from jupyter_ml.cli.watching import watch

    return watch(open_workspace(), name)


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Whether to wait for the end.")
@common
def cancel(names: tuple[str, ...], wait: bool) -> None:
    """End jobs, wherever they are."""
    from jupyter_ml.cli.rendering import say_each

    workspace = open_workspace()
    asked = [workspace.jobs.cancel(name) for name in names]
    if wait:
        say_each((job, f"{job.name}: {job.state}") for job in map(workspace.jobs.wait, names))
    else:
        say_each((job, f"{job.name}: cancel requested") for job in asked)


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@common
def archive(names: tuple[str, ...]) -> None:
    """Take jobs out of the lists and keep all of them."""
    from jupyter_ml.cli.rendering import say_each

    say_each((job, f"{job.name}: archived") for job in map(open_workspace().jobs.archive, names))


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@common
def restore(names: tuple[str, ...]) -> None:
    """Bring archived jobs back into the lists."""
    from jupyter_ml.cli.rendering import say_each

    say_each((job, f"{job.name}: restored") for job in map(open_workspace().jobs.restore, names))


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Whether to wait until they are gone.")
@common
def delete(names: tuple[str, ...], yes: bool, wait: bool) -> None:
    """Delete jobs that have ended, with their files, outputs and MLflow runs."""
    from jupyter_ml.cli.rendering import say_each

    jobs = open_workspace().jobs
    if not yes:
        click.confirm(f"Delete {', '.join(names)} with all files, outputs and MLflow runs?", abort=True, err=True)

    def deleted(name: str) -> tuple[dict[str, Any], str]:
        jobs.delete(name, wait=wait)
        return {"name": name}, f"{name}: {'deleted' if wait else 'delete requested'}"

    say_each(map(deleted, names))


@job.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@common
def withdraw(names: tuple[str, ...]) -> None:
    """Take back a cancel or delete that has not been carried out yet."""
    from jupyter_ml.cli.rendering import say_each

    say_each((job, f"{job.name}: request withdrawn") for job in map(open_workspace().jobs.withdraw, names))


@job.command()
@click.argument("name")
@click.option(
    "--download-path",
    "-p",
    "target",
    metavar="FOLDER",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to put it into.",
)
@common
def download(name: str, target: Path) -> None:
    """Copy what a job left behind: executed notebook, outputs, log, packages."""
    from jupyter_ml.cli.rendering import say

    folder = str(open_workspace().jobs.download(name, target))
    say({"name": name, "folder": folder}, folder)
