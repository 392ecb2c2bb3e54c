# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``%ml experiments``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_ml.services.experiments import ExperimentTable
    from jupyter_ml.services.workspace import Workspace

__all__ = ["experiments"]


def experiments(workspace: Workspace, options: Namespace) -> ExperimentTable:
    """List experiments, the most recently used first."""
    return workspace.experiments.table(archived=options.archived)
