# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Queries of an open file that run in threads, so that a slow one is asked for again and again until it has ended."""

from __future__ import annotations

import time
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from jupyter_ml.dataview.tables import Table
    from jupyter_ml.schemas.data_view import DataRows

__all__ = ["Tasks"]

ABANDONED_S = 5.0
"""A query for which no client has asked for so long is canceled."""


@dataclass
class _Task:
    table: Table
    future: Future[DataRows] = field(default_factory=Future)
    asked: float = field(default_factory=time.monotonic)
    ending: Lock = field(default_factory=Lock)
    """Held while the connection is closed, or used by another thread than that of the query."""
    closed: bool = False

    def run(self, read: Callable[[Table], DataRows]) -> None:
        try:
            found = read(self.table)
        except BaseException as error:  # noqa: BLE001 -- raised where the result is asked for
            self._close()
            self.future.set_exception(error)
        else:
            self._close()
            self.future.set_result(found)

    def percent(self) -> float:
        with self.ending:
            return 100.0 if self.closed else self.table.connection.query_progress()

    def interrupt(self) -> None:
        with self.ending:
            if not self.closed:
                self.table.connection.interrupt()

    def _close(self) -> None:
        with self.ending:
            self.closed = True
            self.table.connection.close()


class Tasks:
    """The queries of one table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._tasks: dict[Hashable, _Task] = {}

    def result(self, key: Hashable, read: Callable[[Table], DataRows], wait_s: float) -> DataRows | None:
        """Return the result of a query, which is started if it does not run; None if it takes longer than `wait_s`."""
        self._cancel_abandoned()
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = _Task(self._table.with_cursor())
            Thread(target=task.run, args=(read,), daemon=True).start()
        task.asked = time.monotonic()
        if not wait([task.future], wait_s).done:
            return None
        del self._tasks[key]
        return task.future.result()

    def progress(self, key: Hashable) -> float:
        """Return how far a query is that has not ended, from 0 to 1."""
        return max(0.0, min(1.0, self._tasks[key].percent() / 100))

    def close(self) -> None:
        """Cancel all queries."""
        for task in self._tasks.values():
            task.interrupt()
        self._tasks.clear()

    def _cancel_abandoned(self) -> None:
        old = time.monotonic() - ABANDONED_S
        for key in [key for key, task in self._tasks.items() if task.asked < old]:
            self._tasks.pop(key).interrupt()
