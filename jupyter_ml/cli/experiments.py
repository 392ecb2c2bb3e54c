# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml experiment``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.resources import render_resource, resource_group
from jupyter_ml.schemas.names import EXPERIMENT

if TYPE_CHECKING:
    from jupyter_ml.schemas.experiments import Experiment
    from jupyter_ml.services.workspace import Workspace

__all__ = ["experiment"]

NEWEST = 10
"""Number of jobs that are shown with an experiment."""


def _show(workspace: Workspace, item: Experiment) -> None:
    """Render an experiment, and as a table also its newest jobs."""
    from jupyter_ml.cli.rendering import render_resources
    from jupyter_ml.schemas.queries import JobQuery

    render_resource(workspace, item)
    if output_format() != "table":
        return
    if link := workspace.servers.link("experiment", item.name):
        echo(f"link  {link}")
    if not item.jobs:
        return
    if (cost := workspace.experiments.run_columns(item.name, JobQuery()).cost) is not None:
        echo(f"cost  {cost:,.2f}")
    page = workspace.jobs.list(JobQuery(experiment_name=item.name, limit=NEWEST))
    echo("")
    render_resources(page.items, workspace.jobs.kind.columns, "")
    if page.total > NEWEST:
        echo(f"{page.total - NEWEST} more: jupyter ml job list --experiment-name {shlex.quote(item.name)}")


experiment = resource_group(EXPERIMENT, show=_show)
