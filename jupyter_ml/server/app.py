# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The interface of the extension app that handlers use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    from jupyter_ml.services.workspace import Workspace

__all__ = ["App"]


class App(Protocol):
    """The extension app, as far as handlers know it; `jupyter_ml.server.extension.JupyterMLApp` implements it."""

    threads: ThreadPoolExecutor
    large_threads: ThreadPoolExecutor
    """For responses that may need much memory; has few threads."""
    stopping: bool
    max_body_bytes: int

    @property
    def root(self) -> Path:
        """Root directory of the server's contents."""

    @property
    def workspace(self) -> Workspace:
        """The workspace, which is opened on first use. Opening blocks: access it in a thread."""

    def url(self, path: str) -> str:
        """Return the URL of `path` in the API."""

    def show(self, folder: Path, *, create: bool) -> Workspace:
        """Show another workspace from now on, and notify all clients; requests in progress end in the previous one."""
