# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fixtures of the contract of computes."""

from __future__ import annotations

import asyncio
import inspect
import sys
import uuid
from contextlib import aclosing
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import pytest

from jupyter_ml.compute.process import Exit, ProcessSpec
from jupyter_ml.compute.testing.programs import GROWS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator
    from pathlib import PurePath

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Process

__all__ = ["TIMEOUT_S", "Fixtures", "asynchronous"]

TIMEOUT_S = 60.0
_P = ParamSpec("_P")


def asynchronous(test: Callable[_P, Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in the loop of the fixture ``runner``, which the fixtures of the test share."""

    @wraps(test)
    def run(*args: Any, runner: asyncio.Runner, **kwargs: Any) -> None:
        runner.run(asyncio.wait_for(test(*args, **kwargs), TIMEOUT_S))

    added = inspect.Parameter("runner", inspect.Parameter.KEYWORD_ONLY)
    signature = inspect.signature(test)
    run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), added])  # type: ignore[attr-defined]
    return run


class Fixtures:
    """Fixtures and helpers. A subclass defines the fixtures ``compute``, ``folder`` and ``python``."""

    @pytest.fixture
    def compute(self) -> Compute:
        """Return the compute."""
        raise NotImplementedError

    @pytest.fixture
    def folder(self) -> PurePath:
        """Return the path of an empty directory of the compute, short enough for a Unix socket in it."""
        raise NotImplementedError

    @pytest.fixture
    def python(self) -> str:
        """Return the path of a Python on the compute."""
        return sys.executable

    @pytest.fixture
    def runner(self) -> Iterator[asyncio.Runner]:
        """Yield the loop of one test and its fixtures."""
        with asyncio.Runner() as runner:
            yield runner

    @pytest.fixture
    def marker(self) -> str:
        """Return the marker of the programs of one test."""
        return uuid.uuid4().hex

    @pytest.fixture
    def start(
        self, compute: Compute, marker: str, folder: PurePath, python: str, runner: asyncio.Runner
    ) -> Iterator[Callable[..., Awaitable[Process]]]:
        """Yield a function that starts Python code with arguments; kill what it started at the end."""
        started = []

        async def start(
            code: str, *arguments: str, stdin: bytes = b"", log: str = "log", mark: str = marker, **env: str
        ) -> Process:
            """Start a program and return it."""
            argv = [python, "-c", code, *arguments]
            environment = {"PATH": "/usr/bin:/bin", **env}
            spec = ProcessSpec(argv=argv, cwd=folder, log=folder / log, marker=mark, stdin=stdin, env=environment)
            started.append(await compute.spawn(spec))
            return started[-1]

        yield start
        for process in started:
            runner.run(process.kill())

    async def read(self, process: Process, file: PurePath, offset: int = 0) -> bytes:
        """Return all of a file that a program writes, after its end."""
        return b"".join([piece async for piece in process.follow(file, offset)])

    async def first(self, process: Process, file: PurePath) -> None:
        """Wait until something is in a file."""
        async with aclosing(process.follow(file)) as pieces:
            async for _ in pieces:
                return

    async def grows(
        self, start: Callable[..., Awaitable[Process]], file: PurePath, within_s: float = TIMEOUT_S / 2
    ) -> bool:
        """Return whether a process still writes into a file."""
        return await (await start(GROWS, str(file), str(within_s), mark=uuid.uuid4().hex)).wait() == Exit(code=0)

    async def ended(self, start: Callable[..., Awaitable[Process]], file: PurePath) -> bool:
        """Return whether the process that wrote into a file every 10 ms has ended."""
        return not await self.grows(start, file, 0.3)
