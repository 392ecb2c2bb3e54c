"""The way in from papermill: ``papermill --engine jupyter-ml in.ipynb out.ipynb`` is a tracked job.

papermill loads this module whenever it is imported itself, so nothing else is loaded here before a notebook runs.
"""

from __future__ import annotations

from typing import Any

__all__ = ["TrackedEngine"]


class TrackedEngine:
    """A papermill engine: papermill's own process runs the notebook, the workspace keeps track of it.

    The kernel starts where papermill says, and the job needs no slot. Everything else is as with any job: spool,
    truth about failure, MLflow run, and it can be watched and canceled.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Execute a notebook that papermill has parameterized, and return it; called by papermill."""
        raise RuntimeError(nb, kernel_name, options)
