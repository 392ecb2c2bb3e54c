# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The MLflow store of a workspace: the interface for the rest of Jupyter ML."""

from __future__ import annotations

from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_ml.schemas.runs import PARENT_TAG
from jupyter_ml.tracking import conversion
from jupyter_ml.tracking.history import read_history
from jupyter_ml.tracking.journal import Journal
from jupyter_ml.tracking.metric_writer import store_part
from jupyter_ml.tracking.registry import ModelRegistry
from jupyter_ml.tracking.run_details import read_details, read_logged, read_metrics, read_models
from jupyter_ml.tracking.run_writer import RunWriter
from jupyter_ml.tracking.store import translated_errors
from jupyter_ml.tracking.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from jupyter_ml.schemas.run_details import RunDetails
    from jupyter_ml.schemas.runs import LoggedValues, Metric, Run
    from jupyter_ml.schemas.series import MetricSeries
    from jupyter_ml.tracking.metric_writer import Refused
    from jupyter_ml.tracking.run_details import StoredModel

__all__ = ["JOB_TAG", "Tracking"]

_PAGE = 500
_OVERLAP_MS = 60_000
_STARTED = "SELECT run_uuid, start_time FROM runs WHERE start_time >= :oldest AND lifecycle_stage = 'active'"
JOB_TAG = "jupyter_ml.job"
"""Tag of an MLflow run that names its job."""


class Tracking(RunWriter):
    """Runs, their metrics and artifacts.

    Creating one is cheap. The first call that needs the store opens it, which takes seconds; `prepare` opens it at
    once. Every method may be called from any thread.

    Parameters
    ----------
    uri
        Database, as `Tracking.uri` returns it.
    artifacts
        Directory or address for artifacts.
    """

    def store_metrics(self, journal: Path, *, wait_s: float) -> Refused | None:
        """Store the next part of what a job logged; return None when nothing is left.

        Raises
        ------
        UnavailableError
            When the database does not answer, or is locked for `wait_s` seconds: try again, nothing is lost.
        """
        return store_part(self._uri, Journal(journal), wait_s=wait_s)

    def metrics(self, run_id: str) -> dict[str, Metric]:
        """Return the last value of each metric of a run, without opening the store; nothing for an unknown run."""
        return read_metrics(self._uri, run_id)

    def logged(self, run_id: str) -> LoggedValues:
        """Return what code has logged to a run, without opening the store; nothing for an unknown run."""
        return read_logged(self._uri, run_id)

    def history(self, run_id: str, *, keys: Sequence[str], max_points: int) -> list[MetricSeries]:
        """Return the series of a run's metrics, of those in `keys` or of all, without opening the store."""
        return read_history(self._uri, run_id, keys=keys, max_points=max_points)

    def details(self, run_id: str) -> RunDetails | None:
        """Return parameters, tags and datasets of a run, without opening the store; None if there is no such run."""
        return read_details(self._uri, run_id)

    def models(self, run_id: str) -> list[StoredModel]:
        """Return the models that a run has logged, without opening the store."""
        return read_models(self._uri, run_id)

    @cached_property
    def registry(self) -> ModelRegistry:
        """The registered models."""
        return ModelRegistry(self._uri, self.prepare)

    def started(self, since: datetime | None = None) -> dict[str, datetime]:
        """Return when the runs started that did so at `since` or later, by their ids, in milliseconds.

        Those of the minute before `since` are included, because clocks differ. Deleted runs are not.
        """
        oldest_ms = int(since.timestamp() * 1000) - _OVERLAP_MS if since else 0
        with closing(Tables(self._uri)) as tables:
            rows = tables.ask(_STARTED, oldest=oldest_ms)
        return {run_id: conversion.utc_time(start_ms) for run_id, start_ms in rows}

    def runs(self, ids: Iterable[str]) -> Iterator[list[Run]]:
        """Yield the runs with these ids, in pages; deleted runs are not among them."""
        wanted = [f"'{run_id}'" for run_id in ids]
        for start in range(0, len(wanted), _PAGE):
            yield from self._search(f"attributes.run_id IN ({','.join(wanted[start : start + _PAGE])})")

    def job_run(self, name: str) -> Run | None:
        """Return the run that was created for a job, whether or not the job knows of it."""
        quoted = name.replace("'", "")
        pages = self._search(f"tags.`{JOB_TAG}` = '{quoted}'")
        return next((run for page in pages for run in page if PARENT_TAG not in run.tags), None)

    def _search(self, condition: str) -> Iterator[list[Run]]:
        store = self._store
        from mlflow.entities import ViewType

        with translated_errors():
            found = store.search_experiments(view_type=ViewType.ALL, max_results=50_000)
        experiments = {experiment.experiment_id: experiment.name for experiment in found}
        token, order = None, ["attributes.start_time DESC"]
        while True:
            with translated_errors():
                page = store.search_runs(list(experiments), condition, ViewType.ACTIVE_ONLY, _PAGE, order, token)
            if page:
                yield [conversion.run(entity, experiments) for entity in page]
            token = page.token
            if not token:
                return
