# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The workspace's MLflow store in the processes of a job: metrics are written to the attempt's journal.

MLflow opens a transaction for each value and waits for all other writers. The journal takes a value in
microseconds, and no background queue can be lost. Names and values are validated at the call, with MLflow's own
rules, so that an error is raised at the call that causes it. Everything else is written to the database at once.

This module loads MLflow; the plug-in imports it when MLflow opens the store. It depends on two internals of MLflow:
``SqlAlchemyStore._log_metrics`` (without it, metrics would be written at once) and ``ManagedSessionMaker``, through
which all reads go. `tests/tracking/test_job_store.py` fails when one of them changes.
"""

from __future__ import annotations

import logging
import operator
import os
import time
from concurrent.futures import Future
from contextlib import contextmanager
from numbers import Integral
from typing import TYPE_CHECKING, Any

from mlflow.entities import LoggedModelOutput, RunTag
from mlflow.exceptions import MlflowException
from mlflow.store.tracking import sqlalchemy_store
from mlflow.utils import validation
from mlflow.utils.async_logging import run_operations

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.runs import PARENT_TAG
from jupyter_ml.tracking.journal import INTEGERS, Point
from jupyter_ml.tracking.metric_writer import store_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jupyter_ml.tracking.journal import Journal

__all__ = ["JobStore"]

BUSY_S = 600
"""How long a call waits for an SQLite file that others write; MLflow itself waits 20 s."""
CHECKED_S = 1.0
"""Seconds for which a run that can be logged to is not looked up again."""

_log = logging.getLogger("mlflow.jupyter_ml")
_SqlAlchemyStore: Any = sqlalchemy_store.SqlAlchemyStore
_RunOperations: Any = run_operations.RunOperations
_check_metric: Callable[..., None] = validation._validate_metric  # noqa: SLF001 -- as MLflow's own stores do
_check_run_id: Callable[..., None] = validation._validate_run_id  # noqa: SLF001 -- likewise
_check_limits: Callable[..., None] = validation._validate_batch_log_limits  # noqa: SLF001 -- likewise


class JobStore(_SqlAlchemyStore):  # type: ignore[misc]
    """A store for the workspace's database.

    Parameters
    ----------
    uri, artifacts
        As in the base class.
    run_id
        Of the job; runs that are created in addition become its children.
    journal
        Of the attempt.
    """

    ManagedSessionMaker: Any

    def __init__(self, uri: str, artifacts: str, *, run_id: str, journal: Journal) -> None:
        super().__init__(uri, artifacts)
        self._job_run, self._journal = run_id, journal
        self._checked: dict[str, float] = {}
        self._session: Any = self.ManagedSessionMaker
        self.ManagedSessionMaker = self._waiting_session
        os.register_at_fork(after_in_child=lambda: self.engine.dispose(close=False))  # connections serve one process

    @contextmanager
    def _waiting_session(self, read_only: bool = True) -> Iterator[Any]:
        """Open a session that sees what was logged, and that waits for others."""
        if read_only:
            self._store_journal()
        with self._session(read_only=read_only) as session:
            if self.db_type == "sqlite":
                session.connection().exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_S * 1000}")
            yield session

    def _store_journal(self) -> None:
        try:
            refused = store_all(self.db_uri, self._journal, wait_s=BUSY_S)
        except UnavailableError as error:
            raise MlflowException(str(error)) from error
        for run_id, count in refused.gone.items():
            _log.error("%d values were logged to run %s, which does not exist any more", count, run_id)

    def create_run(
        self, experiment_id: str, user_id: str, start_time: int, tags: list[RunTag], run_name: str | None
    ) -> Any:
        """Create a run as a child of the job's own, unless it has another parent."""
        if not any(tag.key == PARENT_TAG for tag in tags):
            tags = [*tags, RunTag(PARENT_TAG, self._job_run)]
        return super().create_run(experiment_id, user_id, start_time, tags, run_name)

    def create_logged_model(
        self, experiment_id: str, name: str | None = None, source_run_id: str | None = None, *rest: Any, **more: Any
    ) -> Any:
        """Create a logged model of the active run, else of the job's: MLflow starts no run for a model."""
        run_id = source_run_id or self._job_run
        model = super().create_logged_model(experiment_id, name, run_id, *rest, **more)
        if source_run_id is None:
            self.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
        return model

    def delete_run(self, run_id: str) -> None:
        """Delete a run; what is logged to it from now on is refused."""
        self._checked.clear()
        super().delete_run(run_id)

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment with its runs; what is logged to them from now on is refused."""
        self._checked.clear()
        super().delete_experiment(experiment_id)

    def log_batch(self, run_id: str, metrics: Sequence[Any], params: Sequence[Any], tags: Sequence[Any]) -> None:
        """Log a batch; metrics alone need no database."""
        if params or tags or any(metric.model_id for metric in metrics):
            super().log_batch(run_id, metrics, params, tags)
            return
        _check_run_id(run_id)
        _check_limits(metrics, [], [])
        self._log_metrics(run_id, metrics)

    def log_batch_async(self, run_id: str, metrics: list[Any], params: list[Any], tags: list[Any]) -> Any:
        """Log at once as well: a queue would be lost when the program ends."""
        done: Future[None] = Future()
        try:
            self.log_batch(run_id, metrics, params, tags)
            done.set_result(None)
        except MlflowException as error:
            _log.error("Run %s: not logged: %s", run_id, error)  # programs rarely ask
            done.set_exception(error)
        return _RunOperations([done])

    def _log_metrics(self, run_id: str, metrics: Sequence[Any]) -> None:
        points = [_point(metric, "" if len(metrics) == 1 else f"metrics[{i}]") for i, metric in enumerate(metrics)]
        if points:
            self._check_active(run_id)
            self._journal.append(run_id, points)

    def _check_active(self, run_id: str) -> None:
        moment = time.monotonic()
        if moment - self._checked.get(run_id, -CHECKED_S) < CHECKED_S:
            return
        with self._session() as session:
            self._check_run_is_active(self._get_run(session, run_id))
        self._checked[run_id] = moment


def _point(metric: Any, path: str) -> Point:
    _check_metric(metric.key, metric.value, metric.timestamp, metric.step, path=path)
    return Point(metric.key, float(metric.value), _integer(metric.timestamp), _integer(metric.step))


def _integer(number: Any) -> int:
    integer = operator.index(number) if isinstance(number, Integral) else int(number)
    if integer not in INTEGERS:
        raise MlflowException.invalid_parameter_value(f"{number} does not fit into 64 bits, as steps and times must")
    return integer
