# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Operations on resources of any kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.names import OPERATIONS
from jupyter_ml.schemas.resources import LifecycleStage, ListQuery, Page, Resource
from jupyter_ml.schemas.validation import validated
from jupyter_ml.services.filters import filter_notice
from jupyter_ml.services.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.kinds import Kind
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.store.crud import ResourceStore

__all__ = ["BaseResourceService", "ResourceService", "ResourceTable", "Rows"]

R = TypeVar("R", bound=Resource)
Q = TypeVar("Q", bound=ListQuery)
Q_contra = TypeVar("Q_contra", bound=ListQuery, contravariant=True)


class Rows(Protocol[R, Q_contra]):
    """Where the resources of a kind are stored: the database of the workspace, or MLflow's registry."""

    def get(self, name: str) -> R:
        """Return a resource."""

    def list(self, query: Q_contra) -> Page[R]:
        """Return a page of resources."""

    def set_stage(self, name: str, stage: LifecycleStage) -> R:
        """Archive or restore a resource."""

    def update(self, name: str, changes: Schema, *, revision: int | None = None) -> R:
        """Change the fields of a resource that are set in `changes`."""


class BaseResourceService(ABC, Generic[R, Q]):
    """The operations of every kind; jobs, which are submitted rather than created, have them too."""

    def __init__(self, context: WorkspaceContext, kind: Kind[R, Q]) -> None:
        self.kind = kind
        self._context = context

    @property
    @abstractmethod
    def _store(self) -> Rows[R, Q]:
        """The rows of the kind."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._context.layout.folder)!r})"

    def list(self, query: Q | Mapping[str, Any] | None = None, *, wait: bool = True) -> Page[R]:  # noqa: ARG002 -- for kinds that import
        """Return one page of the resources that match the query.

        Parameters
        ----------
        query
            Filter, sort order and page; by default the first ones that are not archived.
        wait
            Whether to wait until resources that other programs created are imported.
        """
        return self._store.list(self._query(query))

    def table(self, query: Q | Mapping[str, Any] | None = None) -> Table[Any]:
        """Return a page of resources as a sequence that is displayed as a table."""
        query = self._query(query)
        items = self.list(query).items
        return ResourceTable(self.kind, query, items, empty="" if items else self.empty_text(query))

    def empty_text(self, query: Q, hint: str = "") -> str:
        """Return the message for a list without rows, with the reason if it is known; see `Kind.empty`."""
        store = self._context.store.suggestions
        why = filter_notice(store, query.filter, query.filter_keys) if query.filter else None
        return self.kind.empty(query, hint, why=why)

    def get(self, name: str) -> R:
        """Return a resource; raise NotFoundError if it does not exist."""
        return self._store.get(name)

    def archive(self, name: str) -> R:
        """Archive a resource, which removes it from lists."""
        self._require("archive")
        return self._notify(self._store.set_stage(name, LifecycleStage.ARCHIVED))

    def restore(self, name: str) -> R:
        """Restore an archived resource."""
        self._require("restore")
        return self._notify(self._store.set_stage(name, LifecycleStage.ACTIVE))

    def update(self, name: str, changes: Schema | Mapping[str, Any], *, revision: int | None = None) -> R:
        """Change the given fields of a resource.

        Parameters
        ----------
        name
            Name of the resource.
        changes
            New values of some fields; other fields are unchanged.
        revision
            Revision that the changes are based on; raises ConflictError if one of these fields has changed since.
        """
        return self._notify(self._store.update(name, self._parse_changes(changes), revision=revision))

    def _require(self, operation: str) -> None:
        """Raise InvalidInputError if the kind does not have an operation, e.g. because versions never change."""
        if operation not in self.kind.operations:
            raise InvalidInputError(f"{self.kind.name.titles} have no operation {operation!r}")

    def _parse_changes(self, changes: Schema | Mapping[str, Any]) -> Schema:
        """Return changes as the model of the kind; InvalidInputError if they change nothing."""
        parsed = _validated(self.kind.changes, changes)
        if not parsed.model_fields_set:
            raise InvalidInputError(f"nothing to change: give one of {', '.join(type(parsed).model_fields)}")
        return parsed

    def _query(self, query: Q | Mapping[str, Any] | None) -> Q:
        if isinstance(query, self.kind.query):
            return query
        return validated(self.kind.query, {} if query is None else _mapping(self.kind.query, query))

    def _notify(self, resource: R) -> R:
        self._context.notify()
        return resource


class ResourceService(BaseResourceService[R, Q]):
    """The resources of one kind in a workspace, which clients create and delete."""

    def __init__(self, context: WorkspaceContext, kind: Kind[R, Q], store: ResourceStore[R, Q]) -> None:
        super().__init__(context, kind)
        self._stored = store

    @property
    def _store(self) -> ResourceStore[R, Q]:
        return self._stored

    def __dir__(self) -> Iterable[str]:
        missing = OPERATIONS - self.kind.operations
        if "create_or_update" in missing:
            missing |= {"save"}
        return [name for name in super().__dir__() if name not in missing or name in vars(type(self))]

    def create(self, spec: Schema | Mapping[str, Any]) -> R:
        """Create a resource; raise ConflictError if the name is taken."""
        return self._add(spec)

    def create_or_update(self, spec: Schema | Mapping[str, Any], *, revision: int | None = None) -> R:
        """Create a resource, or replace the fields of its spec if there is one of its name.

        Parameters
        ----------
        spec
            The resource; fields that it does not give get their defaults.
        revision
            Revision that is replaced; raises ConflictError if one of the fields has changed since.
        """
        return self.save(spec, revision=revision)[0]

    def save(self, spec: Schema | Mapping[str, Any], *, revision: int | None = None) -> tuple[R, bool]:
        """Create or update a resource as `create_or_update` does, and return whether it is new."""
        self._require("create_or_update")
        resource, is_new = self._store.save(self._check(self._parse(spec)), revision=revision)
        if is_new:
            self._created(resource)
        return self._notify(resource), is_new

    def delete(self, name: str) -> None:
        """Delete a resource; raise ConflictError if others refer to it."""
        self._before_delete(name)
        self._store.delete(name)
        self._context.notify()

    def _add(self, spec: Schema | Mapping[str, Any], **more: Any) -> R:
        """Create a resource from a spec, and from values that clients do not give."""
        resource = self._store.create(self._check(self._parse(spec)), **more)
        self._created(resource)
        return self._notify(resource)

    def _parse(self, spec: Schema | Mapping[str, Any]) -> Schema:
        """Return a spec as the model of the kind."""
        return _validated(self.kind.spec, spec)

    def _check(self, spec: Schema) -> Schema:
        """Return the spec to store, or raise InvalidInputError; a kind overrides it to check more than the types."""
        return spec

    def _created(self, resource: R) -> None:
        """Complete the creation of a resource; a kind overrides it."""

    def _before_delete(self, name: str) -> None:
        """Raise ConflictError if a resource must stay, or prepare its deletion; a kind overrides it."""


def _validated(model: type[Schema] | None, values: Schema | Mapping[str, Any]) -> Schema:
    assert model is not None, "the kind does not have this operation"
    return values if isinstance(values, model) else validated(model, _mapping(model, values))


def _mapping(model: type[Schema], values: Any) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise InvalidInputError(f"expected {model.__name__} or a mapping of its fields (got {type(values).__name__})")
    return dict(values)


class ResourceTable(Table[R]):
    """Resources of one kind, displayed with the columns of the kind."""

    def __init__(self, kind: Kind[R, Q], query: Q, items: list[R], *, empty: str = "") -> None:
        super().__init__(kind.columns_of(query), items)
        self.empty = empty or kind.empty(query)
