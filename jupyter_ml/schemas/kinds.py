# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The declaration of a kind of resource, from which its store, routes, commands and tables are built."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from jupyter_ml.errors import nearest
from jupyter_ml.schemas.resources import EditableResource, ListQuery, Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.base import Schema

__all__ = ["OPERATIONS", "Column", "Kind", "Kinds"]

R = TypeVar("R", bound=Resource)
Q = TypeVar("Q", bound=ListQuery)

OPERATIONS = frozenset({"list", "get", "create", "update", "archive", "restore", "delete"})
"""Operations that a kind can have without code of its own."""

_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


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

    singular: str
    """The kind of its events and its command, e.g. ``experiment``."""
    plural: str
    """Its part of REST paths, e.g. ``experiments``."""
    model: type[R]
    """What clients read."""
    query: type[Q]
    """How clients list it."""
    spec: type[Schema] | None = None
    """What clients give to create one."""
    changes: type[Schema] | None = None
    """What clients give to update one: only the fields that are set are changed."""
    columns: tuple[Column[R], ...] = ()
    operations: frozenset[str] = OPERATIONS

    def __post_init__(self) -> None:
        for mistake in self._mistakes():
            raise TypeError(f"kind {self.singular!r}: {mistake}")

    def _mistakes(self) -> Iterator[str]:
        yield from (
            f"{name!r} is not a name in lower case"
            for name in (self.singular, self.plural)
            if not _NAME.fullmatch(name)
        )
        if self.singular == self.plural:
            yield "singular and plural are the same"
        for name in sorted(self.operations - OPERATIONS):
            yield f"unknown operation {name!r}{nearest(name, OPERATIONS)}"
        yield from self._wrong_columns()
        yield from self._wrong_models()

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
