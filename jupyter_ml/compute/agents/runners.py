# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Send the packages that run jobs to the machine of an agent, once for each version of them."""

from __future__ import annotations

import asyncio
import io
import tempfile
from typing import TYPE_CHECKING

from jupyter_ml.compute import runner
from jupyter_ml.compute.agents.commands import copy, run

if TYPE_CHECKING:
    from pathlib import PurePath

    from jupyter_ml.compute.agents.client import AgentClient
    from jupyter_ml.compute.runner import Interpreter

__all__ = ["find_interpreter", "send_runner"]


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
    _, found = await client.request("read", path=str(folder / runner.RUNNER / "pyvenv.cfg"), offset=0)
    if not found:
        with tempfile.TemporaryFile() as archive, tempfile.TemporaryFile() as printed:
            await asyncio.to_thread(runner.write_runner, environment, archive)
            archive.seek(0)
            what = "the packages that run jobs cannot be sent"
            await copy(client, "add", str(folder), what=what, stdin=archive, stdout=printed)
    return folder / runner.RUNNER / "bin" / "python"
