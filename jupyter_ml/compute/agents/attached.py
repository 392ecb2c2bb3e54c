# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The part of a compute that is an existing machine: it is attached and detached, and otherwise not ours."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import shutil
from abc import abstractmethod
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_ml.compute.agents.client import AgentGoneError
from jupyter_ml.compute.agents.remote_files import RemoteFiles
from jupyter_ml.compute.agents.runners import send_runner
from jupyter_ml.compute.base import Capabilities
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from jupyter_ml.compute.runner import Interpreter
    from jupyter_ml.schemas.base import Schema

__all__ = ["AttachedMachine"]

STATE_S = 15.0
"""How long the agent may take to reply until the machine is taken for unreachable."""
LOG_BYTES = 1024**2
"""How much of the end of the agent's log is shown."""
RUNNERS = PurePosixPath(".cache", "jupyter-ml", "runners")
"""Where the packages that run jobs are in the home directory, for all workspaces of all clients."""

_log = logging.getLogger(__name__)


class AttachedMachine(RemoteFiles):
    """A machine where an agent runs in a directory of the user.

    What is known of the machine is in a file of this one, because kernels and clients need it without a connection.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(attached=True, logs=True)

    def __init__(self, name: str, settings: Schema) -> None:
        super().__init__(name, settings)
        self._problem: str | None = None
        self._prepared = self._detached = False

    @property
    @abstractmethod
    def parent(self) -> str:
        """The directory there in which the compute has one of its own; it may begin with ``~``."""

    @abstractmethod
    async def found(self) -> tuple[Interpreter, dict[str, Any]]:
        """Connect, and return the Python there, with the `directory` and the `variables` that `bootstrap` prints."""

    @abstractmethod
    async def remove_directory(self) -> None:
        """Wait for the end of the agent there, and remove its directory; UnavailableError if it cannot be removed."""

    async def ping(self) -> None:
        """Return when the agent replies, over another connection if the one that was there has ended.

        Raises
        ------
        UnavailableError
            When it cannot be reached now.
        """
        was_connected = self.client.connected
        try:
            await self.client.request("ping", patience_s=0.0)
        except UnavailableError:
            if not was_connected:
                raise
            await self.client.request("ping", patience_s=0.0)

    @property
    def agent_directory(self) -> str:
        """The directory of the agent there, which no other compute has."""
        return f"{self.parent}/{self._known('id')}"

    @property
    def root(self) -> PurePosixPath:
        """Where its copies of files are."""
        return PurePosixPath(self._known("directory"), "files")

    @property
    def python(self) -> str:
        """The Python there, with the packages that run jobs."""
        return str(self._known("python"))

    @property
    def variables(self) -> dict[str, str]:
        """Those of the user there."""
        return dict(self._known("variables"))

    def require_attached(self) -> None:
        """Raise AgentGoneError after `delete`, because another connection would start another agent."""
        if self._detached:
            raise AgentGoneError("the machine was detached")

    async def create(self) -> None:
        """Choose the name of its directory there."""
        self._detached = False
        if not self._file.exists():
            self._write({"id": secrets.token_hex(8)})

    async def start(self) -> None:
        """Connect, and send the agent and the packages that run jobs, as far as they are not there."""
        interpreter, about = await self.found()
        home = PurePosixPath(interpreter.home)
        python = await send_runner(self.client, interpreter, home / RUNNERS)
        variables = {"LANG": "C.UTF-8", **about["variables"]}
        first = (str(python.parent), str(PurePosixPath(interpreter.path).parent))
        variables["PATH"] = ":".join((*first, variables.get("PATH", "/usr/bin:/bin")))
        found = {"directory": about["directory"], "python": str(python), "variables": variables}
        self._write({"id": self._known("id"), **found})
        self._prepared = True

    async def interpreter(self) -> Interpreter:
        """Return what its Python is; see `Compute.interpreter`."""
        await self._prepare()
        return await super().interpreter()

    async def send(self, local: Path) -> None:
        """Copy a file or directory; first what this process has not sent yet, such as packages of another version."""
        await self._prepare()
        await super().send(local)

    async def _prepare(self) -> None:
        if not self._prepared:
            await self.start()

    async def delete(self) -> None:
        """End what runs there, and remove its directory; from a machine that cannot be reached, nothing."""
        self._detached = False
        if self._file.exists():
            try:
                await self.ping()
                self._detached = True  # requests that are left do not connect again
                await self.client.request("end", patience_s=0.0)
                await self.remove_directory()
            except (UnavailableError, OSError) as error:
                _log.warning("compute %s is detached, but its directory stays there: %s", self.name, error)
        shutil.rmtree(self._file.parent, ignore_errors=True)

    async def state(self) -> ComputeState:
        """Return Running if the machine can be used now, Failed otherwise."""
        try:
            async with asyncio.timeout(STATE_S):
                await self.ping()
        except TimeoutError:
            self._problem = f"the machine did not reply within {STATE_S:g} s"
        except (UnavailableError, OSError) as error:
            self._problem = str(error)
        else:
            self._problem = None
        return ComputeState.RUNNING if self._problem is None else ComputeState.FAILED

    async def problem(self) -> str | None:
        """Return why it could not be used when its state was asked for."""
        return self._problem

    async def programs(self) -> int:
        """Return how many programs run that the agent has started."""
        return int((await self.client.request("about"))[0]["programs"])

    async def logs(self) -> AsyncGenerator[str, None]:
        """Yield the end of the log of the agent."""
        path, offset, content = f"{self._known('directory')}/agent/agent.log", 0, b""
        while piece := (await self.client.request("read", path=path, offset=offset, patience_s=0.0))[1]:
            offset += len(piece)
            content = (content + piece)[-LOG_BYTES:]
        for line in content.decode(errors="replace").splitlines():
            yield line

    @property
    def _file(self) -> Path:
        assert self.directory is not None, "the workspace has given it none"
        return self.directory / "machine.json"

    def _known(self, key: str) -> Any:
        try:
            return json.loads(self._file.read_text(encoding="utf-8"))[key]
        except (FileNotFoundError, KeyError):
            raise UnavailableError(f"compute {self.name!r} has not been reached yet") from None

    def _write(self, known: dict[str, Any]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._file.with_name(f".{secrets.token_hex(4)}")
        temporary.write_text(json.dumps(known), encoding="utf-8")
        temporary.replace(self._file)
