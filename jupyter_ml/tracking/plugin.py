"""What MLflow loads inside a job, as one of its plug-ins: it makes everything land in the job's run.

By itself MLflow resumes the run of ``MLFLOW_RUN_ID`` once. What is logged after that run was ended, by autologging or
by a ``with`` block, goes to a new run; a program that calls `mlflow.set_experiment` cannot resume it at all; and what
is logged asynchronously just before a program ends is lost, because the threads that write it end first.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["JOB_RUN", "JobContext"]

JOB_RUN = "JUPYTER_ML_RUN_ID"
"""Environment variable with the id of the job's run, for the whole life of the job."""


class JobContext:
    """A run context provider that provides nothing: it is there to be loaded."""

    def __init__(self) -> None:
        if JOB_RUN not in os.environ:
            return
        from mlflow.environment_variables import MLFLOW_RUN_ID
        from mlflow.utils.async_logging.async_logging_queue import AsyncLoggingQueue
        from mlflow.utils.async_logging.run_operations import RunOperations

        MLFLOW_RUN_ID.get = _run_to_resume  # type: ignore[method-assign]
        # in batches: one by one, a thousand metrics take seconds, and other jobs wait for the database meanwhile
        os.environ.setdefault("MLFLOW_ASYNC_LOGGING_BUFFERING_SECONDS", "1")
        make = AsyncLoggingQueue.__init__
        AsyncLoggingQueue.__init__ = lambda self, logging_func: make(self, partial(_write, logging_func))  # type: ignore[method-assign]
        # the last line of a cell shows what it returns, and what is logged at once returns nothing
        RunOperations._ipython_display_ = lambda _: None  # type: ignore[attr-defined]
        # atexit would be too late
        threading._register_atexit(_flush)  # type: ignore[attr-defined]  # noqa: SLF001

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


def _write(log_batch: Callable[..., None], run_id: str, metrics: list[Any], params: list[Any], tags: list[Any]) -> None:
    """Write what was logged within a second; where MLflow refuses something, all the rest of it.

    Raises what MLflow raised last, which it shows to the user.
    """
    from mlflow.exceptions import MlflowException

    refused = None
    try:
        log_batch(run_id=run_id, metrics=metrics, params=params, tags=tags)
    except MlflowException:
        nothing: dict[str, list[Any]] = {"metrics": [], "params": [], "tags": []}
        for kind, items in (("metrics", metrics), ("params", params), ("tags", tags)):
            for item in items:
                try:
                    log_batch(run_id=run_id, **{**nothing, kind: [item]})
                except MlflowException as error:
                    refused = error
    if refused:
        raise refused


def _flush() -> None:
    """Write what still waits to be written, while there are threads to do it."""
    if "mlflow.store.tracking.sqlalchemy_store" in sys.modules:  # else nothing was logged
        from mlflow.tracking import fluent

        fluent._shut_down_async_logging()  # noqa: SLF001 -- its public twin would start the threads anew
