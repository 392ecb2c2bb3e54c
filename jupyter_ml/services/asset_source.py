# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out which job or notebook this process belongs to: what it creates comes from that."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_ml.broker.client import NOTEBOOK
from jupyter_ml.schemas.assets import AssetSource

__all__ = ["current_source", "notebook_source"]


def current_source(workspace: Path) -> AssetSource | None:
    """Return the job or notebook that this process belongs to, and None for every other program.

    Parameters
    ----------
    workspace
        Directory of the workspace: a job of another one is not meant.
    """
    job, folder = os.environ.get("JUPYTER_ML_JOB"), os.environ.get("JUPYTER_ML_WORKSPACE")
    if job:
        return AssetSource(job=job) if folder and Path(folder).resolve() == workspace.resolve() else None
    return notebook_source(os.environ.get(NOTEBOOK))


def notebook_source(path: str | None) -> AssetSource | None:
    """Return the notebook of a kernel, given the path that its server gave it; None for a console."""
    return AssetSource(notebook=path) if path is not None and path.endswith(".ipynb") else None
