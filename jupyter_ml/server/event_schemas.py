# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The models of the events that are emitted on Jupyter's event stream.

Jupyter Server validates an event against ``events/NAME/v1.yaml``, which has the fields of the model of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.changes import JobChanged, JobProgressed
from jupyter_ml.schemas.registry import KINDS
from jupyter_ml.schemas.resources import ResourceEvent

if TYPE_CHECKING:
    from jupyter_ml.schemas.base import Schema

__all__ = ["MODELS", "schema_id"]

MODELS: dict[str, type[Schema]] = {
    **dict.fromkeys(KINDS, ResourceEvent),
    "job": JobChanged,
    "job_progress": JobProgressed,
}
"""Model of each event by the name of its schema."""

_NAMES = {model: name for name, model in MODELS.items()}


def schema_id(event: Schema) -> str:
    """Return the id of the schema of an event."""
    name = event.kind if isinstance(event, ResourceEvent) else _NAMES[type(event)]
    return f"https://events.jupyter.org/jupyter_ml/{name}/v1"
