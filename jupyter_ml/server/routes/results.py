# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of what belongs to one job: place in the queue, event log, notebook, metrics, resource usage and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler
from jupyter_ml.server.mlflow_ui import MLFLOW_UI
from jupyter_ml.server.responses import ArchiveResponse, FileResponse, StreamingJSONResponse

if TYPE_CHECKING:
    from jupyter_ml.schemas.duration_estimate import DurationEstimate
    from jupyter_ml.schemas.files import EventLogPart, JobFiles, TextHits, TextPart
    from jupyter_ml.schemas.job_services import JobServiceInfo
    from jupyter_ml.schemas.queries import (
        ArchiveQuery,
        EventLogQuery,
        FileQuery,
        MetricsQuery,
        NotebookQuery,
        TextQuery,
        TextSearch,
        UsageQuery,
    )
    from jupyter_ml.schemas.queue import QueuePosition
    from jupyter_ml.schemas.run_details import LoggedModels, RunDetails
    from jupyter_ml.schemas.series import MetricHistory, UsageHistory

__all__ = [
    "ArchiveHandler",
    "DurationEstimateHandler",
    "EventLogHandler",
    "FileHandler",
    "FilesHandler",
    "JobServicesHandler",
    "LoggedModelsHandler",
    "MetricsHandler",
    "NotebookHandler",
    "QueuePositionHandler",
    "RunHandler",
    "TextHandler",
    "TextSearchHandler",
    "UsageHandler",
]

RESOURCE = "jupyter_ml:jobs"


class DurationEstimateHandler(Handler):
    """Duration estimate of a job."""

    auth_resource = RESOURCE

    @operation("getDurationEstimate")
    def get(self, name: str) -> DurationEstimate:
        """Return the durations of the latest similar job, cell by cell."""
        return self.workspace.jobs.duration_estimate(name)


class JobServicesHandler(Handler):
    """Services of a job."""

    auth_resource = RESOURCE

    @operation("listJobServices")
    def get(self, name: str) -> list[JobServiceInfo]:
        """Return the services of a job, with their status and where they are opened."""
        return self.workspace.jobs.services(name)


class QueuePositionHandler(Handler):
    """Position of a job in the queue."""

    auth_resource = RESOURCE

    @operation("getQueuePosition")
    def get(self, name: str) -> QueuePosition:
        """Return where a job is in the queue of its compute, what it waits for, and when it is expected to start."""
        return self.workspace.jobs.queue_position(name)


class EventLogHandler(Handler):
    """Event log of an attempt."""

    auth_resource = RESOURCE

    @operation("getEventLog", large=True)
    def get(self, name: str, query: EventLogQuery) -> EventLogPart:
        """Return the events of an attempt from an offset."""
        return self.workspace.event_logs.read(name, query)


class TextHandler(Handler):
    """Text output of an attempt."""

    auth_resource = RESOURCE

    @operation("getText", large=True)
    def get(self, name: str, query: TextQuery) -> TextPart:
        """Return a part of a text output that is too long for its event."""
        return self.workspace.event_logs.text(name, query)


class TextSearchHandler(Handler):
    """Search in the text output of an attempt."""

    auth_resource = RESOURCE

    @operation("searchText", large=True)
    def get(self, name: str, query: TextSearch) -> TextHits:
        """Return the lines of the text output that contain a text."""
        return self.workspace.event_logs.search(name, query)


class NotebookHandler(Handler):
    """Executed notebook of a job."""

    auth_resource = RESOURCE

    @operation("getNotebook", large=True)
    def get(self, name: str, query: NotebookQuery) -> StreamingJSONResponse:
        """Return the notebook with its outputs so far; the submitted notebook before the start."""
        return StreamingJSONResponse(self.workspace.jobs.notebook_chunks(name, outputs=query.outputs))


class MetricsHandler(Handler):
    """Metrics of a job."""

    auth_resource = RESOURCE

    @operation("getMetrics", large=True)
    def get(self, name: str, query: MetricsQuery) -> MetricHistory:
        """Return the series of a job's metrics, downsampled for display."""
        return self.workspace.metrics.history(name, query)


class UsageHandler(Handler):
    """Resource usage of a job."""

    auth_resource = RESOURCE

    @operation("getUsage", large=True)
    def get(self, name: str, query: UsageQuery) -> UsageHistory:
        """Return the CPU and memory usage of an attempt over time."""
        return self.workspace.metrics.usage(name, query)


class FilesHandler(Handler):
    """Files of a job."""

    auth_resource = RESOURCE

    @operation("listFiles", large=True)
    def get(self, name: str, query: FileQuery) -> JobFiles:
        """Return a page of a job's files, of its artifacts and of the models that it logged."""
        return self.workspace.files.list(name, query)


class ArchiveHandler(Handler):
    """Files of a job as one."""

    auth_resource = RESOURCE

    @operation("downloadFiles", large=True)
    def get(self, name: str, query: ArchiveQuery) -> ArchiveResponse:
        """Return a directory of a job, or all its files, as a ZIP archive."""
        chunks = self.workspace.files.archive(name, query.path)
        stem = "-".join([name, *query.path.strip("/").split("/")[-1:]]).rstrip("-")
        return ArchiveResponse(chunks, f"{stem}.zip")


class RunHandler(Handler):
    """MLflow run of a job."""

    auth_resource = RESOURCE

    @operation("getRun")
    def get(self, name: str) -> RunDetails:
        """Return parameters, tags and datasets of a job's MLflow run."""
        details = self.workspace.runs.details(name)
        if not self.workspace.tracking_ui.installed():
            return details
        path = f"{MLFLOW_UI}/#/experiments/{details.experiment_id}/runs/{details.run_id}"
        return details.model_copy(update={"ui_path": path})


class LoggedModelsHandler(Handler):
    """Models of a job."""

    auth_resource = RESOURCE

    @operation("listLoggedModels", large=True)
    def get(self, name: str) -> LoggedModels:
        """Return the models that a job has logged with MLflow."""
        return self.workspace.runs.models(name)


class FileHandler(Handler):
    """One file of a job."""

    auth_resource = RESOURCE

    @operation("downloadFile")
    def get(self, name: str, path: str) -> FileResponse:
        """Return a file or a range of it, with ETag and Last-Modified."""
        return FileResponse(self.workspace.files.open(name, path), path.rpartition("/")[2])

    @operation("describeFile")
    def head(self, name: str, path: str) -> FileResponse:
        """Return the headers of a file: size, type, ETag and Last-Modified."""
        return FileResponse(self.workspace.files.open(name, path), path.rpartition("/")[2])
