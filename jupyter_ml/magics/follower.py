# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Follow jobs and tables in the background until they have ended."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.magics.view_state import JobViewState
from jupyter_ml.schemas.states import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.services.jobs.handles import JobHandle
    from jupyter_ml.services.jobs.tables import JobTable

__all__ = ["Follower", "JobFollower", "TableFollower"]

PAUSE_S = 0.2
"""Minimum time between two updates of a view."""
TICK_S = 1.0
"""Maximum time between two updates of a view, which shows durations."""


class Follower(Protocol):
    """Something that changes for a while."""

    def start(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        """Call `paint` after changes, and `end` once after the last one, from a thread."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the end at most `timeout_s`, and return whether it was reached."""


class JobFollower:
    """Follow one job: one thread reads its stream, another paints it, at most five times a second.

    Attributes
    ----------
    view_state : JobViewState
        State of the job as its view shows it.
    """

    def __init__(self, handle: JobHandle) -> None:
        self.view_state = JobViewState(handle.job, note=handle.note)
        self._handle = handle
        self._changed, self._ended = threading.Event(), threading.Event()
        self._painter: threading.Thread | None = None

    def start(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        """Call `paint` after changes, and `end` once after the last one."""
        threading.Thread(target=self._read, name=f"read {self._handle.name}", daemon=True).start()
        self._painter = threading.Thread(
            target=self._paint, args=(paint, end), name=f"paint {self._handle.name}", daemon=True
        )
        self._painter.start()

    def join(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` until `end` was called, and return whether it was."""
        assert self._painter is not None
        self._painter.join(timeout_s)
        return not self._painter.is_alive()

    def _read(self) -> None:
        try:
            for item in self._handle.stream():
                self.view_state.add(item)
                self._changed.set()
        except JupyterMLError as error:
            self.view_state.error = str(error)
        finally:
            self._note()
            self._ended.set()
            self._changed.set()

    def _paint(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        while not self._ended.wait(PAUSE_S):
            self._changed.wait(TICK_S)
            self._changed.clear()
            if not self._ended.is_set():
                self._note()
                paint()
        end()

    def _note(self) -> None:
        if self.view_state.note or self.view_state.job.state is JobState.QUEUED:
            with suppress(JupyterMLError):  # then the last one is shown
                self.view_state.note = self._handle.note


class TableFollower:
    """Follow a table of jobs while one of them is active."""

    def __init__(self, table: JobTable) -> None:
        self._table = table
        self._thread: threading.Thread | None = None

    def start(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        """Call `paint` after changes, and `end` once after the last one."""
        self._thread = threading.Thread(target=self._follow, args=(paint, end), name="paint jobs", daemon=True)
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` until `end` was called, and return whether it was."""
        assert self._thread is not None
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _follow(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        timer = threading.Event()
        while self._table.active:
            timer.wait(TICK_S)
            try:
                self._table.refresh()
            except JupyterMLError:  # keep the last rows
                break
            paint()
        end()
