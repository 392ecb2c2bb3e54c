# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the routes of a kind of resource: a collection, its items, and actions on an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler
from jupyter_ml.server.operations import OperationSignature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ml.schemas.kinds import Kind
    from jupyter_ml.schemas.names import KindName
    from jupyter_ml.schemas.resources import RevisionQuery
    from jupyter_ml.services.workspace import Workspace

    Method = Callable[..., Any]

__all__ = ["RoutedKind", "resource_routes", "routed"]


@dataclass(frozen=True)
class RoutedKind:
    """A kind of resource whose declaration is loaded at the first request.

    Importing it imports pydantic, which would delay every start of the server.
    """

    name: KindName
    load: Callable[[], Kind[Any, Any]]
    """Returns the declaration of the kind."""
    service: Callable[[Workspace], Any]
    """Returns the service of the kind, which has the operations of the kind."""

    @property
    def auth_resource(self) -> str:
        """Name of the resource for the authorizer."""
        return f"jupyter_ml:{self.name.plural}"

    def operation_id(self, action: str) -> str:
        """Return the id of an operation, e.g. ``listExperiments``."""
        name = self.name.plural if action == "list" else self.name.singular
        return action + "".join(word.capitalize() for word in name.split("_"))

    def page(self) -> OperationSignature:
        """Return the signature of an operation that returns a page."""
        from jupyter_ml.schemas.resources import Page

        kind = self.load()
        return OperationSignature(kind.query, None, Page[kind.model])  # type: ignore[name-defined]

    def item(self) -> OperationSignature:
        """Return the signature of an operation that returns a resource."""
        return OperationSignature(None, None, self.load().model)

    def creation(self) -> OperationSignature:
        """Return the signature of the operation that creates a resource."""
        return OperationSignature(None, self.load().spec, self.load().model)

    def update(self) -> OperationSignature:
        """Return the signature of the operation that updates a resource."""
        from jupyter_ml.schemas.resources import RevisionQuery

        return OperationSignature(RevisionQuery, self.load().changes, self.load().model)

    def deletion(self) -> OperationSignature:
        """Return the signature of the operation that deletes a resource."""
        return OperationSignature(None, None, None)


def routed(name: KindName) -> RoutedKind:
    """Return a kind of `jupyter_ml.schemas.registry`."""

    def load() -> Kind[Any, Any]:
        from jupyter_ml.schemas.registry import KINDS

        return KINDS[name.singular]

    return RoutedKind(name, load, lambda workspace: workspace.resources[name.singular])


def resource_routes(kind: RoutedKind, *own: tuple[str, type[Handler]]) -> tuple[tuple[str, type[Handler]], ...]:
    """Return the path and the handler of each route of a kind.

    Each kind has classes of its own, because Jupyter's `authorized` remembers the first resource that it sees.

    Parameters
    ----------
    kind
        Kind, whose operations get a route each.
    own
        Path and handler of the operations that only this kind has; a handler of a path that has further operations
        gets these too.
    """
    handlers = dict(own)
    for path, method, handle in _operations(kind):
        setattr(handlers.setdefault(path, _handler(kind)), method, handle)
    return tuple(handlers.items())


def _handler(kind: RoutedKind) -> type[Handler]:
    class ResourceHandler(Handler):
        auth_resource = kind.auth_resource

    return ResourceHandler


def _operations(kind: RoutedKind) -> Iterator[tuple[str, str, Method]]:
    """Yield the path, the HTTP method and the method of the handler for each operation of the kind."""
    collection = f"/{kind.name.plural}"
    item = f"{collection}/{{name}}"
    built: dict[str, tuple[str, str, Callable[[RoutedKind], Method]]] = {
        "list": (collection, "get", _list),
        "create": (collection, "post", _create),
        "get": (item, "get", _get),
        "update": (item, "patch", _update),
        "delete": (item, "delete", _delete),
        "archive": (f"{item}/archive", "post", _archive),
        "restore": (f"{item}/restore", "post", _restore),
    }
    for action, (path, method, build) in built.items():
        if action in kind.name.operations:
            yield path, method, build(kind)


def _list(kind: RoutedKind) -> Method:
    @operation(
        kind.operation_id("list"),
        large=True,
        signature=kind.page,
        summary=f"Return one page of the {kind.name.titles} that match the query",
    )
    def get(self: Handler, query: Any) -> Any:
        return kind.service(self.workspace).list(query, wait=False)

    return get


def _create(kind: RoutedKind) -> Method:
    @operation(
        kind.operation_id("create"),
        status=201,
        location=f"/{kind.name.plural}/{{name}}",
        signature=kind.creation,
        summary=f"Create one {kind.name.title}",
    )
    def post(self: Handler, body: Any) -> Any:
        return kind.service(self.workspace).create(body)

    return post


def _get(kind: RoutedKind) -> Method:
    @operation(kind.operation_id("get"), signature=kind.item, summary=f"Return one {kind.name.title}")
    def get(self: Handler, name: str) -> Any:
        return kind.service(self.workspace).get(name)

    return get


def _update(kind: RoutedKind) -> Method:
    @operation(
        kind.operation_id("update"), signature=kind.update, summary=f"Change the given fields of one {kind.name.title}"
    )
    def patch(self: Handler, name: str, query: RevisionQuery, body: Any) -> Any:
        return kind.service(self.workspace).update(name, body, revision=query.revision)

    return patch


def _delete(kind: RoutedKind) -> Method:
    @operation(
        kind.operation_id("delete"), status=204, signature=kind.deletion, summary=f"Delete one {kind.name.title}"
    )
    def delete(self: Handler, name: str) -> None:
        kind.service(self.workspace).delete(name)

    return delete


def _archive(kind: RoutedKind) -> Method:
    @operation(kind.operation_id("archive"), signature=kind.item, summary=f"Archive one {kind.name.title}")
    def post(self: Handler, name: str) -> Any:
        return kind.service(self.workspace).archive(name)

    return post


def _restore(kind: RoutedKind) -> Method:
    @operation(kind.operation_id("restore"), signature=kind.item, summary=f"Restore one archived {kind.name.title}")
    def post(self: Handler, name: str) -> Any:
        return kind.service(self.workspace).restore(name)

    return post
