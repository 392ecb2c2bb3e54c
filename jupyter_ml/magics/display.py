# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How jobs and lists show themselves in a notebook: live while they move, and as HTML that stays afterwards.

A widget lives as long as its kernel. So that a notebook shows something when it is opened next year, the widget's
output is replaced when there is nothing to follow any more.
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
PATIENCE_S = 1.0
"""How long to read about a job that has ended, to show all of it at once."""


class View(Protocol):
    """What is seen of something that changes."""

    def widget(self) -> str:
        """Make the widgets; return the id of the outermost one's model."""

    def update(self) -> None:
        """Bring the widgets up to date."""

    def html(self) -> str:
        """Return what stays at the end."""

    def text(self) -> str:
        """Return the same as text."""


class Live:
    """One output of a notebook."""

    def __init__(self, shell: InteractiveShell, follower: Follower, view: View) -> None:
        self._shell, self._follower, self._view = shell, follower, view
        self._id = uuid4().hex
        self._lock = threading.Lock()
        self._live = self._ended = False

    def show(self, *, patience_s: float = 0.0) -> None:
        """Show it, after waiting for an end that is near."""
        self._follower.start(self._paint, self._end)
        if patience_s:
            self._follower.join(patience_s)
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
                self._view.update()  # for another page that shows it too
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
    except JupyterMLError as error:  # it was deleted: tell what was known last
        shell.display_pub.publish({"text/plain": f"{handle!r} · {visible(str(error))}"})
        return
    follower = JobFollower(handle)
    Live(shell, follower, JobView(handle, follower.story)).show(patience_s=PATIENCE_S if ended else 0.0)


def _show_jobs(shell: InteractiveShell, table: JobTable) -> None:
    from jupyter_ml.magics.views import TableView

    Live(shell, TableFollower(table), TableView(table)).show(patience_s=0.0 if table.active else PATIENCE_S)


def _show_table(shell: InteractiveShell, table: Table[Any]) -> None:
    shell.display_pub.publish({"text/html": table_html(table), "text/plain": repr(table)})


_DISPLAYS: dict[tuple[str, str], Callable[[InteractiveShell, Any], None]] = {
    ("jupyter_ml.services.jobs.handles", "JobHandle"): _show_job,
    ("jupyter_ml.services.jobs.tables", "JobTable"): _show_jobs,
    ("jupyter_ml.services.experiments", "ExperimentTable"): _show_table,
}
"""By name, because a session that looks at no job need not load them."""


def register_displays(shell: InteractiveShell) -> None:
    """Let jobs and lists show themselves richly, where there is a notebook to do so; a terminal shows text."""
    if hasattr(shell, "kernel") and shell.display_formatter is not None:
        for (module, name), show in _DISPLAYS.items():
            shell.display_formatter.ipython_display_formatter.for_type_by_name(module, name, partial(show, shell))


def unregister_displays(shell: InteractiveShell) -> None:
    """Undo `register_displays`."""
    if hasattr(shell, "kernel") and shell.display_formatter is not None:
        for module, name in _DISPLAYS:
            shell.display_formatter.ipython_display_formatter.pop(f"{module}.{name}", None)
