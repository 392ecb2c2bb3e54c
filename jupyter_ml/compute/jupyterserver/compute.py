# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An existing Jupyter server as a compute."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_ml.compute.agents.attached import AttachedMachine
from jupyter_ml.compute.agents.bootstrapping import removing, serving
from jupyter_ml.compute.jupyterserver.server import JupyterServer
from jupyter_ml.compute.jupyterserver.terminal import open_terminal
from jupyter_ml.compute.runner import read_interpreter
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.jupyter_servers import JupyterServerSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jupyter_ml.agent.line import Line
    from jupyter_ml.compute.runner import Interpreter
    from jupyter_ml.schemas.base import Schema

__all__ = ["AttachedServer"]

FIRST, REMOVED = re.compile("\0([^\0]*)\0([^\0]*)\n"), re.compile("\0removed\r?\n")
"""What `bootstrap` prints when it serves the agent or has removed it."""
ENTER = "; exit\r"
"""Ends a line, and the shell where it cannot become the program."""


class AttachedServer(AttachedMachine):
    """The machine of a Jupyter server, on which an agent starts programs; it is reached through a terminal."""

    compute_type: ClassVar[str] = "jupyterserver"
    title: ClassVar[str] = "Jupyter server"
    Settings: ClassVar[type[Schema]] = JupyterServerSettings
    settings: JupyterServerSettings

    _found: tuple[Interpreter, dict[str, Any]]

    @property
    def parent(self) -> str:
        """The directory there in which the compute has one of its own."""
        return self.settings.directory

    async def check(self) -> None:
        """Raise UnavailableError if the server cannot be used."""
        await self._server.check()

    async def found(self) -> tuple[Interpreter, dict[str, Any]]:
        """Connect, and return what the machine has."""
        await self.check()
        await self.ping()
        return self._found

    async def remove_directory(self) -> None:
        """Wait for the end of the agent there, and remove its directory."""
        async with open_terminal(self._server) as terminal:
            await terminal.write(removing(self.settings.python, self.agent_directory) + ENTER)
            await terminal.until(REMOVED)

    @asynccontextmanager
    async def reach(self) -> AsyncIterator[Line]:
        """Connect to the agent, which is sent and started if there is none."""
        self.require_attached()
        command, agent = serving(self.settings.python, self.agent_directory, "terminal")
        async with open_terminal(self._server) as terminal:
            await terminal.write(command + ENTER)
            what = f"the Python {self.settings.python!r} cannot be used in a terminal of {self.settings.url}"
            try:
                first = await terminal.until(FIRST)
            except (TimeoutError, OSError) as error:
                raise UnavailableError(f"{what}: {error or 'it does not start'}") from error
            self._found = read_interpreter(first[1].encode(), what), json.loads(first[2])
            if self._found[1]["missing"]:
                await terminal.write(agent)
            async with terminal.line() as line:
                yield line

    @property
    def _server(self) -> JupyterServer:
        return JupyterServer(self.settings.url, self._token, self.settings.ca_file)

    def _token(self) -> str:
        name = self.settings.token_secret
        token = self.read_secret(name)
        if token is None:
            raise UnavailableError(
                f"the vault has no secret {name!r}: store the token of the server with jupyter ml vault set {name}"
            )
        return token
