"""What MLflow loads inside a job, as one of its plug-ins: it makes everything land in the job's run.

By itself MLflow resumes the run of ``MLFLOW_RUN_ID`` once. What is logged after that run was ended, by autologging or
by a ``with`` block, goes to a new run; and a program that calls `mlflow.set_experiment` cannot resume it at all.
"""

from __future__ import annotations

import os
import sys

__all__ = ["JOB_RUN", "JobContext"]

JOB_RUN = "JUPYTER_ML_RUN_ID"
"""Environment variable with the id of the job's run, for the whole life of the job."""


class JobContext:
    """A run context provider that provides nothing: it is there to be loaded."""

    def __init__(self) -> None:
        if JOB_RUN in os.environ:
            from mlflow.environment_variables import MLFLOW_RUN_ID

            MLFLOW_RUN_ID.get = _run_to_resume  # type: ignore[method-assign]

    def in_context(self) -> bool:
        """Tell MLflow that there are no tags to ask for."""
        return False


def _run_to_resume() -> str | None:
    """Return the run that `mlflow.start_run`, the only caller, shall resume instead of making a new one.

    The program's own call resumes the job's run once, as MLflow documents. A call on behalf of something that was
    logged without a run always does.
    """
    name = "MLFLOW_RUN_ID"
    if sys._getframe(2).f_code.co_name == "_get_or_start_run":  # noqa: SLF001 -- the only thing that tells them apart
        os.environ[name] = os.environ[JOB_RUN]
    run_id = os.environ.get(name)
    if run_id:
        from mlflow.tracking import fluent

        fluent._active_experiment_id = None  # noqa: SLF001 -- the job's run has its experiment; new runs find theirs in the environment
    return run_id
