# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Killing programs and all that they have started, as tests."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import Exit
from jupyter_ml.compute.testing.fixtures import Fixtures, asynchronous
from jupyter_ml.compute.testing.programs import CHILD, DAEMON, RESPAWN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import PurePath

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import Process


__all__ = ["KillingContract"]


class KillingContract(Fixtures):
    """Nothing that a program starts outlives it."""

    @asynchronous
    async def test_kill_ends_daemons(self, start: Callable[..., Awaitable[Process]], folder: PurePath) -> None:
        """Even one that forked twice into a session of its own."""
        process = await start(DAEMON, "stay")
        await self.first(process, folder / "daemon")
        await process.kill()
        assert (await process.wait()).signal == "SIGKILL"
        assert await self.ended(start, folder / "daemon")

    @asynchronous
    async def test_kill_after_the_end_ends_daemons(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """The program has ended by itself, its daemon has not."""
        process = await start(DAEMON, "leave")
        assert await process.wait() == Exit(code=0)
        assert await self.grows(start, folder / "daemon")
        await process.kill()
        assert await self.ended(start, folder / "daemon")
        assert process.exit == Exit(code=0)

    @asynchronous
    async def test_kill_marked_needs_no_handle(
        self, compute: Compute, marker: str, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """As after a crash of the supervisor."""
        process = await start(DAEMON, "stay")
        await self.first(process, folder / "daemon")
        await compute.kill_marked(marker)
        assert (await process.wait()).signal == "SIGKILL"
        assert await self.ended(start, folder / "daemon")

    @asynchronous
    async def test_kill_ends_children_without_the_marker(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """A child may have been started with an environment of its own."""
        process = await start(CHILD)
        await self.first(process, folder / "child")
        await process.kill()
        assert await self.ended(start, folder / "child")

    @asynchronous
    async def test_kill_outruns_a_program_that_forks(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Each process starts the next one and ends: a moving target."""
        process = await start(RESPAWN)
        await process.wait()
        assert await self.grows(start, folder / "respawned")
        await process.kill()
        assert await self.ended(start, folder / "respawned")

    @asynchronous
    async def test_kill_spares_the_others(self, start: Callable[..., Awaitable[Process]]) -> None:
        """Another program of the same compute runs on."""
        other = await start("import time; time.sleep(600)", mark=uuid.uuid4().hex)
        await (await start("import time; time.sleep(600)")).kill()
        assert other.exit is None
