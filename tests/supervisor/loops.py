# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run tests in an asyncio loop."""

from __future__ import annotations

import asyncio

from tests.workspaces import TIMEOUT_S


def asynchronous(test):
    """Run a test in a loop of its own; without the parameters of the test, pytest finds its fixtures."""

    def run():
        asyncio.run(asyncio.wait_for(test(), TIMEOUT_S))

    run.__name__ = test.__name__
    return run


async def canceled():
    """Wait for what is canceled."""
    waiting = asyncio.get_running_loop().create_future()
    waiting.cancel()
    await waiting
