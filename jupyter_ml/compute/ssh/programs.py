# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run Python code over an SSH connection."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_ml.agent.frames import ProtocolError
from jupyter_ml.agent.line import Line
from jupyter_ml.compute.agents.reaching import explained
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncssh import SSHClientConnection, SSHClientProcess

__all__ = ["open_program", "run_program"]

START_S, END_S = 60.0, 1.0
"""How long a shell may take to start, with all that its user has configured, and to end."""
NOISE_BYTES = 64 * 1024
"""What a shell may print before."""


class Program:
    """A program that prints a line, and then speaks the protocol of the agent."""

    def __init__(self, process: SSHClientProcess[bytes]) -> None:
        self._process = process

    async def first_line(self) -> tuple[bytes, bytes]:
        """Return the two parts of the line that `bootstrap` prints; ProtocolError if it ends before."""
        received = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                while received < NOISE_BYTES and (line := await self._process.stdout.readline()):
                    _, *parts = line.split(b"\0")
                    if len(parts) == 2:
                        return parts[0], parts[1]
                    received += len(line)
        raise ProtocolError("Python does not run there")

    async def write(self, content: bytes) -> None:
        """Write to its standard input."""
        self._process.stdin.write(content)
        await self._process.stdin.drain()

    async def line(self) -> Line:
        """Return its standard streams, for the protocol of the agent."""
        theirs, outgoing = os.pipe()
        incoming, its = os.pipe()
        await self._process.redirect(stdin=theirs, stdout=its)
        return Line(incoming, outgoing)


@asynccontextmanager
async def open_program(connection: SSHClientConnection, command: str) -> AsyncIterator[Program]:
    """Run a command.

    Parameters
    ----------
    connection
        A connection.
    command
        The command.

    Raises
    ------
    EOFError, OSError, ProtocolError
        What the block has raised, with what the program printed as an error.
    """
    process = await connection.create_process(command, encoding=None)
    try:
        yield Program(process)
    except (EOFError, OSError, ProtocolError) as error:
        await _ended(process)
        raise explained(error, process.collect_output()[1]) from error
    finally:
        process.close()
        await _ended(process)


async def _ended(process: SSHClientProcess[bytes]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(END_S):
            await process.wait_closed()


async def run_program(connection: SSHClientConnection, command: str) -> None:
    """Run a command to its end; UnavailableError if it fails."""
    import asyncssh

    try:
        done = await connection.run(command, errors="replace")
    except asyncssh.Error as error:
        raise UnavailableError(str(error) or type(error).__name__) from error
    if done.exit_status:
        raise UnavailableError(str(done.stderr).strip().rpartition("\n")[2] or f"exit code {done.exit_status}")
