# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A page of jobs that reads as a table."""

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
    """One page of jobs, with the parameters and metrics that the query speaks of as columns.

    Attributes
    ----------
    query : JobQuery
        What was asked for.
    total : int
        How many jobs there are of that kind in all.
    """

    empty = "No jobs. Make one: %ml run NOTEBOOK"

    def __init__(self, jobs: JobLifecycle, query: JobQuery) -> None:
        self._jobs, self.query = jobs, query
        self._asked = _asked(query)
        names = (f"{key}>" for _, key in self._asked)
        self.headings = ["name", "state", "experiment", "created>", "duration>", *names, ""]
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        page = self._jobs.list(self.query)
        self.records, self.total = page.items, page.total
        self._items = [JobHandle(self._jobs, job) for job in page.items]

    @property
    def active(self) -> bool:
        """Whether one of them has not come to its end; a run made by hand never tells."""
        return any(job.state not in FINAL and job.type is not JobType.MLFLOW_RUN for job in self.records)

    @property
    def job_names(self) -> list[str]:
        """Names of the jobs, row by row."""
        return [job.name for job in self.records]

    @property
    def more(self) -> str:
        """How many jobs it does not show."""
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
                *(_value(job, *column) for column in self._asked),
                summary(job),
            ]
            for job in self.records
        ]


def _asked(query: JobQuery) -> list[tuple[str, str]]:
    asked = [(item.source, item.key) for item in query.where if item.source != "tags"]
    source, dot, key = query.sort.partition(".")
    if dot:
        asked.append(("metrics" if source == "metrics" else "parameters", key))
    return list(dict.fromkeys(asked))


def _value(job: Job, source: str, key: str) -> str:
    return value_text((job.metrics if source == "metrics" else job.parameters).get(key))
