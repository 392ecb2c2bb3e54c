# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Following something in the background for as long as there is something to follow."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.magics.story import Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.services.jobs.handles import JobHandle
    from jupyter_ml.services.jobs.tables import JobTable

__all__ = ["Follower", "JobFollower", "TableFollower"]

PAUSE_S = 0.2
"""The least time between two looks of a view."""
TICK_S = 1.0
"""The longest, because durations grow."""


class Follower(Protocol):
    """Something that changes for a while."""

    def start(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        """Call `paint` after changes, and `end` once after the last one, from a thread."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; tell whether it has come."""


class JobFollower:
    """Follows one job: a thread reads its stream, another paints what it read, at most five times a second.

    Attributes
    ----------
    story : Story
        What has happened so far.
    """

    def __init__(self, handle: JobHandle) -> None:
        self.story = Story(handle.job)
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
        """Wait until `end` was called; tell whether it was."""
        assert self._painter is not None
        self._painter.join(timeout_s)
        return not self._painter.is_alive()

    def _read(self) -> None:
        try:
            for item in self._handle.stream():
                self.story.add(item)
                self._changed.set()
        except JupyterMLError as error:
            self.story.trouble = str(error)
        finally:
            self._ended.set()
            self._changed.set()

    def _paint(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        while not self._ended.wait(PAUSE_S):
            self._changed.wait(TICK_S)
            self._changed.clear()
            if not self._ended.is_set():
                paint()
        end()


class TableFollower:
    """Follows a table of jobs for as long as one of them runs."""

    def __init__(self, table: JobTable) -> None:
        self._table = table
        self._thread: threading.Thread | None = None

    def start(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        """Call `paint` after changes, and `end` once after the last one."""
        self._thread = threading.Thread(target=self._follow, args=(paint, end), name="paint jobs", daemon=True)
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait until `end` was called; tell whether it was."""
        assert self._thread is not None
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _follow(self, paint: Callable[[], None], end: Callable[[], None]) -> None:
        pause = threading.Event()
        while self._table.active:
            pause.wait(TICK_S)
            try:
                self._table.refresh()
            except JupyterMLError:  # what is shown stays
                break
            paint()
        end()
