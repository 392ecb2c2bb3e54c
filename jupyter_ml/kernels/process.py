# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel as a process of a compute: start it, connect to it, and end it."""

from __future__ import annotations

import asyncio
import inspect
import json
import uuid
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent import launcher
from jupyter_ml.compute.process import ProcessSpec
from jupyter_ml.errors import UnavailableError
from jupyter_ml.kernels.connection import answers, socket_paths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Exit, Info, KernelFork, Process
    from jupyter_ml.kernels.connection import Connection

__all__ = ["KernelProcess", "describe"]

LOOK_S = 0.003
"""Between two attempts to connect to a kernel that is starting."""
RENEW_S = 0.05
"""Between two attempts to connect to the process that watches a kernel."""
DIRECT_GRACE_S, REMOTE_GRACE_S = 2.0, 30.0
"""How long a kernel outlives its client; on another machine the connection may be broken and made again."""
TAIL_BYTES = 4096


class KernelProcess:
    """A kernel that runs on a compute; create it by `start`."""

    def __init__(self, compute: Compute, connection: Connection, process: Process, folder: PurePath) -> None:
        self._compute, self._connection, self._process, self._folder = compute, connection, process, folder
        self._lease: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        compute: Compute,
        connection: Connection,
        command: Sequence[str],
        *,
        env: dict[str, str],
        cwd: Path,
        connection_file: Path | None,
        within_s: float,
        fork: KernelFork | None = None,
    ) -> KernelProcess:
        """Start a kernel, and return when it listens.

        Parameters
        ----------
        compute
            Where it starts; it is ready.
        connection
            The socket files of this machine, which are going to lead to it.
        command
            A Python of the compute and its arguments; ``{connection_file}`` is replaced.
        env, cwd
            Its environment; its working directory, of which the compute may have a copy.
        connection_file
            A connection file that exists and that the compute sees; None to create one on the compute.
        within_s
            How long it may take.
        fork
            How it can be forked; in its arguments, too, ``{connection_file}`` is replaced.

        Raises
        ------
        JupyterMLError, OSError
            When it does not start, with the cause.
        """
        shared = compute.capabilities.shared_files
        folder = compute.path(connection.folder)
        sockets = socket_paths(folder)
        info = {**connection.info(folder), "key": connection.key.decode()}
        file = str(connection_file or folder / "connection.json")
        given = {
            "folder": str(folder),
            "connection": None if connection_file else info,
            "argv": _filled(command, file),
            "cwd": [str(compute.path(cwd))],
            "grace_s": DIRECT_GRACE_S if shared else REMOTE_GRACE_S,
        }
        spec = ProcessSpec(
            argv=[command[0], "-I", "-S", "-c", inspect.getsource(launcher)],
            cwd=PurePath("/"),
            log=folder / "log",
            marker=uuid.uuid4().hex,
            stdin=json.dumps(given).encode(),
            env=env,
            fork=fork and replace(fork, arguments=_filled(fork.arguments, file)),
        )
        kernel = cls(compute, connection, await compute.spawn(spec), folder)
        try:
            lease = await kernel._process.connect(folder / "lease")
            kernel._lease = asyncio.create_task(_hold(lease))
            connection.lead_to([await kernel._process.connect(socket) for socket in sockets])
            await kernel._started(within_s)
        except BaseException:
            await kernel.end()
            raise
        return kernel

    @property
    def exit(self) -> Exit | None:
        """How it ended; None while it runs."""
        return self._process.exit

    @property
    def info(self) -> Info:
        """What identifies the process."""
        return self._process.info()

    async def wait(self) -> Exit:
        """Wait for its end."""
        return await self._process.wait()

    async def signal(self, number: int) -> None:
        """Send a signal to it."""
        await self._process.signal(number)

    async def kill(self) -> None:
        """Kill it and all that it has started."""
        await self._process.kill()

    async def end(self) -> None:
        """Kill what is left of it, and remove its files from the compute; nothing happens where that is unreachable."""
        if self._lease:
            self._lease.cancel()
        with suppress(UnavailableError, OSError):
            await self._process.kill()
            await self._compute.remove(self._connection.folder)

    async def last_line(self) -> str:
        """Return the last line that it has printed, when it has ended."""
        printed = b""
        with suppress(UnavailableError, OSError):
            async with aclosing(self._process.follow(self._folder / "log")) as pieces:
                async for piece in pieces:
                    printed = (printed + piece)[-TAIL_BYTES:]
        return printed.decode(errors="replace").strip().rpartition("\n")[2].strip()

    async def _started(self, within_s: float) -> None:
        last = socket_paths(self._connection.folder)[-1]
        ending = asyncio.ensure_future(self._process.wait())
        try:
            async with asyncio.timeout(within_s):
                while not await _answers_before(last, ending):
                    await asyncio.wait([ending], timeout=LOOK_S)
                    if ending.done():
                        raise UnavailableError(describe(ending.result(), await self.last_line()))
        except TimeoutError:
            await self._process.kill()
            cause = describe(None, await self.last_line())
            raise UnavailableError(f"it did not listen within {within_s:g} s{cause}") from None
        finally:
            ending.cancel()


def _filled(arguments: Sequence[str], connection_file: str) -> list[str]:
    return [each.replace("{connection_file}", connection_file) for each in arguments]


async def _answers_before(socket: Path, ending: asyncio.Future[Exit]) -> bool:
    """Return whether a kernel answers before it ends; a connection that is forwarded may hang then."""
    asking = asyncio.ensure_future(answers(socket))
    first: set[asyncio.Future[Any]] = {asking, ending}
    try:
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        return asking.done() and asking.result()
    finally:
        asking.cancel()


async def _hold(lease: Path) -> None:
    """Stay connected to the process that watches a kernel, so that it does not end it."""
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_unix_connection(lease)
            try:
                await reader.read()
            finally:
                writer.close()
        await asyncio.sleep(RENEW_S)


def describe(ended: Exit | None, printed: str) -> str:
    """Return how a kernel has ended, and what it printed last."""
    said = f": {printed}" if printed else ""
    if ended is None:
        return said
    if ended.out_of_memory:
        return f"it was killed because there was not enough memory{said}"
    if ended.signal:
        return f"it was ended by {ended.signal}{said}"
    return f"it ended with exit code {ended.code}{said}" if ended.lost is None else f"it is lost: {ended.lost}"
