# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The part of a compute that shares no files with this machine and is reached through an agent."""

from __future__ import annotations

import asyncio
import tempfile
from abc import abstractmethod
from typing import IO, TYPE_CHECKING

from jupyter_ml.compute.agents import copying
from jupyter_ml.compute.agents.commands import copy
from jupyter_ml.compute.agents.compute import AgentCompute
from jupyter_ml.compute.archives import unpack

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path, PurePath

__all__ = ["RemoteFiles"]


class RemoteFiles(AgentCompute):
    """A compute that has copies of files of this machine, in a directory of its own.

    Archives go through the connection to the agent, to and from programs that it starts for that (`copying`).
    """

    @property
    @abstractmethod
    def root(self) -> PurePath:
        """The directory of the compute that stands for the root directory of this machine."""

    def path(self, local: Path) -> PurePath:
        """Return where the copy of a file or directory of this machine is."""
        return self.root.joinpath(*local.parts[1:])

    async def send(self, local: Path) -> None:
        """Copy a file or directory to the compute; see `Compute.send`."""
        with tempfile.TemporaryFile() as archive, tempfile.TemporaryFile() as printed:
            await asyncio.to_thread(copying.pack, local, archive)
            archive.seek(0)
            kind = ["file"] if await asyncio.to_thread(local.is_file) else []
            await self._run("unpack", local, *kind, stdin=archive, stdout=printed)

    async def fetch(self, local: Path, *, but: Collection[str] = ()) -> None:
        """Copy what is in a directory of the compute into that of this machine; see `Compute.fetch`."""
        with tempfile.TemporaryFile() as archive:
            await self._run("pack", local, *but, stdout=archive)
            archive.seek(0)
            await asyncio.to_thread(unpack, archive, local)

    async def remove(self, local: Path) -> None:
        """Remove the copy of a directory from the compute, if there is one."""
        with tempfile.TemporaryFile() as printed:
            await self._run("remove", local, stdout=printed)

    async def _run(
        self, command: str, local: Path, *rest: str, stdin: IO[bytes] | None = None, stdout: IO[bytes]
    ) -> None:
        """Run a command of `copying` there; UnavailableError with what it printed last where it fails."""
        path = str(self.path(local))
        what = f"compute {self.name!r}: {command} {path} failed"
        await copy(self.client, command, path, *rest, what=what, stdin=stdin, stdout=stdout)
