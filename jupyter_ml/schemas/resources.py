# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Models that all kinds of resources share: the resource, its lifecycle, lists, pages and events."""

from __future__ import annotations

from enum import IntFlag
from functools import cached_property
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema, field_validator

from jupyter_ml.schemas.base import Number, Schema, Time
from jupyter_ml.schemas.filter_parsing import MAX_CHARS, parse_filter
from jupyter_ml.schemas.filters import ARCHIVED, FilterKey, Term, has
from jupyter_ml.schemas.text import Description, ResourceName

__all__ = [
    "Archived",
    "EditableResource",
    "Event",
    "LifecycleStage",
    "ListQuery",
    "Page",
    "Resource",
    "ResourceCreate",
    "ResourceEvent",
    "RevisionQuery",
]

T = TypeVar("T")

IS_ARCHIVED = FilterKey("is", "Archived ones", "is:archived", values=(ARCHIVED,))


class LifecycleStage(IntFlag):
    """Where a resource is in its life (MLflow's term); clients see ``archived`` and a pending delete."""

    ACTIVE = 0
    ARCHIVED = 1
    DELETING = 2
    """Its deletion was requested; the row is removed after its files. Until then it is listed where it was."""

    @classmethod
    def of(cls, *, archived: bool) -> tuple[LifecycleStage, LifecycleStage]:
        """Return the stages of all resources that are archived, or of all others."""
        stage = cls.ARCHIVED if archived else cls.ACTIVE
        return stage, stage | cls.DELETING


class Resource(Schema):
    """Something that a workspace has and that clients list by name."""

    name: str
    """Unique among the resources of its kind."""
    description: str | None = None
    created_at: Time
    archived: bool = False
    """Whether it is left out of lists."""

    @property
    def reference(self) -> str:
        """What clients name it by."""
        return self.name


class EditableResource(Resource):
    """A resource that clients can update."""

    revision: int = 1
    """Grows by one with every update, and never repeats for a name; an update that is based on an older one
    is refused if one of the same fields has changed since.
    """


class ResourceCreate(Schema):
    """A resource to create; a kind may give its names another type that has rules."""

    name: ResourceName
    description: Description | None = None


Archived = Annotated[
    bool | None,
    BeforeValidator(lambda value: None if value == "any" else value),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"const": "any"}]}),
]
"""Whether to list archived resources or the others; None, written ``any`` in text, for both."""


class ListQuery(Schema):
    """Which resources to list, in what order, and which page of them."""

    filter_keys: ClassVar[tuple[FilterKey, ...]] = (IS_ARCHIVED,)
    """Keys of the filter."""

    archived: Archived = False
    filter: str = Field(default="", json_schema_extra={"maxLength": MAX_CHARS})
    """Words and terms that all have to hold, e.g. ``otter -is:archived``."""
    sort: str = "created_at"
    """A column; resources without a value come last."""
    descending: bool = True
    limit: int = Field(default=50, ge=1, le=1_000)
    offset: int = Field(default=0, ge=0, le=1_000_000_000)

    @field_validator("filter")
    @classmethod
    def _can_be_read(cls, value: str) -> str:
        parse_filter(value, cls.filter_keys)
        return value

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the filter."""
        return parse_filter(self.filter, self.filter_keys)

    @property
    def stage(self) -> bool | None:
        """Whether archived resources are listed, the others, or both with None: the filter can name them."""
        return None if has(self.terms, "is", ARCHIVED) else self.archived

    @property
    def filtered(self) -> bool:
        """Whether it leaves out some of the resources, besides those of other pages."""
        return bool(self.model_dump(exclude_defaults=True).keys() - {"sort", "descending", "limit", "offset"})


class Page(Schema, Generic[T]):
    """A page of a list, and how many items the whole list has."""

    items: list[T]
    total: int


class RevisionQuery(Schema):
    """Which revision of a resource to update."""

    revision: Number | None = None
    """Revision that the changes are based on; the update is refused when one of the same fields, or any field of a
    model, has changed since.
    """


class Event(Schema, Generic[T]):
    """A change of a resource; what ``data`` contains depends on the kind of the resource."""

    sequence: int
    """Grows with every event of the workspace: ask for the events after the last one received."""
    time: Time
    """When it has happened."""
    type: str
    """What has happened, e.g. ``job_state_changed``."""
    kind: str
    """Kind of the resource, e.g. ``job``."""
    name: str
    """Name of the resource."""
    data: T
    """Main values of the resource after the change, such as ``archived``."""


class ResourceEvent(Event[dict[str, JsonValue]]):
    """A change of a resource of any kind."""
