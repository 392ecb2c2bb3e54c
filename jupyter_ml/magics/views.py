# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Widgets that show jobs and tables of jobs while they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.magics.markup import STYLE, job_details, job_html, job_log, table_html
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.formatting import duration, elapsed_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.magics.view_state import JobViewState
    from jupyter_ml.services.jobs.handles import JobHandle
    from jupyter_ml.services.jobs.tables import JobTable

__all__ = ["JobView", "TableView"]

LONG_S = 60
"""Running time after which canceling has to be confirmed."""


class JobView:
    """View of one job: state, cells, metrics, cause, the end of its log, and a cancel button."""

    def __init__(self, handle: JobHandle, view_state: JobViewState) -> None:
        self._handle, self._state = handle, view_state
        self._confirming = False

    def widget(self) -> str:
        """Create the widgets and return the model id of the outermost one."""
        self._details = ipywidgets.HTML(layout={"flex": "1 1 auto"})
        self._log = ipywidgets.HTML()
        # the button that confirms is beside the cancel button, where a double click does not hit it
        self._confirm = _button(self._cancel)
        self._button = _button(self._request_cancel)
        self._button.tooltip = self._confirm.tooltip = f"Cancel job {self._handle.name}"
        self.update()
        top = ipywidgets.HBox([self._details, self._confirm, self._button], layout={"max_width": "960px"})
        return str(ipywidgets.VBox([ipywidgets.HTML(STYLE), top, self._log]).model_id)

    def update(self) -> None:
        """Update the widgets."""
        job = self._state.job
        self._details.value = job_details(self._state)
        self._log.value = job_log(self._state)
        ended = job.state in FINAL or not job.supervised
        self._button.layout.display = "none" if ended else ""
        self._button.disabled = job.state is JobState.CANCEL_REQUESTED or job.cancel_requested_at is not None
        self._button.description = "Keep running" if self._confirming else "Cancel"
        self._button.icon = "" if self._confirming else "stop"
        self._confirm.layout.display = "none" if ended or not self._confirming else ""
        self._confirm.description = f"Cancel after {duration(elapsed_s(job))}" if self._confirming else ""

    def html(self) -> str:
        """Return the final state as HTML."""
        return job_html(self._state)

    def text(self) -> str:
        """Return the state as plain text."""
        return repr(self._handle)

    def _request_cancel(self, button: ipywidgets.Button) -> None:
        """Cancel a job that has just started; toggle the confirmation for one that has run for long."""
        if not self._confirming and (elapsed_s(self._state.job) or 0) <= LONG_S:
            self._cancel(button)
        else:
            self._confirming = not self._confirming
            self.update()

    def _cancel(self, _button: ipywidgets.Button) -> None:
        self._confirming = False
        try:
            self._handle.cancel()
        except JupyterMLError as error:
            self._state.error = str(error)
        self.update()


def _button(on_click: Callable[[ipywidgets.Button], None]) -> ipywidgets.Button:
    button = ipywidgets.Button(icon="stop", layout={"width": "auto", "flex": "0 0 auto"})
    button.on_click(on_click)
    return button


class TableView:
    """View of a table of jobs."""

    def __init__(self, table: JobTable) -> None:
        self._table = table

    def widget(self) -> str:
        """Create the widget and return its model id."""
        self._widget = ipywidgets.HTML(self.html())
        return str(self._widget.model_id)

    def update(self) -> None:
        """Update the widget."""
        self._widget.value = self.html()

    def html(self) -> str:
        """Return the final state as HTML."""
        return table_html(self._table)

    def text(self) -> str:
        """Return the state as plain text."""
        return repr(self._table)
