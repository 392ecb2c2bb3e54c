# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Display jobs and tables in a notebook: as widgets while they change, and as HTML afterwards.

A widget exists as long as its kernel. So that a notebook shows its jobs when it is opened again, the output with the
widget is replaced by HTML when the job has ended.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.magics.follower import Follower, JobFollower, TableFollower
from jupyter_ml.magics.markup import table_html
from jupyter_ml.schemas.escaping import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ml.services.jobs.handles import JobHandle
    from jupyter_ml.services.jobs.tables import JobTable
    from jupyter_ml.services.tables import Table

__all__ = ["Live", "View", "register_displays", "unregister_displays"]

WIDGET = "application/vnd.jupyter.widget-view+json"
END_WAIT_S = 1.0
"""Time limit for reading the event log of an ended job before it is displayed."""


class View(Protocol):
    """A view of something that changes."""

    def widget(self) -> str:
        """Create the widgets and return the model id of the outermost one."""

    def update(self) -> None:
        """Update the widgets."""

    def html(self) -> str:
        """Return the final state as HTML."""

    def text(self) -> str:
        """Return the state as plain text."""


class Live:
    """One output of a notebook, which is updated while its view changes."""

    def __init__(self, shell: InteractiveShell, follower: Follower, view: View) -> None:
        self._shell, self._follower, self._view = shell, follower, view
        self._id = uuid4().hex
        self._lock = threading.Lock()
        self._live = self._ended = False

    def show(self, *, wait_s: float = 0.0) -> None:
        """Display the view, after waiting at most `wait_s` for its end."""
        self._follower.start(self._paint, self._end)
        if wait_s:
            self._follower.join(wait_s)
        with self._lock:
            self._live = not self._ended
            self._publish()

    def _paint(self) -> None:
        with self._lock:
            if self._live:
                self._view.update()

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            if self._live:
                self._view.update()  # for other pages that display the same widget
                self._publish(update=True)

    def _publish(self, *, update: bool = False) -> None:
        if self._ended:
            data: dict[str, Any] = {"text/html": self._view.html()}
        else:
            data = {WIDGET: {"version_major": 2, "version_minor": 0, "model_id": self._view.widget()}}
        data["text/plain"] = self._view.text()
        self._shell.display_pub.publish(data, transient={"display_id": self._id}, update=update)


def _show_job(shell: InteractiveShell, handle: JobHandle) -> None:
    from jupyter_ml.magics.views import JobView

    try:
        ended = handle.ended
    except JupyterMLError as error:  # deleted: show its last known state
        shell.display_pub.publish({"text/plain": f"{handle!r} · {visible(str(error))}"})
        return
    follower = JobFollower(handle)
    Live(shell, follower, JobView(handle, follower.view_state)).show(wait_s=END_WAIT_S if ended else 0.0)


def _show_jobs(shell: InteractiveShell, table: JobTable) -> None:
    from jupyter_ml.magics.views import TableView

    Live(shell, TableFollower(table), TableView(table)).show(wait_s=0.0 if table.active else END_WAIT_S)


def _show_table(shell: InteractiveShell, table: Table[Any]) -> None:
    shell.display_pub.publish({"text/html": table_html(table), "text/plain": repr(table)})


_DISPLAYS: dict[tuple[str, str], Callable[[InteractiveShell, Any], None]] = {
    ("jupyter_ml.services.jobs.handles", "JobHandle"): _show_job,
    ("jupyter_ml.services.jobs.tables", "JobTable"): _show_jobs,
    ("jupyter_ml.services.resources", "ResourceTable"): _show_table,
    ("jupyter_ml.services.jobs.file_table", "FileTable"): _show_table,
}
"""By module and class name, so that the modules are loaded on first use only."""


def register_displays(shell: InteractiveShell) -> None:
    """Register the displays of jobs and tables in a kernel; a terminal shows plain text."""
    if hasattr(shell, "kernel") and shell.display_formatter is not None:
        for (module, name), show in _DISPLAYS.items():
            shell.display_formatter.ipython_display_formatter.for_type_by_name(module, name, partial(show, shell))


def unregister_displays(shell: InteractiveShell) -> None:
    """Remove what `register_displays` registered."""
    if hasattr(shell, "kernel") and shell.display_formatter is not None:
        for module, name in _DISPLAYS:
            shell.display_formatter.ipython_display_formatter.pop(f"{module}.{name}", None)
