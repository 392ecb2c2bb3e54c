# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Follow the executor of a further node of an attempt: what it requests and warns of, its metrics, and its end."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import Exit
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import DataRequested, Ended, KernelStarted, SecretRead, Warned
from jupyter_ml.schemas.outcomes import Outcome
from jupyter_ml.schemas.states import JobState
from jupyter_ml.supervisor.metrics import MetricsCopy
from jupyter_ml.supervisor.named_data import DataResponses
from jupyter_ml.supervisor.outcome import SIGNALED, vanished

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pydantic import JsonValue

    from jupyter_ml.schemas.event_log import AttemptEvent
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.attempt_nodes import AttemptNode
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["NodeLog", "outcome_of_nodes"]

READ_S = 0.5

_log = logging.getLogger(__name__)


class NodeLog:
    """The event log of the executor of a node besides the first; it is read from its start by each supervisor.

    Parameters
    ----------
    workspace, threads, job
        Whose attempt.
    node
        The node.
    """

    def __init__(self, workspace: WorkspaceContext, threads: Threads, job: Job, node: AttemptNode) -> None:
        self._workspace, self._threads, self._job, self._node = workspace, threads, job, node
        self._responses = DataResponses(workspace, threads, job, node.folder, node.mirror)
        self._metrics = MetricsCopy(workspace, threads, job, node.folder)
        key = workspace.store.jobs.verifying_key(job.name)
        self._reader = EventLogReader(node.folder.event_log, outputs=False, key=key)
        self._unapplied: deque[AttemptEvent] = deque()
        self._started = False
        self._ended: Ended | None = None

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Follow it until the block ends."""
        async with self._node.mirror.followed(self._node.process, lambda: None):
            following = asyncio.create_task(self._follow())
            try:
                yield
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    async def outcome(self) -> Outcome:
        """Return how the executor ended."""
        await self._read()
        process = self._node.process
        ended = (process and process.exit) or Exit(lost="there is no process")
        if self._ended is None:
            return vanished(self._node.folder, ended, started=self._started, forged=self._reader.unsigned)
        if self._ended.state == "Canceled":
            return SIGNALED
        return Outcome(JobState(self._ended.state), self._ended.cause, self._ended.time)

    async def fetch(self) -> None:
        """Copy everything from the node, after the end."""
        await self._node.mirror.fetch()

    async def _follow(self) -> None:
        while True:
            try:
                await self._read()
                await self._metrics.tick()
            except Exception:
                _log.exception("%s: a node could not be followed, and will be again", self._job.name)
            await asyncio.sleep(READ_S)

    async def _read(self) -> None:
        self._unapplied.extend(event for event, _ in await self._threads.store(list, self._reader))
        while self._unapplied:
            await self._apply(self._unapplied[0])
            self._unapplied.popleft()

    async def _apply(self, event: AttemptEvent) -> None:
        store = self._workspace.store
        match event:
            case KernelStarted():
                self._started = True
            case DataRequested():
                await self._responses.respond(event)
            case Warned():
                await self._threads.store(store.jobs.add_warnings, self._job.name, [event.warning])
            case SecretRead():
                reader: dict[str, JsonValue] = {"job": self._job.name, "process": event.pid}
                await self._threads.store(store.datastores.record_read, event.datastore, reader)
            case Ended():
                self._ended = event


async def outcome_of_nodes(outcome: Outcome, failed: int, name: str, logs: Sequence[NodeLog]) -> Outcome:
    """Return the outcome of an attempt of which a node has failed.

    Parameters
    ----------
    outcome
        Of the executor on the first node.
    failed, name
        The number of the node, and what its cluster calls it.
    logs
        Those of the further nodes.
    """
    found = await logs[failed - 1].outcome() if failed else outcome
    if outcome.cause is not None and outcome.cause.kind is CauseKind.TIMEOUT:  # of all
        return outcome
    cause = found.cause and found.cause.model_copy(update={"message": f"Node {failed}, {name}: {found.cause.message}"})
    return replace(found, cause=cause)
