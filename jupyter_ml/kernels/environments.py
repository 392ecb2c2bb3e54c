# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Install environments of the workspace: by a process of this machine, and on computes that share no files with it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_ml.environments.elsewhere import LOCK, Elsewhere
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path, PurePath

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.environments.installations import Installations
    from jupyter_ml.schemas.environment_definition import Definition
    from jupyter_ml.schemas.pythons import Interpreter

__all__ = ["LOCK", "run_build", "send_environment"]

LOOK_S = 0.1
SEND_STEP = 2
"""Steps of a build before the environment is sent."""


async def run_build(
    folder: Path,
    definition: Definition,
    policy: str,
    *,
    python: Interpreter | None = None,
    env: Mapping[str, str] = os.environ,
    report: Callable[[int, str], None],
) -> None:
    """Build an environment in a process, which ends with this call.

    Parameters
    ----------
    folder
        The environments of the workspace.
    definition
        What is installed.
    policy
        Whether another version of Python is used: ``exact`` or ``nearest``.
    python
        The Python of another machine; by default one of this machine is found.
    env
        The environment of the process.
    report
        Called at each step with the number of steps that are done, and a description of the next one.

    Raises
    ------
    InvalidInputError
        If it cannot be built, with the reason.
    """
    command = [sys.executable, "-P", "-m", "jupyter_ml.environments", str(folder), policy]
    process = await asyncio.create_subprocess_exec(
        *command,
        *([json.dumps(python)] if python else []),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=env,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    last: dict[str, str | int] = {}
    try:
        process.stdin.write(definition.model_dump_json().encode())
        process.stdin.close()
        async for line in process.stdout:
            last = json.loads(line)
            if "step" in last:
                report(int(last["done"]), str(last["step"]))
        await process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # uv too
        await process.wait()
    if "path" not in last:
        raise InvalidInputError(str(last.get("error", "the program that installs it was killed")))


async def send_environment(
    compute: Compute,
    places: Installations,
    definition: Definition,
    policy: str,
    *,
    env: Mapping[str, str] = os.environ,
    report: Callable[[int, str], None],
) -> tuple[PurePath, str | None]:
    """Return the directory of an environment on a compute that shares no files, and what differs from its definition.

    It is built on this machine for the Python there and sent, as far as that was not done before.

    Parameters
    ----------
    compute
        The compute, or a node of it.
    places, definition, policy, env, report
        As for `run_build`.

    Raises
    ------
    InvalidInputError
        If it cannot be built for that Python, with the reason.
    UnavailableError
        If it cannot be sent, or does not work there.
    """
    python = await compute.interpreter()
    elsewhere = Elsewhere(places, definition, python)
    if not await asyncio.to_thread(lambda: elsewhere.is_built):
        await run_build(places.folder, definition, policy, python=python, env=env, report=report)
    async with _alone(places.flock_file(f"{elsewhere.identity}-{compute.name}")):
        report(SEND_STEP, f"Send it to {compute.name}")
        folder = await compute.install(elsewhere.directory, elsewhere.name, check=elsewhere.check)
    return folder, places.read_note(elsewhere.identity).get("message")


@asynccontextmanager
async def _alone(file: Path) -> AsyncIterator[None]:
    """Exclude other tasks and processes of this machine."""
    with file.open("w") as lock:
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            await asyncio.sleep(LOOK_S)
        yield
