# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What verbs take and give, as their signatures say.

Handlers name shapes in annotations only. They are looked up here at the first request: importing pydantic and all
shapes would make every start of the server a tenth of a second longer.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.duration_estimate import DurationEstimate
from jupyter_ml.schemas.experiments import Experiment
from jupyter_ml.schemas.files import EventLogPart, JobFiles, TextHits, TextPart
from jupyter_ml.schemas.forms import Form, FormQuery
from jupyter_ml.schemas.jobs import Attempt, Job
from jupyter_ml.schemas.queries import (
    EventLogQuery,
    ExperimentQuery,
    JobQuery,
    MetricsQuery,
    NotebookQuery,
    Page,
    TextQuery,
    TextSearch,
    UsageQuery,
)
from jupyter_ml.schemas.series import MetricHistory, UsageHistory
from jupyter_ml.schemas.specs import JobSubmission
from jupyter_ml.schemas.workspace import WorkspaceInfo
from jupyter_ml.server.responses import FileResponse, StreamingJSONResponse

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Error", "ErrorDetail", "OperationSignature", "signature_of"]

NAMES = {
    kind.__name__: kind
    for kind in (
        *(
            Attempt,
            FileResponse,
            StreamingJSONResponse,
            DurationEstimate,
            Experiment,
            ExperimentQuery,
            Form,
            FormQuery,
            Job,
            JobFiles,
            JobQuery,
        ),
        *(
            JobSubmission,
            MetricHistory,
            MetricsQuery,
            NotebookQuery,
            Page,
            EventLogPart,
            EventLogQuery,
            TextHits,
            TextPart,
            TextQuery,
            TextSearch,
            UsageHistory,
            UsageQuery,
        ),
        WorkspaceInfo,
    )
}
"""What may stand in a verb's signature."""


class ErrorDetail(Schema):
    """What went wrong."""

    code: str
    """One word for a program."""
    message: str
    """For a person: what is wrong, where, and what to do."""
    field: str | None = None
    """Dotted path of the field that is wrong, as ``parameters.alpha``."""


class Error(Schema):
    """The body of every answer that is an error."""

    error: ErrorDetail


class OperationSignature(NamedTuple):
    """What one verb takes and gives."""

    query: type[Schema] | None
    body: type[Schema] | None
    answer: Any
    """None for an answer without a body, `FileResponse` for a file, `StreamingJSONResponse` for JSON of any size."""


@cache
def signature_of(method: Callable[..., Any]) -> OperationSignature:
    """Return what the verb takes and gives that `method` is."""
    hints = get_type_hints(method, globalns={**NAMES, "Any": Any})
    answer = hints["return"]
    return OperationSignature(hints.get("query"), hints.get("body"), None if answer is type(None) else answer)
