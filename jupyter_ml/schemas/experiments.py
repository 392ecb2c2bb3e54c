# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments: jobs and runs that belong together."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema, Time

__all__ = ["Experiment"]


class Experiment(Schema):
    """A named group of jobs."""

    name: str
    description: str | None = None
    created_at: Time
    archived: bool = False
    jobs: int = 0
    """How many jobs it has that are not archived."""
    last_job_at: Time | None = None
