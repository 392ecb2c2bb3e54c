# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel on a cluster waits for a node, and keeps it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.compute.dask.cluster import Cluster
from jupyter_ml.schemas.clusters import ClusterSettings
from tests.integration import KILLS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.kernels.session import Session

pytestmark = [pytest.mark.integration, KILLS]

SETTINGS = {"shared_files": False, "idle_time_before_scale_down": 0}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run a cluster whose nodes go as soon as nothing uses them; yield its directory."""
    path = tmp_path_factory.mktemp("cluster") / "c"

    async def create() -> None:
        await cluster(path).create()
        await cluster(path).start()

    asyncio.run(create())
    yield path
    asyncio.run(cluster(path).delete())


def cluster(directory: Path) -> Cluster:
    made = Cluster("c", ClusterSettings.model_validate(SETTINGS))
    made.directory = directory
    return made


class TestKernelOfCluster:
    @pytest.fixture
    def config(self, directory: Path) -> dict[str, Any]:
        return {"compute": {"name": "c", "type": "cluster", "settings": SETTINGS}, "directory": str(directory)}

    async def test_it_keeps_its_node(self, open_kernel: Callable[..., Awaitable[Session]], directory: Path) -> None:
        compute = cluster(directory)
        assert not (await compute.nodes()).nodes
        kernel = await open_kernel()
        await kernel.responds()
        [node] = (await compute.nodes()).nodes
        assert (node.state, node.kernels, node.jobs) == ("running", 1, 0)
        await kernel.post("restart")
        await kernel.responds()
        assert len((await compute.nodes()).nodes) == 1
        await kernel.shutdown()
        async with asyncio.timeout(60):
            while (await compute.nodes()).nodes:  # noqa: ASYNC110 -- of another process
                await asyncio.sleep(0.05)
