# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run programs of a moment on the machine of an agent, whose input and output go through the connection."""

from __future__ import annotations

import inspect
import io
import uuid
from typing import IO, TYPE_CHECKING, Any

from jupyter_ml.compute.agents import copying
from jupyter_ml.compute.agents.channels import Channel
from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from jupyter_ml.compute.agents.client import AgentClient

__all__ = ["copy", "run"]

PATH = "/usr/local/bin:/usr/bin:/bin"
_SHOWN_BYTES = 1000


async def run(
    client: AgentClient, argv: list[str], *, what: str, stdin: IO[bytes] | None = None, stdout: IO[bytes]
) -> None:
    """Run a program until it has ended.

    Parameters
    ----------
    client
        The agent.
    argv
        The program and its arguments.
    what
        Beginning of the message of an error.
    stdin, stdout
        Its standard input; what gets its output and its errors.

    Raises
    ------
    UnavailableError
        If it cannot be started or fails; with what it printed last.
    """
    key, marker = uuid.uuid4().hex, uuid.uuid4().hex
    given: dict[str, Any] = {"key": key, "argv": argv, "cwd": "/", "env": {"PATH": PATH, MARKER: marker}}
    try:
        started, _ = await client.request("start", **given, channel=key)
    except OSError as error:
        raise UnavailableError(f"{what}: {error}") from error
    channel = Channel(client, key)
    try:
        await channel.push_all(stdin or io.BytesIO())
        async for piece in channel.pull():
            stdout.write(piece)
        program = {"key": key, "marker": marker, **started}
        ended, _ = await client.request("wait", program=program)
    finally:
        await channel.close()
    if ended.get("code") != 0:
        stdout.seek(max(stdout.tell() - _SHOWN_BYTES, 0))
        printed = stdout.read().decode(errors="replace").strip().rpartition("\n")[2]
        raise UnavailableError(f"{what}: {printed or ended}")


async def copy(
    client: AgentClient, *arguments: str, what: str, stdin: IO[bytes] | None = None, stdout: IO[bytes]
) -> None:
    """Run a command of `copying`; see `run`."""
    about, _ = await client.request("about")
    argv = [about["python"], "-I", "-c", inspect.getsource(copying), *arguments]
    await run(client, argv, what=what, stdin=stdin, stdout=stdout)
