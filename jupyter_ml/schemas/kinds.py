# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The declaration of a kind of resource, from which its store, routes, commands and tables are built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.resources import EditableResource, Event, ListQuery, Resource, ResourceEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.names import KindName

__all__ = ["Column", "Kind", "Kinds"]

R = TypeVar("R", bound=Resource)
Q = TypeVar("Q", bound=ListQuery)

_PAST = {
    "create": "created",
    "update": "updated",
    "archive": "archived",
    "restore": "restored",
    "delete": "deleted",
}
"""What the events of an operation are called."""


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column of the table in which resources of a kind are listed."""

    title: str
    """In lower case."""
    text: Callable[[R], str]
    """Returns the cell of a resource."""
    align: Literal["left", "right"] = "left"


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

    def __post_init__(self) -> None:
        for mistake in (*self._wrong_columns(), *self._wrong_versions(), *self._wrong_models()):
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
        """The types of its events, e.g. ``experiment_archived``."""
        done = (past for operation, past in _PAST.items() if operation in self.operations)
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

    def _wrong_columns(self) -> Iterator[str]:
        titles = [column.title for column in self.columns]
        if not titles and "list" in self.operations:
            yield "is listed and has no columns"
        yield from (f"two columns have the title {title!r}" for title in titles if titles.count(title) > 1)
        for column in self.columns:
            if not callable(column.text):
                yield f"the column {column.title!r} has no text"

    def _wrong_models(self) -> Iterator[str]:
        for operation, field, given in (("create", "spec", self.spec), ("update", "changes", self.changes)):
            if (operation in self.operations) != (given is not None):
                yield f"the operation {operation!r} and {field!r} belong together: give both or neither"
            elif given is not None and (unknown := given.model_fields.keys() - self.model.model_fields.keys()):
                yield f"{given.__name__} has fields that {self.model.__name__} has not: {', '.join(sorted(unknown))}"
        if "update" in self.operations and not issubclass(self.model, EditableResource):
            yield f"is updated, but {self.model.__name__} is not an EditableResource"

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
    """The kinds of a workspace by their singular; TypeError when two of them share a name."""

    def __init__(self, *kinds: Kind[Any, Any]) -> None:
        self._kinds: dict[str, Kind[Any, Any]] = {}
        names: set[str] = set()
        for kind in kinds:
            if taken := names & {kind.singular, kind.plural}:
                raise TypeError(f"two kinds have the name {min(taken)!r}")
            names |= {kind.singular, kind.plural}
            self._kinds[kind.singular] = kind

    def __getitem__(self, singular: str) -> Kind[Any, Any]:
        return self._kinds[singular]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)
