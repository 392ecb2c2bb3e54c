# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a job has told and made so far: its event log, notebook, curves and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.handler import Handler, operation
from jupyter_ml.server.responses import FileResponse, StreamingJSONResponse

if TYPE_CHECKING:
    from jupyter_ml.schemas.duration_estimate import DurationEstimate
    from jupyter_ml.schemas.files import EventLogPart, JobFiles, TextHits, TextPart
    from jupyter_ml.schemas.queries import EventLogQuery, MetricsQuery, NotebookQuery, TextQuery, TextSearch, UsageQuery
    from jupyter_ml.schemas.series import MetricHistory, UsageHistory

__all__ = [
    "DurationEstimateHandler",
    "EventLogHandler",
    "FileHandler",
    "FilesHandler",
    "MetricsHandler",
    "NotebookHandler",
    "TextHandler",
    "TextSearchHandler",
    "UsageHandler",
]

RESOURCE = "jupyter_ml:jobs"


class DurationEstimateHandler(Handler):
    """How long a job will take."""

    auth_resource = RESOURCE

    @operation("getDurationEstimate")
    def get(self, name: str) -> DurationEstimate:
        """Return what the last completed job with the same notebook took, cell by cell."""
        return self.workspace.jobs.expected(name)


class EventLogHandler(Handler):
    """The events of an attempt."""

    auth_resource = RESOURCE

    @operation("getEventLog", large=True)
    def get(self, name: str, query: EventLogQuery) -> EventLogPart:
        """Return events of an attempt, from an offset on."""
        return self.workspace.event_logs.read(name, query)


class TextHandler(Handler):
    """What an attempt has printed."""

    auth_resource = RESOURCE

    @operation("getText", large=True)
    def get(self, name: str, query: TextQuery) -> TextPart:
        """Return a piece of printed text that is too long to come with its event."""
        return self.workspace.event_logs.text(name, query)


class TextSearchHandler(Handler):
    """A search in what an attempt has printed."""

    auth_resource = RESOURCE

    @operation("searchText", large=True)
    def get(self, name: str, query: TextSearch) -> TextHits:
        """Return the printed lines that contain a text, however much was printed."""
        return self.workspace.event_logs.search(name, query)


class NotebookHandler(Handler):
    """The executed notebook of a job."""

    auth_resource = RESOURCE

    @operation("getNotebook", large=True)
    def get(self, name: str, query: NotebookQuery) -> StreamingJSONResponse:
        """Return the notebook with what has run so far; as it was submitted, as long as nothing has."""
        return StreamingJSONResponse(self.workspace.jobs.notebook_chunks(name, outputs=query.outputs))


class MetricsHandler(Handler):
    """The metrics of a job."""

    auth_resource = RESOURCE

    @operation("getMetrics", large=True)
    def get(self, name: str, query: MetricsQuery) -> MetricHistory:
        """Return the courses of a job's metrics, thinned out to what can be seen."""
        return self.workspace.metrics.history(name, query)


class UsageHandler(Handler):
    """What the processes of a job use."""

    auth_resource = RESOURCE

    @operation("getUsage", large=True)
    def get(self, name: str, query: UsageQuery) -> UsageHistory:
        """Return CPU and memory of an attempt over time."""
        return self.workspace.metrics.usage(name, query)


class FilesHandler(Handler):
    """The files of a job."""

    auth_resource = RESOURCE

    @operation("listFiles")
    def get(self, name: str) -> JobFiles:
        """Return the files of a job's current or last attempt."""
        return self.workspace.files.list(name)


class FileHandler(Handler):
    """One file of a job."""

    auth_resource = RESOURCE

    @operation("downloadFile")
    def get(self, name: str, path: str) -> FileResponse:
        """Return the content of a file, or a range of it; with an ETag and the time of its last change."""
        return FileResponse(self.workspace.files.open(name, path), path.rpartition("/")[2])

    @operation("describeFile")
    def head(self, name: str, path: str) -> FileResponse:
        """Return the headers of a file: its size, type, ETag and the time of its last change."""
        return FileResponse(self.workspace.files.open(name, path), path.rpartition("/")[2])
