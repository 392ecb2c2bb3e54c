# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Queries of an open file that run in threads, so that a slow one is asked for again and again until it has ended."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
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

    def run(self, read: Callable[[Table], DataRows]) -> None:
        try:
            self.future.set_result(read(self.table))
        except BaseException as error:  # noqa: BLE001 -- raised where the result is asked for
            self.future.set_exception(error)
        finally:
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
        try:
            result = task.future.result(wait_s)
        except TimeoutError:
            if task.future.done():
                raise
            return None
        except BaseException:
            del self._tasks[key]
            raise
        del self._tasks[key]
        return result

    def progress(self, key: Hashable) -> float:
        """Return how far a query is that has not ended, from 0 to 1."""
        percent = self._tasks[key].table.connection.query_progress()
        return max(0.0, min(1.0, percent / 100))

    def close(self) -> None:
        """Cancel all queries."""
        for task in self._tasks.values():
            _interrupt(task)
        self._tasks.clear()

    def _cancel_abandoned(self) -> None:
        old = time.monotonic() - ABANDONED_S
        for key in [key for key, task in self._tasks.items() if task.asked < old]:
            _interrupt(self._tasks.pop(key))


def _interrupt(task: _Task) -> None:
    if not task.future.done():
        task.table.connection.interrupt()
