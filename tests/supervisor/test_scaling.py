# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Clusters are asked for slots, and one that does not reply delays nothing."""

from __future__ import annotations

import asyncio

from jupyter_ml.errors import UnavailableError
from jupyter_ml.supervisor.scaling import Scaling
from jupyter_ml.supervisor.threads import Threads


class FakeCluster:
    name = "local"

    def __init__(self):
        self.replies, self.asked, self.error = asyncio.Event(), [], None

    async def scale(self, slots):
        self.asked.append(slots)
        await self.replies.wait()
        if self.error:
            raise self.error
        return 2

    async def resized(self):
        await asyncio.Event().wait()


def run(workspace, check):
    async def within():
        threads, changed = Threads(), asyncio.Event()
        scaling = Scaling(workspace._context, threads, changed.set)
        try:
            await asyncio.wait_for(check(scaling, FakeCluster(), changed), 60)
        finally:
            scaling.close()
            threads.close()

    asyncio.run(within())


def test_a_cluster_that_does_not_reply_has_no_slots_until_it_does(workspace):
    async def check(scaling, cluster, changed):
        assert await scaling.slots(cluster) == 0
        assert await scaling.slots(cluster) == 0
        assert cluster.asked == [0], "once, as long as it does not reply"
        cluster.replies.set()
        await changed.wait()
        assert await scaling.slots(cluster) == 2

    run(workspace, check)


def test_why_a_cluster_has_no_nodes_is_stored(workspace):
    async def check(scaling, cluster, changed):
        cluster.replies.set()
        cluster.error = UnavailableError("the scheduler does not reply")
        assert await scaling.slots(cluster) == 0
        assert workspace.computes.get("local").message == "the scheduler does not reply"
        await changed.wait()  # it is tried again
        cluster.error = None
        assert await scaling.slots(cluster) == 2

    run(workspace, check)
