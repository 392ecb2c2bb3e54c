# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Store how far attempts are: of all of them in one transaction, and not at every event."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.store.attempts import AttemptProgress
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["ProgressWriter"]

DELAY_S = 0.05
"""How long the first change waits for others; a crash meanwhile loses nothing, because event logs are read again."""
INTERVAL_S = 1.0
"""The least time between two transactions."""

_log = logging.getLogger(__name__)


class ProgressWriter:
    """Collects how far attempts are, and stores it about once a second.

    Parameters
    ----------
    workspace, threads
        Where it is stored.
    """

    def __init__(self, workspace: WorkspaceContext, threads: Threads) -> None:
        self._workspace, self._threads = workspace, threads
        self._pending: dict[str, AttemptProgress] = {}
        self._storing: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    def add(self, progress: AttemptProgress) -> None:
        """Store that soon; it replaces what was to be stored of the same job."""
        self._pending[progress.name] = progress
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_soon())

    async def flush(self, name: str) -> None:
        """Store what is pending of a job now."""
        async with self._one_at_a_time:
            if (progress := self._pending.pop(name, None)) is not None:
                await self._threads.store(self._workspace.store.jobs.store_progress, [progress])

    async def _store_soon(self) -> None:
        await asyncio.sleep(DELAY_S)
        while self._pending:
            async with self._one_at_a_time:
                pending, self._pending = self._pending, {}
                try:
                    await self._threads.store(self._workspace.store.jobs.store_progress, list(pending.values()))
                except Exception as error:  # the database may be locked or unavailable for a while
                    _log.warning("the progress of %d jobs could not be stored yet: %s", len(pending), error)
                    self._pending = pending | self._pending
                else:
                    self._workspace.notify()
            await asyncio.sleep(INTERVAL_S)
