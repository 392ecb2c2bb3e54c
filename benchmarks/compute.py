# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How fast programs start on computes, and what they cost: every target, with whether it is reached."""

from __future__ import annotations

from benchmarks import clusters, instances, kernels, local_jobs

__all__ = ["compute"]


def compute() -> None:
    """Print all rows of the table of targets, each in turn with its peer where it has one."""
    local_jobs.jobs()
    kernels.launcher()
    kernels.memory()
    instances.kernels()
    clusters.nodes()
    clusters.events()
