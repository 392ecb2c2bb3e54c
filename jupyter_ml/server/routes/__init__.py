# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The routes of the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ml.schemas.names import NAMES
from jupyter_ml.server.operations import METHODS, Operation
from jupyter_ml.server.resources import resource_routes
from jupyter_ml.server.routed_kinds import routed
from jupyter_ml.server.routes import (
    computes,
    data,
    datastores,
    environments,
    experiments,
    forms,
    jobs,
    kinds,
    lineage,
    models,
    results,
    vault,
    workspace,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyter_ml.server.handler import Handler

__all__ = ["BASE", "OWN", "ROUTES", "operations_of", "pattern"]

BASE = "/jupyter-ml/v1"

OWN: dict[str, tuple[tuple[str, type[Handler]], ...]] = {
    "job": (
        ("/jobs", jobs.JobsHandler),
        ("/jobs:plan", jobs.JobPlanHandler),
        ("/jobs/{name}", jobs.JobHandler),
        *jobs.bulk_routes(),
        ("/jobs/{name}/cancel", jobs.CancelJobHandler),
        ("/jobs/{name}/rerun", jobs.RerunJobHandler),
        ("/jobs/{name}/withdraw", jobs.WithdrawJobRequestHandler),
        ("/jobs/{name}/attempts", jobs.AttemptsHandler),
        ("/jobs/{name}/duration-estimate", results.DurationEstimateHandler),
        ("/jobs/{name}/queue", results.QueuePositionHandler),
        ("/jobs/{name}/services", results.JobServicesHandler),
        ("/jobs/{name}/events", results.EventLogHandler),
        ("/jobs/{name}/events/text", results.TextHandler),
        ("/jobs/{name}/events/search", results.TextSearchHandler),
        ("/jobs/{name}/notebook", results.NotebookHandler),
        ("/jobs/{name}/metrics", results.MetricsHandler),
        ("/jobs/{name}/usage", results.UsageHandler),
        ("/jobs/{name}/files", results.FilesHandler),
        ("/jobs/{name}/files/{path}", results.FileHandler),
        ("/jobs/{name}/files.zip", results.ArchiveHandler),
        ("/jobs/{name}/run", results.RunHandler),
        ("/jobs/{name}/models", results.LoggedModelsHandler),
    ),
    "experiment": (
        ("/experiments/{name}/runs", experiments.RunsHandler),
        ("/experiments/{name}/run-columns", experiments.RunColumnsHandler),
    ),
    "datastore": (
        ("/datastores", datastores.DatastoresHandler),
        ("/datastores/{name}", datastores.DatastoreHandler),
        ("/datastores/{name}/test", datastores.TestDatastoreHandler),
        ("/datastores/{name}/files", datastores.DatastoreFilesHandler),
    ),
    "data": (
        ("/data", data.DataHandler),
        ("/data/{name}/check", data.CheckDataHandler),
    ),
    "environment": (
        ("/environments", environments.EnvironmentsHandler),
        ("/environments/{name}/build", environments.BuildHandler),
        ("/environments/{name}/capture", environments.CaptureHandler),
        ("/environments/{name}/versions/{version}/comparison", environments.ComparisonHandler),
    ),
    "model": (
        ("/models", models.ModelsHandler),
        ("/models/{name}/versions/{version}/details", models.ModelDetailsHandler),
        ("/models/{name}/versions/{version}/comparison", models.ModelComparisonHandler),
        ("/models/{name}/versions/{version}/files", models.ModelFilesHandler),
        ("/models/{name}/versions/{version}/files/{path}", models.ModelFileHandler),
        ("/models/{name}/versions/{version}/files.zip", models.ModelArchiveHandler),
    ),
    "compute": (
        ("/computes", computes.ComputesHandler),
        ("/computes/{name}/start", computes.StartComputeHandler),
        ("/computes/{name}/stop", computes.StopComputeHandler),
        ("/computes/{name}/restart", computes.RestartComputeHandler),
        ("/computes/{name}/nodes", computes.ComputeNodesHandler),
        ("/computes/{name}/queue", computes.ComputeQueueHandler),
        ("/computes/{name}/usage", computes.ComputeUsageHandler),
        ("/computes/{name}/usage/series", computes.ComputeSeriesHandler),
        ("/computes/{name}/log", computes.ComputeLogHandler),
    ),
}
"""Routes of the operations that only one kind has."""

ROUTES = (
    ("/workspace", workspace.WorkspaceHandler),
    ("/kinds", kinds.KindsHandler),
    ("/workspace/recent", workspace.RecentWorkspacesHandler),
    *(route for name in NAMES for route in resource_routes(routed(name), *OWN.get(name.singular, ()))),
    ("/data-view/rows", data.RowsHandler),
    ("/data-view/profile", data.ProfileHandler),
    ("/data-view/thumbnails", data.ThumbnailsHandler),
    ("/lineage", lineage.LineageHandler),
    ("/vault", vault.VaultHandler),
    ("/vault:rotate", vault.RotateVaultHandler),
    ("/vault/{name}", vault.SecretHandler),
    ("/forms/job", forms.FormHandler),
    ("/compute-types", computes.ComputeTypesHandler),
)
"""Path below `BASE`, and its handler."""


def operations_of(routes: Iterable[tuple[str, type[Handler]]]) -> Iterator[tuple[str, str, Operation]]:
    """Yield the path, the HTTP method and the description of each operation of some routes."""
    for path, handler in routes:
        for method in METHODS:
            description = getattr(getattr(handler, method), "operation", None)
            if isinstance(description, Operation):
                yield path, method, description


def pattern(path: str) -> str:
    """Return a route's path as a regular expression for Tornado; the parameter ``path`` may contain slashes."""
    return BASE + re.sub(r"\{(\w+)\}", lambda match: f"(?P<{match[1]}>{'.+' if match[1] == 'path' else '[^/]+'})", path)
