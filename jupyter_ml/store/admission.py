# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out what queued and running jobs need, and which of them start."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update

from jupyter_ml.schemas.admission import Candidate, Decision, Holder, admit
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.job_resources import JobResources
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.start_estimates import Blocker
from jupyter_ml.schemas.states import ACTIVE
from jupyter_ml.store.similar_jobs import Durations, latest_peaks
from jupyter_ml.store.tables import attempts, job_details, jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row, Select

    from jupyter_ml.schemas.admission import Amounts, Capacity
    from jupyter_ml.schemas.queue import Shortage

__all__ = ["Admission", "set_shortage"]

_PASSING = 100
"""How many jobs behind the first one may start before it, if it lacks something."""
_MARGIN = 1.1
"""Of what the last jobs needed."""
_SHOWN = 100_000_000
"""Bytes to which a shortage is rounded, so that not each measurement changes it."""


class Admission:
    """Which queued jobs of a compute start.

    Attributes
    ----------
    decision : Decision
        Which.
    free_gpus : list of str
        The GPUs that no job has.
    """

    def __init__(
        self, connection: Connection, waiting: Select[Any], *, compute: str, host: str, limit: int, capacity: Capacity
    ) -> None:
        self._connection, self._compute, self._capacity = connection, compute, capacity
        self._durations, self._expected = Durations(connection, compute), dict[str | None, int | None]()
        running = self._running(host)
        taken = {gpu for row in running for gpu in row.gpus or ()}
        self.free_gpus = [gpu for gpu in capacity.gpus if gpu not in taken]
        candidates = self._candidates(waiting.limit(limit + _PASSING))
        self.decision: Decision = admit(capacity.amounts, [self._holder(row) for row in running], candidates, limit)

    def unknown_shortage(self) -> tuple[int, Shortage] | None:
        """Return the first job that does not start and what it lacks, about; None if that is stored already."""
        if self.decision.blocked is None:
            return None
        first, exact = self.decision.blocked
        unit = _SHOWN if exact.resource == "memory" else 1
        shortage = exact.model_copy(
            update={"needed": -(-exact.needed // unit) * unit, "free": exact.free // unit * unit}
        )
        stored = select(job_details.c.waits_for).where(job_details.c.job_id == first.job_id)
        return None if self._connection.scalar(stored) == shortage.model_dump() else (first.job_id, shortage)

    def _running(self, host: str) -> list[Row[Any]]:
        columns = (jobs.c.similarity, job_details.c.resources, attempts.c.usage, attempts.c.gpus, attempts.c.started_at)
        current = and_(attempts.c.job_id == jobs.c.id, attempts.c.number == jobs.c.attempt)
        here = or_(jobs.c.host.is_(None), jobs.c.host == host)
        query = (
            select(*columns, attempts.c.eta_at)
            .join(job_details, job_details.c.job_id == jobs.c.id)
            .join(attempts, current)
            .where(jobs.c.state.in_(ACTIVE), jobs.c.compute == self._compute, here, jobs.c.runner == Runner.SUPERVISOR)
        )
        return [*self._connection.execute(query)]

    def _holder(self, row: Row[Any]) -> Holder:
        amounts = {**self._amounts(row)}
        amounts["memory"] = max(amounts["memory"], (row.usage or {}).get("memory_bytes", 0))
        return Holder(amounts | {"gpus": len(row.gpus or ())}, partial(self._left_s, row))

    def _candidates(self, waiting: Select[Any]) -> Iterator[Candidate]:
        columns = (jobs.c.id, jobs.c.similarity, job_details.c.resources)
        query = waiting.join(job_details, job_details.c.job_id == jobs.c.id).with_only_columns(*columns)
        for row in self._connection.execute(query).all():
            yield Candidate(row.id, self._amounts(row), partial(self._longest_s, row.similarity))

    def _amounts(self, row: Row[Any, Any, Any] | Row[Any]) -> Amounts:
        given = JobResources.model_validate(row.resources or {})
        known = given.memory_bytes or self._usual_memory(row.similarity)
        memory = self._capacity.share_bytes if known is None else known
        return {"nodes": given.instance_count, "memory": memory, "gpus": given.gpus or 0}

    def _usual_memory(self, similarity: str | None) -> int | None:
        if self._capacity.memory_bytes is None:
            return None
        if similarity not in self._expected:
            peaks = latest_peaks(self._connection, similarity, self._compute)
            self._expected[similarity] = int(_MARGIN * max(peaks)) if peaks else None
        return self._expected[similarity]

    def _left_s(self, row: Row[Any]) -> float:
        """Return how many seconds a job runs at least, as the shorter quarter of similar ones."""
        time = now()
        left_s = max(0.0, (row.eta_at - time).total_seconds()) if row.eta_at else None
        elapsed_s = max(0.0, (time - row.started_at).total_seconds())
        quartiles = Blocker("", self._durations[row.similarity], elapsed_s, left_s).left_quartiles
        return quartiles[0] if quartiles else math.inf

    def _longest_s(self, similarity: str | None) -> float:
        quartiles = Blocker("", self._durations[similarity]).left_quartiles
        return quartiles[2] if quartiles else math.inf


def set_shortage(connection: Connection, job_id: int, shortage: Shortage) -> None:
    """Store what a queued job lacks."""
    details = update(job_details).where(job_details.c.job_id == job_id)
    connection.execute(details.values(waits_for=shortage.model_dump()))
