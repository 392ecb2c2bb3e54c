# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.workspace import RecentWorkspace, WorkspaceInfo, WorkspaceOpen

__all__ = ["RecentWorkspacesHandler", "WorkspaceHandler"]


class WorkspaceHandler(Handler):
    """The workspace that this server shows."""

    auth_resource = "jupyter_ml:workspace"

    @operation("getWorkspace")
    def get(self) -> WorkspaceInfo:
        """Return the workspace with its supervisor and the number of jobs by state."""
        return self.workspace.info().model_copy(update={"root": str(self.app.root)})

    @operation("openWorkspace")
    def post(self, body: WorkspaceOpen) -> WorkspaceInfo:
        """Show another workspace, to all clients of this server."""
        from jupyter_ml.services.layout import workspace_in

        folder = _allowed(body.folder, self.app.root)
        exists = workspace_in(folder) is not None
        if not exists and not body.create:
            raise NotFoundError(f"there is no workspace in {folder}")
        info = self.app.show(folder, create=not exists).info()
        return info.model_copy(update={"root": str(self.app.root)})


class RecentWorkspacesHandler(Handler):
    """Workspaces that this server can show."""

    auth_resource = "jupyter_ml:workspace"

    @operation("listRecentWorkspaces")
    def get(self) -> list[RecentWorkspace]:
        """Return the workspaces that the user of this server has opened in Jupyter, the last one first."""
        from jupyter_ml.services.recent import recent_workspaces

        return recent_workspaces()


def _allowed(text: str, root: Path) -> Path:
    """Return a directory that clients may open: below the root directory, or one that the user has opened before."""
    from jupyter_ml.services.recent import recent_workspaces

    try:
        folder = (root / text).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise InvalidInputError(f"folder: {text!r} is not a path", field="folder") from error
    known = {each.folder for each in recent_workspaces()}
    if not folder.is_relative_to(root.resolve()) and str(folder) not in known:
        raise InvalidInputError(
            f"folder: {folder} is outside of the root directory of this server, and was not opened here before: "
            "start Jupyter with --JupyterMLApp.workspace_path",
            field="folder",
        )
    return folder
