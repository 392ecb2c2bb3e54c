# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``python -m benchmarks [NAME ...]``: what Jupyter ML takes, as ratios against a peer in the same run."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING

from benchmarks import (
    assets_100k,
    clusters,
    compute,
    data_view,
    environments,
    instances,
    jobs_100k,
    kernels,
    list_clients,
    local_jobs,
    metrics,
    models,
    resources_100k,
    runs,
    search,
    supervisor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ALL: dict[str, Callable[[], None]] = {
    "compute": compute.compute,
    "jobs": local_jobs.jobs,
    "many": local_jobs.many,
    "launcher": kernels.launcher,
    "instance_kernels": instances.kernels,
    "cluster_nodes": clusters.nodes,
    "cluster_events": clusters.events,
    "kernel_memory": kernels.memory,
    "trivial": runs.trivial,
    "cold": runs.cold,
    "cells": runs.cells,
    "large_outputs": runs.large_outputs,
    "supervisor_job": supervisor.job_cpu,
    "supervisor_idle": supervisor.idle,
    "thousand_jobs": supervisor.thousand_jobs,
    "search": search.search,
    "lists": resources_100k.lists,
    "list_clients": list_clients.clients,
    "job_lists": jobs_100k.lists,
    "asset_lists": assets_100k.lists,
    "data_view": data_view.data_view,
    "environments": environments.environments,
    "models": models.lists,
    "log_model": models.log_model,
    "log_metric": metrics.log_metric,
    "many_metrics": metrics.many_metrics,
    "side_by_side": metrics.side_by_side,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that jobs are canceled
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"Among {', '.join(ALL)}; all when absent.")
    for name in parser.parse_args().names or ALL:
        ALL[name]()
