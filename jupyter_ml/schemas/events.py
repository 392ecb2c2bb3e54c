# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Events: what happened in a workspace, in order, for whoever wants to know."""

from __future__ import annotations

from pydantic import JsonValue

from jupyter_ml.schemas.base import Schema, Time

__all__ = ["Event"]


class Event(Schema):
    """One change of one thing."""

    sequence: int
    """Grows with every event of the workspace: ask for what came after the last one you saw."""
    time: Time
    type: str
    """As ``job_state_changed``."""
    kind: str
    """Kind of the resource, e.g. ``job``."""
    name: str
    data: dict[str, JsonValue] = {}
