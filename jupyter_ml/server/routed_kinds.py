# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kinds of resources as the server knows them before the first request, and the signatures of their operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ml.server.operations import OperationSignature

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.kinds import Kind
    from jupyter_ml.schemas.names import KindName
    from jupyter_ml.services.workspace import Workspace

__all__ = ["RoutedKind", "routed"]


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
        return f"jupyter_ml:{self.name.segment}"

    def operation_id(self, action: str) -> str:
        """Return the id of an operation, e.g. ``listOnlineEndpoints`` or ``createOrUpdateOnlineEndpoint``."""
        first, *words = [*action.split("_"), *(self.name.plural if action == "list" else self.name.singular).split("_")]
        return first + "".join(word.capitalize() for word in words)

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

    def replacement(self) -> OperationSignature:
        """Return the signature of the operation that creates a resource or replaces its fields."""
        from jupyter_ml.schemas.resources import RevisionQuery

        return OperationSignature(RevisionQuery, self.load().spec, self.load().model)

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
        from jupyter_ml.schemas import registry

        return registry.KINDS[name.singular]

    return RoutedKind(name, load, lambda workspace: workspace.resources[name.singular])
