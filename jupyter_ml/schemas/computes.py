# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes: where jobs run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from jupyter_ml.schemas import names
from jupyter_ml.schemas.base import Name, Schema, Time
from jupyter_ml.schemas.compute_states import ComputeRequest, ComputeState
from jupyter_ml.schemas.compute_types import SETTING_KEYS, ComputeCreate, Price, Settings, Slots
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.resources import EditableResource, ListQuery
from jupyter_ml.schemas.text import Description

__all__ = [
    "COMPUTE",
    "FAILURE_EVENT",
    "LOCAL",
    "STATE_EVENT",
    "ComputeCreate",
    "ComputeInfo",
    "ComputeLog",
    "ComputeQuery",
    "ComputeRecord",
    "ComputeUpdate",
]

LOCAL = "local"
"""The compute that every workspace has: this machine."""
STATE_EVENT, FAILURE_EVENT = "state_changed", "request_failed"


class ComputeInfo(EditableResource):
    """A compute: where jobs run."""

    type: str
    """Name of the type, as an installed package registers it, e.g. ``local``."""
    slots: int | None = None
    """How many jobs it runs at the same time; None for as many as ``local.max_concurrent`` in ``workspace.yml``."""
    price_per_hour: float | None = None
    """What an hour of a job costs, in any currency."""
    settings: dict[str, JsonValue] = {}
    """Settings of its type."""
    state: ComputeState = ComputeState.RUNNING
    """What is requested of it, as long as that is being done; else what it was seen in last."""
    message: str | None = None
    """Why it has failed, or has been started or stopped by itself."""
    changed_at: Time | None = None
    """Since when it has been in the state in which it was seen last."""
    request: ComputeRequest | None = None
    """What is requested of it and has not been done yet."""
    schedules_from: Time | None = None
    """Since when its schedules count: when something was requested of it last, or they were changed."""

    @property
    def is_changing(self) -> bool:
        """Whether a request is being carried out that may succeed."""
        return self.request is not None and self.state is not ComputeState.FAILED


class ComputeRecord(Schema):
    """What is stored of a compute that clients create."""

    name: Name
    description: Description | None = None
    type: str
    slots: Slots | None = None
    price_per_hour: Price | None = None
    settings: dict[str, JsonValue]


class ComputeUpdate(Schema):
    """What to change of a compute."""

    key_hints = {
        **{key: f"write settings.{key} instead" for key in SETTING_KEYS},
        "type": "does not change: create another compute",
        "name": "does not change: create another compute",
    }

    description: Description | None = None
    slots: Slots | None = None
    """How many jobs it runs at the same time."""
    price_per_hour: Price | None = None
    """What an hour of a job costs."""
    settings: Settings = Field(default={}, max_length=200)
    """Settings to change; they are used when it is started the next time."""


class ComputeQuery(ListQuery):
    """Which computes to list."""

    sort: Literal["name", "created_at"] = "name"
    descending: bool = False


class ComputeLog(Schema):
    """The end of the log of a compute."""

    lines: list[str]
    """At most 1,000."""


COMPUTE: Kind[ComputeInfo, ComputeQuery] = Kind(
    name=names.COMPUTE,
    model=ComputeInfo,
    query=ComputeQuery,
    spec=ComputeCreate,
    changes=ComputeUpdate,
    columns=(
        Column("name"),
        Column("state"),  # the first one is the status of a row in the sidebar
        Column("type"),
        Column("slots", lambda item: "" if item.slots is None else str(item.slots), "right"),
        Column("description"),
    ),
    extra_event_types=(STATE_EVENT, FAILURE_EVENT),
)
