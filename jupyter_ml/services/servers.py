# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The Jupyter servers of this user on this host, and the workspace that each shows.

A server writes a record into Jupyter's runtime directory when it opens a workspace. It contains no token.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import ValidationError

from jupyter_ml.schemas.workspace import ServerRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.workspace import WorkspaceSettings
    from jupyter_ml.services.layout import Layout

__all__ = ["ServerService", "forget_server", "record_server"]

MAX_BYTES = 64 * 1024
MAX_RECORDS = 100
CLOCK_S = 5.0
"""By how much an adjustment of the system's clock may change the time at which a process started."""


class ServerService:
    """Finds running servers, for links and notes of clients outside of a browser."""

    def __init__(self, layout: Layout, settings: WorkspaceSettings) -> None:
        self._folder, self._name = layout.folder.resolve(), settings.name

    def link(self, kind: str, name: str) -> str | None:
        """Return the URL of a resource, e.g. of the kind ``job``; None if no running server shows this workspace."""
        return self.url(f"lab?ml={kind}/{quote(name, safe='')}")

    def url(self, path: str) -> str | None:
        """Return the URL of a path of a running server that shows this workspace; None if there is no such server."""
        server = next((server for server in _running() if Path(server.folder) == self._folder), None)
        return None if server is None else f"{server.url}{path.removeprefix('/')}"

    def note(self, directory: Path | None = None) -> str | None:
        """Return a note that the server of a directory, by default the working directory, shows another workspace."""
        here = (directory or Path.cwd()).resolve()
        servers = [server for server in _running() if here.is_relative_to(server.root)]
        if not servers or any(Path(server.folder) == self._folder for server in servers):
            return None
        other = servers[0]
        return (
            f"The job is in the workspace {self._name} ({self._folder}), but {other.url} shows {other.name} "
            f"({other.folder}); switch the workspace in its sidebar to see the job there."
        )


def record_server(record: ServerRecord) -> None:
    """Write the record of the server that is this process."""
    path = _path(record.pid)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".tmp")
    temporary.touch(mode=0o600)
    temporary.write_text(record.model_dump_json(), encoding="utf-8")
    temporary.replace(path)


def forget_server() -> None:
    """Remove the record of the server that is this process."""
    _path(os.getpid()).unlink(missing_ok=True)


def _path(pid: int) -> Path:
    return _directory() / f"jupyter-ml-{pid}.json"


def _directory() -> Path:
    from jupyter_core.paths import jupyter_runtime_dir

    return Path(jupyter_runtime_dir())


def _running() -> Iterator[ServerRecord]:
    """Yield the records of running servers; one that was killed has left its record."""
    for path in sorted(_directory().glob("jupyter-ml-*.json"))[:MAX_RECORDS]:
        with suppress(OSError, ValidationError):
            if path.stat().st_size <= MAX_BYTES:
                record = ServerRecord.model_validate_json(path.read_bytes())
                if _runs(record):
                    yield record


def _runs(record: ServerRecord) -> bool:
    import psutil

    try:
        return abs(psutil.Process(record.pid).create_time() - record.started) < CLOCK_S
    except psutil.Error:
        return False
