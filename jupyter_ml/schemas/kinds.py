# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The declaration of a kind of resource, from which its store, routes, commands and tables are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.columns import Column, wrong_columns
from jupyter_ml.schemas.declared_models import (
    wrong_fields,
    wrong_filter,
    wrong_models,
    wrong_sort,
    wrong_type,
    wrong_versions,
)
from jupyter_ml.schemas.filter_hints import filter_hint
from jupyter_ml.schemas.names import KindName, is_name
from jupyter_ml.schemas.resources import Event, ListQuery, Resource, ResourceCreate, ResourceEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
        if not isinstance(self.name, KindName):
            raise TypeError(f"kind {self.name!r}: its name is not a KindName: add one to schemas/names.py")
        for mistake in self._mistakes():
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

    def empty(self, query: Q, hint: str = "", *, why: str | None = None) -> str:
        """Return the message for a list without rows; `hint` is how to get the first one, `why` why none matches."""
        if query.filtered:
            why = why or filter_hint(query.filter)
            return f"No {self.name.titles} match the filter" + (f": {why}" if why else ".")
        return f"No {self.name.titles}. {hint}".rstrip()

    def _mistakes(self) -> Iterator[str]:
        """Yield what is wrong; each check relies on those before it."""
        yield from wrong_type("model", self.model, Resource)
        yield from wrong_type("query", self.query, ListQuery)
        yield from wrong_type("spec", self.spec, ResourceCreate, required=False)
        yield from wrong_type("changes", self.changes, Schema, required=False)
        yield from wrong_type("event", self.event, Event)
        yield from self._wrong_values()
        yield from wrong_versions(self.name, self.model, self.query, self.spec, self.changes)
        yield from wrong_models(self.name, self.model, self.spec, self.changes)
        yield from wrong_fields(self.model, self.spec, self.changes)
        yield from wrong_columns(self.columns, self.model)
        yield from wrong_sort(self.model, self.query)
        yield from wrong_filter(self.query)

    def _wrong_values(self) -> Iterator[str]:
        given = {"columns": self.columns, "extra_event_types": self.extra_event_types, "follows": self.follows}
        for what, value in given.items():
            if not isinstance(value, tuple):
                yield f"{what} is {type(value).__name__}, not a tuple"
        if not callable(self.query_columns):
            yield f"query_columns is {self.query_columns!r}, not a function"
        if not self.columns and "list" in self.operations:
            yield "is listed and has no columns"
        for change in self.extra_event_types:
            if not is_name(change):
                yield f"the event type {change!r} is not a name in lower case, with _ between words"
        for event_type, count in Counter(self.event_types).items():
            if count > 1:
                yield f"the event type {event_type!r} is there twice: remove it from extra_event_types"


class Kinds(Mapping[str, Kind[Any, Any]]):
    """The kinds of a workspace by their singular.

    Raises
    ------
    TypeError
        When two of them share a name, a table or an event type, or one follows no kind.
    """

    def __init__(self, *kinds: Kind[Any, Any]) -> None:
        self._kinds: dict[str, Kind[Any, Any]] = {}
        taken: dict[str, str] = {}
        for kind in kinds:
            if not isinstance(kind, Kind):
                raise TypeError(f"{kind!r} is not a kind: declare it by Kind")
            for name in sorted(kind.name.taken):
                if name in taken:
                    raise TypeError(f"kind {kind.singular!r}: {name!r} is a name of {taken[name]!r} too: change one")
            taken |= dict.fromkeys(kind.name.taken, kind.singular)
            self._kinds[kind.singular] = kind
        self._require_unique_events()
        for kind in kinds:
            for followed in kind.follows:
                if followed not in self._kinds:
                    raise TypeError(f"kind {kind.singular!r}: it follows {followed!r}, which is not a kind")

    def _require_unique_events(self) -> None:
        writers: dict[str, str] = {}
        for kind in self._kinds.values():
            for event_type in kind.event_types:
                if event_type in writers:
                    one = f"kind {kind.singular!r}: its event type {event_type!r} is one of"
                    raise TypeError(f"{one} {writers[event_type]!r} too: change one of the names")
                writers[event_type] = kind.singular

    def __getitem__(self, singular: str) -> Kind[Any, Any]:
        return self._kinds[singular]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)
