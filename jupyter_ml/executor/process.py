# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start a child process, and wait for its end and its output without polling.

asyncio's own subprocesses report the end only after the last descendant has closed the pipes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from threading import Thread
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["Child"]

CHUNK_BYTES = 64 * 1024
KILL_S = 10.0
"""Seconds to wait for a killed process: one that waits for a file server, or runs as another user, may not end."""


class Child:
    """A program in its own session and process group.

    Attributes
    ----------
    pid : int
        Id of its process, which leads the group.
    exited : asyncio.Future
        Done, with the exit code (negative for a signal, None where it is unknown), as soon as the process has ended.
    stdout, stderr : file
        Its output, for `read`.
    """

    stdout: IO[bytes]
    stderr: IO[bytes] | None

    def __init__(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], merge: bool = False) -> None:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merge else subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        assert process.stdout is not None
        self.stdout, self.stderr = process.stdout, process.stderr
        self._follow(process.pid, process.wait)

    def _follow(self, pid: int, wait: Callable[[], int | None]) -> None:
        self.pid = pid
        self._loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[int | None] = self._loop.create_future()
        Thread(target=self._wait, args=(wait,), daemon=True).start()

    def _wait(self, wait: Callable[[], int | None]) -> None:
        code = wait()
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self.exited.set_result, code)

    def signal(self, number: int) -> None:
        """Send a signal to the process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def kill(self) -> None:
        """Kill the process group; the supervisor kills processes that do not end."""
        self.signal(signal.SIGKILL)
        await asyncio.wait({self.exited}, timeout=KILL_S)

    async def read(self, pipe: IO[bytes]) -> AsyncIterator[bytes]:
        """Yield output as it arrives, until the last process with the pipe has closed it."""
        reader = asyncio.StreamReader(limit=CHUNK_BYTES)
        transport, _ = await self._loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                yield chunk
        finally:
            transport.close()
