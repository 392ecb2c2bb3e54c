# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A page of jobs that is displayed as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.job_kind import JOB
from jupyter_ml.schemas.jobs import MLFLOW_RUN
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.jobs.handles import JobHandle
from jupyter_ml.services.tables import Table

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.services.jobs.lifecycle import JobLifecycle

__all__ = ["JobTable"]


class JobTable(Table[JobHandle]):
    """One page of jobs, with a column for each parameter and metric that the query uses.

    Attributes
    ----------
    query : JobQuery
        Query of the page.
    records : list of Job
        Jobs of the page.
    total : int
        Number of jobs that match the query.
    """

    def __init__(self, jobs: JobLifecycle, query: JobQuery) -> None:
        super().__init__(JOB.columns_of(query))
        self._jobs, self.query = jobs, query
        self.refresh()
        self.empty = "" if self.records else jobs.empty_text(query, "Submit one: %ml run NOTEBOOK")

    def refresh(self) -> None:
        """Read the page again."""
        page = self._jobs.list(self.query)
        self.records, self.total = page.items, page.total
        self._items = [JobHandle(self._jobs, job) for job in page.items]

    @property
    def active(self) -> bool:
        """Whether one of the jobs has not ended; MLflow runs of other programs do not count."""
        return any(job.state not in FINAL and job.type != MLFLOW_RUN for job in self.records)

    @property
    def job_names(self) -> list[str]:
        """Names of the jobs, row by row."""
        return [job.name for job in self.records]

    @property
    def more(self) -> str:
        """Number of jobs that are not displayed."""
        left = self.total - self.query.offset - len(self)
        return f"{left} more" if left > 0 else ""

    @property
    def _resources(self) -> list[Job]:
        return self.records
