# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.workspace import WorkspaceInfo

__all__ = ["WorkspaceHandler"]


class WorkspaceHandler(Handler):
    """The workspace that this server shows."""

    auth_resource = "jupyter_ml:workspace"

    @operation("getWorkspace")
    def get(self) -> WorkspaceInfo:
        """Return the workspace with its supervisor and the number of jobs by state."""
        return self.workspace.info().model_copy(update={"root": str(self.app.root)})
