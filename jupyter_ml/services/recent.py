# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The workspaces that this user has opened in Jupyter, the last one first."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from jupyter_ml.schemas.workspace import RecentWorkspace
from jupyter_ml.services.layout import Layout

if TYPE_CHECKING:
    from jupyter_ml.services.workspace import Workspace

__all__ = ["recent_workspaces", "remember_workspace"]

KEPT = 20
MAX_BYTES = 1024**2
RECORDS = TypeAdapter(list[RecentWorkspace])


def recent_workspaces() -> list[RecentWorkspace]:
    """Return the workspaces that still exist."""
    return [each for each in _read() if Layout(Path(each.folder)).settings.is_file()]


def remember_workspace(workspace: Workspace) -> None:
    """Put a workspace in front of the list, which is lost if it cannot be written."""
    opened = RecentWorkspace(name=workspace.name, folder=str(workspace.folder.resolve()))
    others = [each for each in _read() if each.folder != opened.folder]
    temporary = _path().with_suffix(f".{os.getpid()}.tmp")
    with suppress(OSError):
        temporary.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(RECORDS.dump_json([opened, *others][:KEPT]))
        temporary.replace(_path())


def _read() -> list[RecentWorkspace]:
    try:
        if _path().stat().st_size > MAX_BYTES:
            return []
        return RECORDS.validate_json(_path().read_bytes())
    except (OSError, ValidationError):
        return []


def _path() -> Path:
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter-ml" / "recent.json"
