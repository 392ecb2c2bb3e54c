# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The declaration of a kind of resource, from which its store, routes, commands and tables are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, get_args, get_origin

from jupyter_ml.errors import nearest
from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.formatting import field_text
from jupyter_ml.schemas.resources import EditableResource, Event, ListQuery, Resource, ResourceEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_ml.schemas.names import KindName

__all__ = ["Column", "Kind", "Kinds"]

R = TypeVar("R", bound=Resource)
Q = TypeVar("Q", bound=ListQuery)

_EVENTS = {
    "created": {"create", "create_or_update"},
    "updated": {"update", "create_or_update"},
    "archived": {"archive"},
    "restored": {"restore"},
    "deleted": {"delete"},
}
"""The operations that write an event, by what it is called."""


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column of the table in which resources of a kind are listed."""

    title: str
    """In lower case."""
    text: Callable[[R], str] | None = None
    """Returns the cell of a resource; by default the text of the field."""
    align: Literal["left", "right"] = "left"
    field: str = ""
    """The field that it shows, for clients that do not have `text`; by default the one that is called as the title."""

    @property
    def shown_field(self) -> str:
        """The field that it shows; a computed column may have none."""
        return self.field or self.title.replace(" ", "_")

    def cell(self, resource: R) -> str:
        """Return the cell of a resource."""
        return self.text(resource) if self.text is not None else field_text(getattr(resource, self.shown_field))


@dataclass(frozen=True)
class Kind(Generic[R, Q]):
    """A kind of resource.

    Raises
    ------
    TypeError
        When the declaration contradicts itself; the message names the mistake.
    """

    name: KindName
    """Its names and operations."""
    model: type[R]
    """What clients read."""
    query: type[Q]
    """How clients list it."""
    spec: type[Schema] | None = None
    """What clients give to create one."""
    changes: type[Schema] | None = None
    """What clients give to update one: only the fields that are set are changed."""
    columns: tuple[Column[R], ...] = ()
    """Columns of its lists."""
    query_columns: Callable[[Q], Iterable[Column[R]]] = lambda _: ()
    """Returns further columns that a query asks for; they are placed before the last column."""
    event: type[Event[Any]] = ResourceEvent
    """Its events."""
    extra_event_types: tuple[str, ...] = ()
    """Types of its events besides those of its operations, without the kind, e.g. ``state_changed``."""
    follows: tuple[str, ...] = ()
    """Kinds whose changes change its resources too: an experiment has the number of its jobs."""

    def __post_init__(self) -> None:
        checks = (self._wrong_types, self._wrong_versions, self._wrong_models, self._wrong_columns, self._wrong_sort)
        for mistake in chain.from_iterable(check() for check in checks):  # later checks rely on the types
            raise TypeError(f"kind {self.singular!r}: {mistake}")

    @property
    def singular(self) -> str:
        """The kind of its events and its command."""
        return self.name.singular

    @property
    def plural(self) -> str:
        """Its part of REST paths."""
        return self.name.plural

    @property
    def operations(self) -> frozenset[str]:
        """What clients can do with its resources."""
        return self.name.operations

    @property
    def event_types(self) -> tuple[str, ...]:
        """The types of its events, e.g. ``job_archived``."""
        done = (past for past, operations in _EVENTS.items() if operations & self.operations)
        of_versions = ["version_deleted"] if self.name.versioned and "delete" in self.operations else []
        return tuple(f"{self.singular}_{past}" for past in (*done, *of_versions, *self.extra_event_types))

    def columns_of(self, query: Q) -> tuple[Column[R], ...]:
        """Return the columns of a list."""
        return (*self.columns[:-1], *self.query_columns(query), *self.columns[-1:])

    def empty(self, query: Q, hint: str = "") -> str:
        """Return the message for a list without rows; `hint` is how to get the first one."""
        if query.filtered:
            return f"No {self.name.titles} match the filter."
        return f"No {self.name.titles}. {hint}".rstrip()

    def _wrong_types(self) -> Iterator[str]:
        types = (
            ("model", self.model, Resource),
            ("query", self.query, ListQuery),
            ("spec", self.spec, Schema),
            ("changes", self.changes, Schema),
            ("event", self.event, Event),
        )
        for name, given, base in types:
            if given is not None and not (isinstance(given, type) and issubclass(given, base)):
                yield f"{name} is {getattr(given, '__name__', repr(given))}, not a subclass of {base.__name__}"
        for name, value in (
            ("columns", self.columns),
            ("extra_event_types", self.extra_event_types),
            ("follows", self.follows),
        ):
            if not isinstance(value, tuple):
                yield f"{name} is {type(value).__name__}, not a tuple"

    def _wrong_columns(self) -> Iterator[str]:
        if not self.columns and "list" in self.operations:
            yield "is listed and has no columns"
        titles = Counter(column.title.strip().casefold() for column in self.columns)
        yield from (f"two columns have the title {title!r}" for title, count in titles.items() if count > 1)
        for column in self.columns:
            if not column.title.strip():
                yield "a column has no title"
            if column.align not in ("left", "right"):
                yield f"the column {column.title!r} is aligned to {column.align!r}, not to 'left' or 'right'"
            yield from self._wrong_cells(column)

    def _wrong_cells(self, column: Column[R]) -> Iterator[str]:
        field, known = column.shown_field, self.model.model_fields
        if not (column.text is None or callable(column.text)):
            yield f"the text of the column {column.title!r} is {column.text!r}, not a function"
        if field not in known and (column.field or column.text is None):
            yield (
                f"the column {column.title!r} has no text, and {self.model.__name__} has no field {field!r}"
                f"{nearest(field, known)}"
            )

    def _wrong_sort(self) -> Iterator[str]:
        """Yield what is wrong with the columns by which lists are sorted."""
        sort, query = self.query.model_fields["sort"], self.query.__name__
        keys = get_args(sort.annotation) if get_origin(sort.annotation) is Literal else ()
        if not keys and not sort.metadata:
            yield f"{query} sorts by any text: declare sort as a Literal of fields"
        for key in keys:
            if key not in self.model.model_fields:
                yield f"{query} sorts by {key!r}, which {self.model.__name__} does not have"
        if keys and sort.default not in keys:
            yield f"{query} sorts by {sort.default!r} by default, which is not one of {', '.join(keys)}"

    def _wrong_models(self) -> Iterator[str]:
        if self.operations & {"update", "create_or_update"} and not issubclass(self.model, EditableResource):
            yield f"is updated, but {self.model.__name__} is not an EditableResource"
        creates = bool(self.operations & {"create", "create_or_update"})
        updates = "update" in self.operations
        for operation, used, field, given in (
            ("create", creates, "spec", self.spec),
            ("update", updates, "changes", self.changes),
        ):
            if used != (given is not None):
                yield f"the operation {operation!r} and {field!r} belong together: give both or neither"
            elif given is not None and (unknown := given.model_fields.keys() - self.model.model_fields.keys()):
                yield f"{given.__name__} has fields that {self.model.__name__} has not: {', '.join(sorted(unknown))}"
        if self.spec is not None and "name" not in self.spec.model_fields:
            yield f"{self.spec.__name__} has no field 'name'"

    def _wrong_versions(self) -> Iterator[str]:
        if not self.name.versioned:
            if issubclass(self.model, VersionedAsset):
                yield f"{self.model.__name__} has versions, but the kind is not versioned"
            return
        bases = (
            (self.model, VersionedAsset),
            (self.query, AssetQuery),
            (self.spec, AssetCreate),
            (self.changes, AssetUpdate),
        )
        for given, base in bases:
            if given is not None and not issubclass(given, base):
                yield f"is versioned, but {given.__name__} is not a subclass of {base.__name__}"


class Kinds(Mapping[str, Kind[Any, Any]]):
    """The kinds of a workspace by their singular; TypeError when two of them share a name, or one follows no kind."""

    def __init__(self, *kinds: Kind[Any, Any]) -> None:
        self._kinds: dict[str, Kind[Any, Any]] = {}
        names: set[str] = set()
        for kind in kinds:
            if taken := names & {kind.singular, kind.plural}:
                raise TypeError(f"two kinds have the name {min(taken)!r}")
            names |= {kind.singular, kind.plural}
            self._kinds[kind.singular] = kind
        for kind in kinds:
            if unknown := {*kind.follows} - self._kinds.keys():
                raise TypeError(f"kind {kind.singular!r}: it follows {min(unknown)!r}, which is not a kind")

    def __getitem__(self, singular: str) -> Kind[Any, Any]:
        return self._kinds[singular]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)
