# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml run``: a notebook or a script becomes a tracked job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jupyter_ml.cli.options import assignments, common, open_workspace, output_format, variables
from jupyter_ml.cli.printing import echo

__all__ = ["run"]


@click.command()
@click.argument("file", metavar="NOTEBOOK|SCRIPT", type=click.Path(path_type=Path))
@click.option(
    "--parameter",
    "-p",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=assignments,
    help="Value for the notebook's parameters cell, or for the script's option --NAME.",
)
@click.option("--name", metavar="NAME", help="Name of the job; made up when absent.")
@click.option("--display-name", metavar="NAME", help="What to call it; need not be unique.")
@click.option("--experiment-name", "-e", metavar="NAME", help="Experiment; the folder's name when absent.")
@click.option("--description", metavar="TEXT", help="What it is for.")
@click.option("--tag", "tags", multiple=True, metavar="NAME=VALUE", callback=assignments, help="Tag to find it by.")
@click.option("--compute", metavar="NAME", help="Where it runs; local when absent.")
@click.option("--kernel", metavar="NAME", help="Kernel, instead of the one that the notebook names.")
@click.option(
    "--code",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Folder that is kept, in a copy of which the job runs; the file's own when absent.",
)
@click.option("--no-code", is_flag=True, help="Keep the notebook alone.")
@click.option(
    "--keep-files/--no-keep-files",
    default=None,
    help="Whether files that it writes beside outputs/ are kept; as the workspace says when absent.",
)
@click.option(
    "--env",
    "environment",
    multiple=True,
    metavar="NAME[=VALUE]",
    callback=variables,
    help="Environment variable; NAME alone takes your own value.",
)
@click.option(
    "--secret", "secrets", multiple=True, metavar="NAME", help="Environment variable of yours that nobody may see."
)
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds after which it is ended."
)
@click.option("--cell-timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds for each cell.")
@click.option("--retries", type=click.IntRange(0, 100), metavar="N", help="How often to try again after a failure.")
@click.option(
    "--priority", type=click.Choice(["low", "medium", "high"]), help="Place in the queue; medium when absent."
)
@click.option("--detach", "-d", is_flag=True, help="Do not watch it.")
@common
def run(file: Path, parameters: dict[str, str], code: Path | None, no_code: bool, detach: bool, **options: Any) -> int:
    """Run a notebook or a script as a tracked job, and watch it.

    The job goes on when you close the terminal. The exit code says how it ended: 0 Completed, 1 Failed, 130 Canceled.
    """
    if code is not None and no_code:
        raise click.UsageError("--code and --no-code exclude each other")
    workspace = open_workspace()
    folder = not no_code if code is None else code
    draft = workspace.jobs.from_file(file, parameters, code=folder).model_dump(exclude_unset=True)
    job = workspace.jobs.submit({**draft, **_settings(**options)})
    return submitted(workspace, job.name, detach=detach)


def _settings(
    *,
    environment: dict[str, str | None],
    kernel: str | None,
    timeout: float | None,
    cell_timeout: float | None,
    **others: Any,
) -> dict[str, Any]:
    limits = {"timeout": timeout, "cell_timeout": cell_timeout}
    settings = {
        **others,
        "environment_variables": {name: value for name, value in environment.items() if value is not None},
        "pass_environment": [name for name, value in environment.items() if value is None],
        "kernel_name": kernel,
        "limits": {name: value for name, value in limits.items() if value is not None},
    }
    return {name: value for name, value in settings.items() if value not in (None, {}, (), [])}


def submitted(workspace: Any, name: str, *, detach: bool) -> int:
    """Say that a job is in the queue, and watch it unless `detach` is set; return the exit code."""
    from jupyter_ml.cli.watching import show_job, watch

    if detach:
        show_job(workspace, workspace.jobs.get(name))
        return 0
    if output_format() == "table":
        echo(f"Job {name}")
    return watch(workspace, name)
