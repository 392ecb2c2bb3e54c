# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml experiment``."""

from __future__ import annotations

import click

from jupyter_ml.cli.options import common, open_workspace, output_format
from jupyter_ml.cli.printing import echo

__all__ = ["experiment"]


@click.group()
def experiment() -> None:
    """Look at experiments: jobs and MLflow runs that belong together."""


@experiment.command(name="list")
@click.option("--archived", is_flag=True, help="Archived experiments instead.")
@common
def list_experiments(archived: bool) -> None:
    """List experiments, the most recently used first."""
    from jupyter_ml.cli.rendering import show_items
    from jupyter_ml.services.formatting import age

    items = open_workspace().experiments.list(archived=archived)
    rows = ([item.name, str(item.jobs), age(item.last_job_at), item.description or ""] for item in items)
    show_items(items, ["NAME", "JOBS>", "LAST JOB>", ""], rows, "No experiments. The first job makes one.")


@experiment.command()
@click.argument("name")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many jobs to show.")
@common
def show(name: str, limit: int) -> None:
    """Show an experiment and its latest jobs."""
    from jupyter_ml.cli.jobs import show_jobs
    from jupyter_ml.cli.rendering import show_pairs
    from jupyter_ml.schemas.queries import JobQuery

    workspace = open_workspace()
    found = workspace.experiments.get(name)
    query = JobQuery(experiment_name=name, limit=limit)
    jobs = workspace.jobs.list(query).items
    show_pairs(
        {**found.model_dump(mode="json"), "latest_jobs": [item.model_dump(mode="json") for item in jobs]},
        {"name": found.name, "description": found.description, "jobs": found.jobs},
    )
    if output_format() == "table":
        echo()
        show_jobs(jobs, query)


@experiment.command()
@click.argument("name")
@common
def archive(name: str) -> None:
    """Take an experiment out of the lists; its next job brings it back."""
    from jupyter_ml.cli.rendering import say

    say(open_workspace().experiments.archive(name), f"{name}: archived")


@experiment.command()
@click.argument("name")
@common
def restore(name: str) -> None:
    """Bring an archived experiment back."""
    from jupyter_ml.cli.rendering import say

    say(open_workspace().experiments.restore(name), f"{name}: restored")
