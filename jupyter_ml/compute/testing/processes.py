# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs and how they end, as tests."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.process import MARKER, Exit, ProcessSpec
from jupyter_ml.compute.testing.fixtures import Fixtures, asynchronous
from jupyter_ml.compute.testing.programs import DAEMON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Process


__all__ = ["ProcessContract"]


class ProcessContract(Fixtures):
    """A program starts as it was specified, and its end is known."""

    @asynchronous
    async def test_environment_and_folder_are_those_given(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Nothing of our own environment reaches the program, except what was given, and the marker."""
        process = await start("import json, os; print(json.dumps([os.getcwd(), dict(os.environ)]))", GREETING="hello")
        cwd, environment = json.loads(await self.read(process, folder / "log"))
        assert PurePath(cwd).name == folder.name
        assert environment["GREETING"] == "hello"
        assert environment[MARKER]
        assert environment.keys() - {"PATH", "LC_CTYPE"} == {"GREETING", MARKER}

    @asynchronous
    async def test_standard_input_is_what_was_given(self, start: Callable[..., Awaitable[Process]]) -> None:
        """However long it is, whether or not the program reads it; a program that asks for more does not hang."""
        code = "import sys; sys.exit(sys.stdin.buffer.read() != b'secret' * int(sys.argv[1]))"
        assert await (await start(code, "0")).wait() == Exit(code=0)
        assert await (await start(code, "100000", stdin=b"secret" * 100_000)).wait() == Exit(code=0)
        assert await (await start("raise SystemExit(5)", stdin=b"secret" * 100_000)).wait() == Exit(code=5)

    @pytest.mark.parametrize("code", [0, 1, 42, 255])
    @asynchronous
    async def test_exit_code(self, start: Callable[..., Awaitable[Process]], code: int) -> None:
        """The exit code is the program's; any number of callers may wait for it, and it stays."""
        process = await start(f"raise SystemExit({code})")
        first, second = await asyncio.gather(process.wait(), process.wait())
        assert first == second == Exit(code=code)
        assert process.exit == await process.wait() == Exit(code=code)

    @asynchronous
    async def test_a_wait_that_is_cancelled_does_nothing(self, start: Callable[..., Awaitable[Process]]) -> None:
        """The program runs on, and others can wait."""
        process = await start("import time; time.sleep(600)")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.wait(), 0.05)
        assert process.exit is None
        await process.kill()
        assert (await process.wait()).signal == "SIGKILL"

    @asynchronous
    async def test_signal_reaches_the_program(self, start: Callable[..., Awaitable[Process]], folder: PurePath) -> None:
        """A handler runs; after the end a signal does nothing."""
        code = (
            "import signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
            "print('ready', flush=True)\n"
            "time.sleep(600)"
        )
        process = await start(code)
        await self.first(process, folder / "log")
        await process.signal(signal.SIGTERM)
        assert await process.wait() == Exit(code=7)
        await process.signal(signal.SIGTERM)

    @asynchronous
    async def test_death_by_a_signal_names_it(self, start: Callable[..., Awaitable[Process]]) -> None:
        """By its name, whatever its number is on that machine."""
        process = await start("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        assert await process.wait() == Exit(signal="SIGSEGV")

    @asynchronous
    async def test_a_program_that_does_not_exist(self, compute: Compute, folder: PurePath) -> None:
        """It cannot be started, and the caller learns so at once."""
        spec = ProcessSpec(argv=["/no-such-program"], cwd=folder, log=folder / "log", marker="none")
        with pytest.raises(OSError, match="no-such-program"):
            await compute.spawn(spec)

    @asynchronous
    async def test_attach(self, compute: Compute, start: Callable[..., Awaitable[Process]]) -> None:
        """Given what was stored as JSON, another handle sees the program run, waits for it and kills it."""
        process = await start("import time; time.sleep(600)")
        other = await compute.attach(json.loads(json.dumps(process.info())))
        assert other.exit is None
        waiting = asyncio.create_task(other.wait())
        await other.kill()
        assert (await waiting).code is None
        assert (await process.wait()).signal == "SIGKILL"

    @asynchronous
    async def test_attach_after_the_end(
        self, compute: Compute, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """How it ended may be unknown then, but what it left running can be killed."""
        process = await start(DAEMON, "leave")
        assert await process.wait() == Exit(code=0)
        other = await compute.attach(process.info())
        ended = await other.wait()
        assert ended == Exit(code=0) or ended.lost
        await other.signal(signal.SIGTERM)
        await other.kill()
        assert await self.ended(start, folder / "daemon")
