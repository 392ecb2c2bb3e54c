# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.magics.markup import STYLE, job_facts, job_html, job_log, table_html
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.formatting import duration, elapsed_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.magics.story import Story
    from jupyter_ml.services.jobs.handles import JobHandle
    from jupyter_ml.services.jobs.tables import JobTable

__all__ = ["JobView", "TableView"]

LONG_S = 60
"""What has run for longer is not ended by one click."""


class JobView:
    """State, cells, metrics, cause and the end of the log of one job, and a button that ends it."""

    def __init__(self, handle: JobHandle, story: Story) -> None:
        self._handle, self._story = handle, story
        self._asks = False

    def widget(self) -> str:
        """Make the widgets; return the id of the outermost one's model."""
        self._facts = ipywidgets.HTML(layout={"flex": "1 1 auto"})
        self._log = ipywidgets.HTML()
        # the answer that ends it stands beside the first button, where a double click does not hit it
        self._sure = _button(self._cancel)
        self._button = _button(self._ask)
        self._button.tooltip = self._sure.tooltip = f"End job {self._handle.name}"
        self.update()
        top = ipywidgets.HBox([self._facts, self._sure, self._button], layout={"max_width": "960px"})
        return str(ipywidgets.VBox([ipywidgets.HTML(STYLE), top, self._log]).model_id)

    def update(self) -> None:
        """Bring the widgets up to date."""
        job = self._story.job
        self._facts.value = job_facts(self._story)
        self._log.value = job_log(self._story)
        over = job.state in FINAL or not job.supervised
        self._button.layout.display = "none" if over else ""
        self._button.disabled = job.state is JobState.CANCEL_REQUESTED or job.cancel_requested_at is not None
        self._button.description = "Keep running" if self._asks else "Cancel"
        self._button.icon = "" if self._asks else "stop"
        self._sure.layout.display = "none" if over or not self._asks else ""
        self._sure.description = f"Cancel after {duration(elapsed_s(job))}" if self._asks else ""

    def html(self) -> str:
        """Return what stays at the end."""
        return job_html(self._story)

    def text(self) -> str:
        """Return the same as text."""
        return repr(self._handle)

    def _ask(self, button: ipywidgets.Button) -> None:
        """Cancel what has begun just now; ask about what has run for long, and take a second click as a no."""
        if not self._asks and (elapsed_s(self._story.job) or 0) <= LONG_S:
            self._cancel(button)
        else:
            self._asks = not self._asks
            self.update()

    def _cancel(self, _button: ipywidgets.Button) -> None:
        self._asks = False
        try:
            self._handle.cancel()
        except JupyterMLError as error:
            self._story.trouble = str(error)
        self.update()


def _button(on_click: Callable[[ipywidgets.Button], None]) -> ipywidgets.Button:
    button = ipywidgets.Button(icon="stop", layout={"width": "auto", "flex": "0 0 auto"})
    button.on_click(on_click)
    return button


class TableView:
    """A list of jobs."""

    def __init__(self, table: JobTable) -> None:
        self._table = table

    def widget(self) -> str:
        """Make the widget; return its model's id."""
        self._widget = ipywidgets.HTML(self.html())
        return str(self._widget.model_id)

    def update(self) -> None:
        """Bring the widget up to date."""
        self._widget.value = self.html()

    def html(self) -> str:
        """Return what stays at the end."""
        return table_html(self._table)

    def text(self) -> str:
        """Return the same as text."""
        return repr(self._table)
