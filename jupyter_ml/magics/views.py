"""The widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.magics.markup import STYLE, job_facts, job_html, job_log, table_html
from jupyter_ml.schemas.jobs import JobType
from jupyter_ml.schemas.states import FINAL, JobState

if TYPE_CHECKING:
    from jupyter_ml.magics.story import Story
    from jupyter_ml.services.handles import JobHandle
    from jupyter_ml.services.tables import JobTable

__all__ = ["JobView", "TableView"]


class JobView:
    """State, cells, metrics, cause and the end of the log of one job, and a button that ends it."""

    def __init__(self, handle: JobHandle, story: Story) -> None:
        self._handle, self._story = handle, story

    def widget(self) -> str:
        """Make the widgets; return the id of the outermost one's model."""
        self._facts = ipywidgets.HTML(layout={"flex": "1 1 auto"})
        self._log = ipywidgets.HTML()
        self._button = ipywidgets.Button(
            description="Cancel",
            icon="stop",
            tooltip=f"End job {self._handle.name}",
            layout={"width": "auto", "flex": "0 0 auto"},
        )
        self._button.on_click(self._cancel)
        self.update()
        top = ipywidgets.HBox([self._facts, self._button], layout={"max_width": "960px"})
        return str(ipywidgets.VBox([ipywidgets.HTML(STYLE), top, self._log]).model_id)

    def update(self) -> None:
        """Bring the widgets up to date."""
        job = self._story.job
        self._facts.value = job_facts(self._story)
        self._log.value = job_log(self._story)
        over = job.state in FINAL or job.type is JobType.MLFLOW_RUN or job.external
        self._button.layout.display = "none" if over else ""
        self._button.disabled = job.state is JobState.CANCEL_REQUESTED or job.cancel_requested_at is not None

    def html(self) -> str:
        """Return what stays at the end."""
        return job_html(self._story)

    def text(self) -> str:
        """Return the same as text."""
        return repr(self._handle)

    def _cancel(self, _button: Any) -> None:
        try:
            self._handle.cancel()
        except JupyterMLError as error:
            self._story.trouble = str(error)
        self.update()


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
