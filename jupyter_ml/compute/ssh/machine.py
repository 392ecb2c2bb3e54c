# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A machine over SSH as a compute."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_ml.compute.agents.attached import AttachedMachine
from jupyter_ml.compute.agents.bootstrapping import removing, serving
from jupyter_ml.compute.runner import read_interpreter
from jupyter_ml.compute.ssh.connection import connect, require_asyncssh
from jupyter_ml.compute.ssh.programs import open_program, run_program
from jupyter_ml.schemas.ssh import SshSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jupyter_ml.agent.line import Line
    from jupyter_ml.compute.runner import Interpreter
    from jupyter_ml.schemas.base import Schema

__all__ = ["SshMachine"]


class SshMachine(AttachedMachine):
    """A machine with Linux and Python, over one SSH connection for each process that uses it."""

    compute_type: ClassVar[str] = "ssh"
    title: ClassVar[str] = "Machine over SSH"
    Settings: ClassVar[type[Schema]] = SshSettings
    settings: SshSettings

    _found: tuple[Interpreter, dict[str, Any]]

    @property
    def parent(self) -> str:
        """The directory there in which the compute has one of its own."""
        return self.settings.directory

    @classmethod
    def require(cls) -> None:
        """Raise UnavailableError if asyncssh is not installed."""
        require_asyncssh()

    async def found(self) -> tuple[Interpreter, dict[str, Any]]:
        """Connect, and return what the machine has."""
        await self.ping()
        return self._found

    async def remove_directory(self) -> None:
        """Wait for the end of the agent there, and remove its directory; UnavailableError if it cannot be removed."""
        async with connect(self.settings, self.read_secret) as connection:
            await run_program(connection, removing(self.settings.python, self.agent_directory))

    @asynccontextmanager
    async def reach(self) -> AsyncIterator[Line]:
        """Connect to the agent, which is sent and started if there is none."""
        self.require_attached()
        command, agent = serving(self.settings.python, self.agent_directory)
        async with (
            connect(self.settings, self.read_secret) as connection,
            open_program(connection, command) as program,
        ):
            about, found = await program.first_line()
            what = f"the Python {self.settings.python!r} of {self.settings.host} cannot be used"
            self._found = read_interpreter(about, what), json.loads(found)
            if self._found[1]["missing"]:
                await program.write(agent.encode())
            line = await program.line()
            try:
                yield line
            finally:
                line.close()
