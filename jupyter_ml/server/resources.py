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
    from collections.abc import Callable

    from jupyter_ml.schemas.kinds import Kind
    from jupyter_ml.schemas.resources import RevisionQuery
    from jupyter_ml.services.resources import ResourceService
    from jupyter_ml.services.workspace import Workspace

    Action = Callable[[ResourceService[Any, Any], str], Any]

__all__ = ["RoutedKind", "resource_routes"]


@dataclass(frozen=True)
class RoutedKind:
    """A kind of resource whose declaration is loaded at the first request.

    Importing it imports pydantic, which would delay every start of the server.
    """

    singular: str
    plural: str
    load: Callable[[], Kind[Any, Any]]
    """Returns the declaration of the kind."""
    service: Callable[[Workspace], ResourceService[Any, Any]]
    """Returns the service of the kind."""

    @property
    def auth_resource(self) -> str:
        """Name of the resource for the authorizer."""
        return f"jupyter_ml:{self.plural}"

    @property
    def title(self) -> str:
        """Singular in prose."""
        return self.singular.replace("_", " ")

    def operation_id(self, action: str) -> str:
        """Return the id of an operation, e.g. ``listExperiments``."""
        name = self.plural if action == "list" else self.singular
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


def resource_routes(kind: RoutedKind) -> tuple[tuple[str, type[Handler]], ...]:
    """Return the path and the handler of each route of a kind.

    Each kind has classes of its own, because Jupyter's `authorized` remembers the first resource that it sees.
    """
    item = f"/{kind.plural}/{{name}}"
    return (
        (f"/{kind.plural}", _collection_handler(kind)),
        (item, _item_handler(kind)),
        (
            f"{item}/archive",
            _action_handler(kind, "archive", lambda service, name: service.archive(name), f"Archive one {kind.title}"),
        ),
        (
            f"{item}/restore",
            _action_handler(
                kind, "restore", lambda service, name: service.restore(name), f"Restore one archived {kind.title}"
            ),
        ),
    )


def _collection_handler(kind: RoutedKind) -> type[Handler]:
    class CollectionHandler(Handler):
        auth_resource = kind.auth_resource

        @operation(
            kind.operation_id("list"),
            large=True,
            signature=kind.page,
            summary=f"Return one page of the {kind.plural.replace('_', ' ')} that match the query",
        )
        def get(self, query: Any) -> Any:
            return kind.service(self.workspace).list(query)

        @operation(
            kind.operation_id("create"),
            status=201,
            location=f"/{kind.plural}/{{name}}",
            signature=kind.creation,
            summary=f"Create one {kind.title}",
        )
        def post(self, body: Any) -> Any:
            return kind.service(self.workspace).create(body)

    return CollectionHandler


def _item_handler(kind: RoutedKind) -> type[Handler]:
    class ItemHandler(Handler):
        auth_resource = kind.auth_resource

        @operation(kind.operation_id("get"), signature=kind.item, summary=f"Return one {kind.title}")
        def get(self, name: str) -> Any:
            return kind.service(self.workspace).get(name)

        @operation(
            kind.operation_id("update"), signature=kind.update, summary=f"Change the given fields of one {kind.title}"
        )
        def patch(self, name: str, query: RevisionQuery, body: Any) -> Any:
            return kind.service(self.workspace).update(name, body, revision=query.revision)

        @operation(kind.operation_id("delete"), status=204, signature=kind.deletion, summary=f"Delete one {kind.title}")
        def delete(self, name: str) -> None:
            kind.service(self.workspace).delete(name)

    return ItemHandler


def _action_handler(kind: RoutedKind, action: str, act: Action, summary: str) -> type[Handler]:
    class ActionHandler(Handler):
        auth_resource = kind.auth_resource

        @operation(kind.operation_id(action), signature=kind.item, summary=summary)
        def post(self, name: str) -> Any:
            return act(kind.service(self.workspace), name)

    return ActionHandler
