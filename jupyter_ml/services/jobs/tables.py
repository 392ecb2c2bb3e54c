# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Pages of jobs that print as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.jobs import JobType
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.formatting import SIGNS, age, duration, elapsed_s, summary, value_text
from jupyter_ml.services.jobs.handles import JobHandle
from jupyter_ml.services.tables import Table

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.services.jobs.lifecycle import JobLifecycle

__all__ = ["JobTable"]


class JobTable(Table[JobHandle]):
    """A page of jobs, with the parameters and metrics of the query as columns.

    Attributes
    ----------
    query : JobQuery
        The query.
    total : int
        Number of jobs that match the query.
    """

    empty = "No jobs. Submit one: %ml run NOTEBOOK"

    def __init__(self, jobs: JobLifecycle, query: JobQuery) -> None:
        self._jobs, self.query = jobs, query
        self._columns = _columns_of(query)
        names = (f"{key}>" for _, key in self._columns)
        self.headings = ["name", "state", "experiment", "created>", "duration>", *names, ""]
        self.refresh()

    def refresh(self) -> None:
        """Run the query again."""
        page = self._jobs.list(self.query)
        self.records, self.total = page.items, page.total
        self._items = [JobHandle(self._jobs, job) for job in page.items]

    @property
    def active(self) -> bool:
        """Whether one of them has not ended; the end of a run logged directly with MLflow is unknown."""
        return any(job.state not in FINAL and job.type is not JobType.MLFLOW_RUN for job in self.records)

    @property
    def job_names(self) -> list[str]:
        """Names of the jobs, row by row."""
        return [job.name for job in self.records]

    @property
    def more(self) -> str:
        """Number of jobs that it does not show, as text."""
        left = self.total - self.query.offset - len(self)
        return f"{left} more" if left > 0 else ""

    def rows(self) -> list[list[str]]:
        """Return the cells of the table, row by row."""
        return [
            [
                job.name,
                f"{SIGNS[job.state]} {job.state}",
                job.experiment_name,
                age(job.created_at),
                duration(elapsed_s(job)),
                *(_value(job, *column) for column in self._columns),
                summary(job),
            ]
            for job in self.records
        ]


def _columns_of(query: JobQuery) -> list[tuple[str, str]]:
    columns = [(item.source, item.key) for item in query.where if item.source != "tags"]
    source, dot, key = query.sort.partition(".")
    if dot:
        columns.append(("metrics" if source == "metrics" else "parameters", key))
    return list(dict.fromkeys(columns))


def _value(job: Job, source: str, key: str) -> str:
    return value_text((job.metrics if source == "metrics" else job.parameters).get(key))
