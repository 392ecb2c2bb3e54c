# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The part of a compute that shares no files with this machine and is reached through an agent."""

from __future__ import annotations

import asyncio
import gzip
import tempfile
from abc import abstractmethod
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from jupyter_ml.compute.agents import copying
from jupyter_ml.compute.agents.commands import copy
from jupyter_ml.compute.agents.compute import AgentCompute
from jupyter_ml.compute.agents.runners import find_interpreter, send_once
from jupyter_ml.compute.archives import unpack

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from jupyter_ml.schemas.pythons import Interpreter

__all__ = ["RemoteFiles"]

ENVIRONMENTS = PurePath(".cache", "jupyter-ml", "environments")
"""Where installed environments are in the home directory."""


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

    async def interpreter(self) -> Interpreter:
        """Return what its Python is; see `Compute.interpreter`."""
        return await find_interpreter(self.client, str(self.python))

    async def install(self, directory: Path, name: str, *, check: Sequence[str] = ()) -> PurePath:
        """Copy a directory whose content never changes to the compute, unless it is there; see `Compute.install`."""
        home = (self.variables or {}).get("HOME") or (await self.interpreter()).home
        target = PurePath(home) / ENVIRONMENTS / name

        def write(archive: IO[bytes]) -> None:
            with gzip.GzipFile(fileobj=archive, mode="wb", compresslevel=1) as compressed:
                copying.pack(directory, compressed)

        what = f"packages cannot be installed on the compute {self.name!r}"
        await send_once(self.client, target, _proof(directory), write, what=what, check=check)
        return target

    async def _run(
        self, command: str, local: Path, *rest: str, stdin: IO[bytes] | None = None, stdout: IO[bytes]
    ) -> None:
        """Run a command of `copying` there; UnavailableError with what it printed last where it fails."""
        path = str(self.path(local))
        what = f"compute {self.name!r}: {command} {path} failed"
        await copy(self.client, command, path, *rest, what=what, stdin=stdin, stdout=stdout)


def _proof(directory: Path) -> str:
    """Return a file that shows that a directory with the same content is there."""
    return min(each.name for each in directory.iterdir() if each.is_file() and each.stat().st_size)
