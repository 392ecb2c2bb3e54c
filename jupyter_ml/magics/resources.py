# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the ``%ml`` commands of a kind of resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.options import list_query
from jupyter_ml.schemas.validation import validated

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from jupyter_ml.services.resources import ResourceService, ResourceTable
    from jupyter_ml.services.workspace import Workspace

__all__ = ["list_resources"]


def list_resources(
    plural: str, service: Callable[[Workspace], ResourceService[Any, Any]]
) -> Callable[[Workspace, Namespace], ResourceTable[Any]]:
    """Return the function of the command that lists the resources of a kind."""

    def call(workspace: Workspace, options: Namespace) -> ResourceTable[Any]:
        resources = service(workspace)
        return resources.table(validated(resources.kind.query, list_query(vars(options))))

    call.__doc__ = f"List {plural}."
    return call
