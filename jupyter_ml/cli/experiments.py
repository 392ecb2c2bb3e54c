# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml experiment``."""

from __future__ import annotations

import click

from jupyter_ml.cli.options import common, declared, open_workspace, output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.schemas.options import ARCHIVED

__all__ = ["experiment"]


@click.group()
def experiment() -> None:
    """List, show and archive experiments: groups of jobs and MLflow runs."""


@experiment.command(name="list")
@declared([ARCHIVED])
@common
def list_experiments(archived: bool) -> None:
    """List experiments, the most recently used first."""
    from jupyter_ml.cli.rendering import render_list
    from jupyter_ml.services.formatting import age

    items = open_workspace().experiments.list(archived=archived)
    rows = ([item.name, str(item.jobs), age(item.last_job_at), item.description or ""] for item in items)
    render_list(items, ["NAME", "JOBS>", "LAST JOB>", ""], rows, "No experiments. The first job creates one.")


@experiment.command()
@click.argument("name")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many jobs to show.")
@common
def show(name: str, limit: int) -> None:
    """Show an experiment and its latest jobs."""
    from jupyter_ml.cli.jobs import render_jobs
    from jupyter_ml.cli.rendering import render_details
    from jupyter_ml.schemas.queries import JobQuery

    workspace = open_workspace()
    item = workspace.experiments.get(name)
    query = JobQuery(experiment_name=name, limit=limit)
    jobs = workspace.jobs.list(query).items
    render_details(
        {**item.model_dump(mode="json"), "latest_jobs": [job.model_dump(mode="json") for job in jobs]},
        {"name": item.name, "description": item.description, "jobs": item.jobs},
    )
    if output_format() == "table":
        echo()
        render_jobs(jobs, query)


@experiment.command()
@click.argument("name")
@common
def archive(name: str) -> None:
    """Archive an experiment; its next job restores it."""
    from jupyter_ml.cli.rendering import echo_result

    echo_result(open_workspace().experiments.archive(name), f"{name}: archived")


@experiment.command()
@click.argument("name")
@common
def restore(name: str) -> None:
    """Restore an archived experiment."""
    from jupyter_ml.cli.rendering import echo_result

    echo_result(open_workspace().experiments.restore(name), f"{name}: restored")
