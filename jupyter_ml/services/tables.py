# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Lists that a person can read: jobs and experiments as tables, with what they list inside."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.experiments import Experiment
from jupyter_ml.schemas.jobs import JobType
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.services.formatting import SIGNS, age, duration, elapsed_s, summary, value_text
from jupyter_ml.services.handles import JobHandle

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.services.jobs import JobService

__all__ = ["ExperimentTable", "JobTable", "Table"]

T = TypeVar("T")


class Table(Sequence[T], Generic[T]):
    """A sequence that reads as a table.

    Attributes
    ----------
    headings : list of str
        Of the columns; one that ends in ``>`` is aligned to the right.
    empty : str
        What to say when there is nothing.
    """

    headings: list[str] = []  # noqa: RUF012 -- every subclass says its own
    empty = "Nothing."

    def __init__(self, items: Sequence[T]) -> None:
        self._items = items

    @abstractmethod
    def rows(self) -> list[list[str]]:
        """Return the cells of the table, row by row."""

    @property
    def job_names(self) -> list[str]:
        """Names of the jobs, row by row; empty where the rows are not jobs."""
        return []

    @property
    def more(self) -> str:
        """What the table does not show."""
        return ""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        if not self._items:
            return self.empty
        lines = [[heading.rstrip(">") for heading in self.headings], *self.rows()]
        lines = [[visible(cell) for cell in line] for line in lines]
        columns = [
            _aligned(column, right=heading.endswith(">"))
            for heading, column in zip(self.headings, zip(*lines, strict=True), strict=True)
        ]
        return "\n".join([*("  ".join(line).rstrip() for line in zip(*columns, strict=True)), self.more]).rstrip()


def _aligned(column: Sequence[str], *, right: bool) -> list[str]:
    width = max(map(len, column))
    return [cell.rjust(width) if right else cell.ljust(width) for cell in column]


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

    def __init__(self, jobs: JobService, query: JobQuery) -> None:
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


class ExperimentTable(Table[Experiment]):
    """The experiments of a workspace."""

    headings = ["name", "jobs>", "last job>", ""]  # noqa: RUF012
    empty = "No experiments. The first job makes one."

    def rows(self) -> list[list[str]]:
        """Return the cells of the table, row by row."""
        return [[item.name, str(item.jobs), age(item.last_job_at), item.description or ""] for item in self]
