# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes: where jobs run."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import Field, JsonValue, StringConstraints, model_validator

from jupyter_ml.schemas import names
from jupyter_ml.schemas.base import Name, Schema, Time
from jupyter_ml.schemas.compute_states import ComputeRequest, ComputeState
from jupyter_ml.schemas.instances import INSTANCE_KEY_HINTS, InstanceSettings, from_azure
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.resources import EditableResource, ListQuery, ResourceCreate
from jupyter_ml.schemas.text import Description
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    import builtins
    from pathlib import Path
    from typing import Self

    from pydantic import ModelWrapValidatorHandler

__all__ = [
    "COMPUTE",
    "FAILURE_EVENT",
    "INSTANCE",
    "LOCAL",
    "STATE_EVENT",
    "ComputeCreate",
    "ComputeInfo",
    "ComputeLog",
    "ComputeQuery",
    "ComputeRecord",
    "ComputeUpdate",
    "InstanceCreate",
]

LOCAL = "local"
"""The compute that every workspace has: this machine."""
INSTANCE = "instance"
STATE_EVENT, FAILURE_EVENT = "state_changed", "request_failed"

Slots = Annotated[int, Field(ge=1, le=10_000)]
Price = Annotated[float, Field(ge=0, le=1_000_000)]
Settings = dict[Annotated[str, StringConstraints(max_length=100)], JsonValue]


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
    """Why it has failed, or has been stopped."""
    changed_at: Time | None = None
    """Since when it has been in the state in which it was seen last."""
    request: ComputeRequest | None = None
    """What is requested of it and has not been done yet."""

    @property
    def is_changing(self) -> bool:
        """Whether a request is being carried out that may succeed."""
        return self.request is not None and self.state is not ComputeState.FAILED


class ComputeCreate(ResourceCreate):
    """A compute to create, of a type that an installed package registers."""

    name: Name
    """Name of the compute."""
    type: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """Type of the compute."""
    slots: Slots | None = Field(default=None, title="Jobs at the same time")
    """How many jobs it runs at the same time; by default as many as the local compute."""
    price_per_hour: Price | None = Field(default=None, title="Price per hour")
    """What an hour of a job costs, in any currency."""

    @classmethod
    def variant(cls, data: Any) -> builtins.type[Schema]:
        """Return the model of the type that `data` has."""
        if cls is not ComputeCreate:
            return cls
        kind = data.get("type") if isinstance(data, dict) else getattr(data, "type", None)
        return InstanceCreate if kind in AZURE_INSTANCES else OtherCompute

    @classmethod
    def variants(cls) -> list[builtins.type[Schema]]:
        """Return the models of all types."""
        return [InstanceCreate, OtherCompute] if cls is ComputeCreate else [cls]

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_type(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if cls is not ComputeCreate or isinstance(data, cls) or not isinstance(data, dict):
            return handler(data)
        if (hint := AZURE_TYPES.get(str(data.get("type")).lower())) is not None:
            raise misplaced(f"{data['type']!r} is not supported yet: {hint}", ("type",))
        return cast("Self", cls.variant(data).model_validate(data))

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Return the union of all types."""
        if cls is not ComputeCreate:
            schema: dict[str, Any] = handler(core_schema)
            return schema
        return {"anyOf": [handler(model.__pydantic_core_schema__) for model in cls.variants()]}

    @abstractmethod
    def type_settings(self) -> dict[str, JsonValue]:
        """Return the settings that only its type has."""


class InstanceCreate(InstanceSettings, ComputeCreate):
    """A container of this machine."""

    key_hints = INSTANCE_KEY_HINTS

    type: Literal["instance"]

    @model_validator(mode="before")
    @classmethod
    def _from_azure(cls, data: Any) -> Any:
        return from_azure(data) if isinstance(data, dict) else data

    def type_settings(self) -> dict[str, JsonValue]:
        """Return the settings of the container."""
        return self.model_dump(mode="json", include={*InstanceSettings.model_fields})

    def below(self, directory: Path) -> Self:
        """Return the spec with the sources of mounts relative to `directory`."""
        return self.placed(lambda source: str(directory / source))


class OtherCompute(ComputeCreate):
    """A compute of a type that an installed package adds, or of type ``local``."""

    settings: Settings = Field(default={}, max_length=200)
    """Settings of its type."""

    def type_settings(self) -> dict[str, JsonValue]:
        """Return the settings as they are given."""
        return self.settings


AZURE_INSTANCES = (INSTANCE, "computeinstance")
"""What the type of an instance is called: here, and by Azure ML."""
AZURE_TYPES = {
    "amlcompute": "write type: instance for a container of this machine",
    "virtualmachine": "run a Jupyter server there instead",
    "kubernetes": "write type: instance for a container of this machine",
    "synapsespark": "Spark is not supported",
}
"""Types of computes that only Azure ML has."""


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
        **{key: f"write settings.{key} instead" for key in InstanceSettings.model_fields},
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
        Column("type"),
        Column("state"),
        Column("slots", lambda item: "" if item.slots is None else str(item.slots), "right"),
        Column("description"),
    ),
    extra_event_types=(STATE_EVENT, FAILURE_EVENT),
)
