# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The routes of the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ml.server.resources import RoutedKind, resource_routes
from jupyter_ml.server.routes import experiments, forms, jobs, results, workspace

if TYPE_CHECKING:
    from jupyter_ml.schemas.experiments import Experiment, ExperimentQuery
    from jupyter_ml.schemas.kinds import Kind

__all__ = ["BASE", "ROUTES", "pattern"]

BASE = "/jupyter-ml/v1"


def _experiment() -> Kind[Experiment, ExperimentQuery]:
    from jupyter_ml.schemas.experiments import EXPERIMENT

    return EXPERIMENT


EXPERIMENTS = RoutedKind("experiment", "experiments", _experiment, lambda workspace: workspace.experiments)

ROUTES = (
    ("/workspace", workspace.WorkspaceHandler),
    ("/jobs", jobs.JobsHandler),
    ("/jobs/{name}", jobs.JobHandler),
    ("/jobs/{name}/cancel", jobs.CancelJobHandler),
    ("/jobs/{name}/withdraw", jobs.WithdrawJobRequestHandler),
    ("/jobs/{name}/archive", jobs.ArchiveJobHandler),
    ("/jobs/{name}/restore", jobs.RestoreJobHandler),
    ("/jobs/{name}/attempts", jobs.AttemptsHandler),
    ("/jobs/{name}/duration-estimate", results.DurationEstimateHandler),
    ("/jobs/{name}/events", results.EventLogHandler),
    ("/jobs/{name}/events/text", results.TextHandler),
    ("/jobs/{name}/events/search", results.TextSearchHandler),
    ("/jobs/{name}/notebook", results.NotebookHandler),
    ("/jobs/{name}/metrics", results.MetricsHandler),
    ("/jobs/{name}/usage", results.UsageHandler),
    ("/jobs/{name}/files", results.FilesHandler),
    ("/jobs/{name}/files/{path}", results.FileHandler),
    *resource_routes(EXPERIMENTS),
    ("/experiments/{name}/runs", experiments.RunsHandler),
    ("/experiments/{name}/run-columns", experiments.RunColumnsHandler),
    ("/forms/job", forms.FormHandler),
)
"""Path below `BASE`, and its handler."""


def pattern(path: str) -> str:
    """Return a route's path as a regular expression for Tornado; the parameter ``path`` may contain slashes."""
    return BASE + re.sub(r"\{(\w+)\}", lambda match: f"(?P<{match[1]}>{'.+' if match[1] == 'path' else '[^/]+'})", path)
