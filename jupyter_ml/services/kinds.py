# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The services of kinds that need no code of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.services.assets import AssetService
from jupyter_ml.services.resources import ResourceService

if TYPE_CHECKING:
    from jupyter_ml.schemas.kinds import Kind
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["resource_service"]


def resource_service(context: WorkspaceContext, kind: Kind[Any, Any]) -> ResourceService[Any, Any]:
    """Return the service of a kind, which has the operations of every kind."""
    service = AssetService if kind.name.versioned else ResourceService
    return service(context, kind, context.store.of(kind))
