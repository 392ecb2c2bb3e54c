# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What an attempt waits for ends when it is canceled or handed over."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_ml.supervisor.cancellation import CancellationToken, DetachedError
from tests.supervisor.loops import asynchronous


@asynchronous
async def test_a_pause_ends_at_a_cancel_also_at_one_that_came_before_it():
    cancellation = CancellationToken()
    cancellation.cancel()
    await cancellation.pause(600)
    pausing = asyncio.create_task(cancellation.pause(600))
    await asyncio.sleep(0)
    assert not pausing.done()
    cancellation.wake()
    await pausing
    assert cancellation.canceled
    cancellation.detach()
    with pytest.raises(DetachedError):
        await cancellation.pause(600)
    with pytest.raises(DetachedError):
        await cancellation.pause(0)
