# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Send packages to the machine of an agent, once: those that run jobs, and environments."""

from __future__ import annotations

import asyncio
import io
import tempfile
from typing import TYPE_CHECKING

from jupyter_ml.compute import runner
from jupyter_ml.compute.agents.commands import copy, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import PurePath
    from typing import IO

    from jupyter_ml.compute.agents.client import AgentClient
    from jupyter_ml.compute.runner import Interpreter

__all__ = ["find_interpreter", "send_once", "send_runner"]


async def find_interpreter(client: AgentClient, python: str) -> Interpreter:
    """Return what a Python of the machine is.

    Parameters
    ----------
    client
        The agent.
    python
        A command or a path.

    Raises
    ------
    UnavailableError
        If there is none, or it is too old for jobs.
    """
    printed, what = io.BytesIO(), f"the Python {python!r} cannot run jobs"
    await run(client, [python, "-I", "-c", runner.ABOUT], what=what, stdout=printed)
    return runner.read_interpreter(printed.getvalue(), what)


async def send_runner(client: AgentClient, interpreter: Interpreter, cache: PurePath) -> PurePath:
    """Return the Python there that has the packages; they are sent if they are not there.

    They come all at once or not at all, also if several clients send them, or the connection breaks.

    Parameters
    ----------
    client
        The agent.
    interpreter
        The Python there.
    cache
        Directory there for all versions of the packages, which workspaces may share.

    Raises
    ------
    UnavailableError
        If they cannot be installed on this machine, or not be sent.
    """
    environment = await asyncio.to_thread(runner.make_runner, interpreter)
    digest = await asyncio.to_thread(runner.runner_digest, environment)
    folder = cache / digest
    await send_once(
        client,
        folder,
        f"{runner.RUNNER}/pyvenv.cfg",
        lambda archive: runner.write_runner(environment, archive),
        what="the packages that run jobs cannot be sent",
    )
    return folder / runner.RUNNER / "bin" / "python"


async def send_once(
    client: AgentClient,
    target: PurePath,
    proof: str,
    write: Callable[[IO[bytes]], None],
    *,
    what: str,
    check: Sequence[str] = (),
) -> None:
    """Send a directory whose content never changes, unless it is there; then it counts as used.

    Others beside it that no one has used for 30 days are removed when it is sent.

    Parameters
    ----------
    client
        The agent.
    target
        The directory there.
    proof
        A file in it that is not empty.
    write
        Writes the directory into an archive.
    what
        Beginning of the message of an error.
    check
        A program and its arguments that have to succeed in the directory, each time; when it is sent, before it counts.

    Raises
    ------
    UnavailableError
        If it cannot be sent, or the program fails.
    """
    _, found = await client.request("read", path=str(target / proof), offset=0)
    with tempfile.TemporaryFile() as archive, tempfile.TemporaryFile() as printed:
        if not found:
            await asyncio.to_thread(write, archive)
            archive.seek(0)
            await copy(client, "add", str(target), *check, what=what, stdin=archive, stdout=printed)
        else:
            await copy(client, "check", str(target), *check, what=what, stdout=printed)
