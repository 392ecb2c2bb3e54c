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

    from jupyter_ml.schemas.names import KindName
    from jupyter_ml.services.tables import Table
    from jupyter_ml.services.workspace import Workspace

__all__ = ["list_resources"]


def list_resources(name: KindName) -> Callable[[Workspace, Namespace], Table[Any]]:
    """Return the function of the command that lists the resources of a kind."""

    def call(workspace: Workspace, options: Namespace) -> Table[Any]:
        resources = workspace.resources[name.singular]
        return resources.table(validated(resources.kind.query, list_query(vars(options))))

    call.__doc__ = f"List {name.titles}."
    return call
