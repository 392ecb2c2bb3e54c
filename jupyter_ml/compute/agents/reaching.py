# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Ways to reach an agent: through the standard input and output of a command, or its socket on this machine."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jupyter_ml.agent.frames import ProtocolError
from jupyter_ml.agent.line import Line
from jupyter_ml.agent.reaching import reach

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["explained", "through_command", "through_socket"]

_END_S = 15.0
"""How long a command may run after its standard input was closed: an agent that ends kills its programs first."""
_SHOWN_BYTES = 1000


@asynccontextmanager
async def through_command(argv: list[str]) -> AsyncIterator[Line]:
    """Run a command that is or leads to an agent, such as ``ssh HOST python3 agent.pyz relay DIRECTORY``.

    Raises
    ------
    OSError
        When it cannot be started.
    EOFError, OSError, ProtocolError
        What the connection has raised inside the block, with what the command printed as an error.
    """
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as errors:
        with theirs:
            try:
                command = await asyncio.create_subprocess_exec(
                    *argv, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=errors, start_new_session=True
                )
            except BaseException:
                ours.close()
                raise
        line = Line((descriptor := ours.detach()), descriptor)
        try:
            yield line
        except (EOFError, OSError, ProtocolError) as error:
            errors.seek(0)
            raise explained(error, errors.read()) from error
        finally:
            line.close()
            await _ended(command)


def explained(error: Exception, errors: bytes) -> Exception:
    """Return the error of a connection through a command, with the end of what that has printed as an error."""
    printed = errors[-_SHOWN_BYTES:].decode(errors="replace").strip()
    return type(error)(f"{error}: {printed}" if printed else str(error))


async def _ended(command: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(_END_S):
            await command.wait()
    except TimeoutError:
        pass
    finally:
        if command.returncode is None:
            command.kill()
            await command.wait()


@asynccontextmanager
async def through_socket(directory: str) -> AsyncIterator[Line]:
    """Connect to the agent that listens in a directory of this machine, and start it if there is none.

    Raises
    ------
    OSError
        When there is none within 10 seconds, or the directory or the socket is not this user's.
    """
    descriptor = (await asyncio.to_thread(reach, directory)).detach()
    line = Line(descriptor, descriptor, unix=True)
    try:
        yield line
    finally:
        line.close()
