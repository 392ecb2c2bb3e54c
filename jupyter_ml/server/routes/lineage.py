# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Lineage of jobs and assets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.names import NAMES
from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.lineage import Lineage, LineageQuery

__all__ = ["LineageHandler"]


class LineageHandler(Handler):
    """What is around a job or an asset."""

    auth_resource = "jupyter_ml:lineage"

    @operation("getLineage")
    def get(self, query: LineageQuery) -> Lineage:
        """Return what one job or version of an asset came from, and what uses it: what the user may read of that."""
        from jupyter_ml.schemas.lineage import NOTEBOOK
        from jupyter_ml.services.contents_paths import contents_path

        kinds = {"contents": NOTEBOOK, **{f"jupyter_ml:{name.segment}": name.singular for name in NAMES}}
        readable = {kinds[resource] for resource in self.readable(kinds)}
        found = self.workspace.lineage.get(**query.model_dump(), kinds=readable)
        nodes = [
            node.model_copy(update={"title": contents_path(self.app.root, node.name)})
            if node.kind == NOTEBOOK
            else node
            for node in found.nodes
        ]
        return found.model_copy(update={"nodes": nodes})
