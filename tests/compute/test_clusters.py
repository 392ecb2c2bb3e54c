# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Nodes of clusters fulfill the contract of computes, and clusters report what is wrong with them."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.compute.dask.calling import locked
from jupyter_ml.compute.dask.cluster import Cluster
from jupyter_ml.compute.testing import ComputeContract
from jupyter_ml.errors import GoneError, InvalidInputError, UnavailableError
from jupyter_ml.schemas.clusters import ClusterSettings
from jupyter_ml.schemas.compute_states import ComputeState
from tests.integration import KILLS
from tests.slurm import OPTIONS, slurm_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.compute.dask.nodes import ClusterNode

pytestmark = [pytest.mark.integration, KILLS]


def make(directory: Path, **settings: Any) -> Cluster:
    made = Cluster("c", ClusterSettings(**settings))
    made.directory = directory
    return made


def start(directory: Path, **settings: Any) -> None:
    async def create() -> None:
        compute = make(directory, **settings)
        await compute.check()
        await compute.create()
        await compute.start()

    asyncio.run(create())


LOCAL: dict[str, Any] = {"shared_files": False}
SLURM: dict[str, Any] = {"deployer": "slurm", "options": OPTIONS}


@pytest.fixture(scope="module")
def local_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("local") / "c"
    start(path, **LOCAL)
    yield path
    asyncio.run(make(path).delete())
    assert not path.exists()


@pytest.fixture(scope="module")
def slurm_cluster(slurm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("slurm") / "c"
    start(path, **SLURM)
    yield path
    asyncio.run(make(path).delete())
    assert slurm_command("squeue", "--noheader", "--states=running,pending") == ""


def reserved(directory: Path, runner: asyncio.Runner, settings: dict[str, Any]) -> Iterator[ClusterNode]:
    node = runner.run(make(directory, **settings).reserve(kernel=True))
    yield node
    runner.run(node.release())


class NodeContract(ComputeContract):
    @pytest.fixture
    def folder(self) -> Iterator[Path]:
        path = Path(tempfile.mkdtemp(prefix="n-"))
        yield path
        shutil.rmtree(path)


class TestNodeWithoutSharedFiles(NodeContract):
    @pytest.fixture
    def compute(self, local_cluster: Path, runner: asyncio.Runner) -> Iterator[ClusterNode]:
        yield from reserved(local_cluster, runner, LOCAL)


class TestNodeOfSlurm(NodeContract):
    @pytest.fixture
    def compute(self, slurm_cluster: Path, runner: asyncio.Runner) -> Iterator[ClusterNode]:
        yield from reserved(slurm_cluster, runner, SLURM)


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"deployer": "os.path"}, UnavailableError, "'os.path' is in no package that is installed here"),
        (
            {"deployer": "distributed.Client"},
            InvalidInputError,
            "is not a class of Dask's clusters",
        ),
        ({"deployer": "distributed.Nothing"}, InvalidInputError, "cannot be imported"),
    ],
)
def test_a_class_that_is_no_deployer_is_refused(tmp_path, settings, kind, message):
    with pytest.raises(kind, match=message):
        asyncio.run(make(tmp_path, **settings).check())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"address": "tcp://127.0.0.1:1"}, "tcp://127.0.0.1:1"),
        ({"deployer": "slurm", "options": {"colour": "red"}}, "options: slurm does not accept them: .*colour"),
    ],
)
def test_why_a_cluster_cannot_be_started_is_reported(tmp_path, monkeypatch, settings, message):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")

    async def check() -> None:
        compute = make(tmp_path / "c", **settings)
        await compute.create()
        with pytest.raises(UnavailableError, match=message):
            await compute.start()
        assert await compute.state() is ComputeState.STOPPED
        await compute.delete()

    asyncio.run(check())


def test_a_stopped_cluster_is_not_started_again_by_those_who_use_its_nodes(tmp_path):
    async def stop() -> None:
        cluster = make(tmp_path / "c", shared_files=True)
        await cluster.create()
        await cluster.start()
        node = await cluster.reserve(kernel=True)
        await node.client.request("ping")
        await cluster.stop()
        with pytest.raises(GoneError, match="the cluster is stopped"):
            await node.client.request("ping")
        with pytest.raises(UnavailableError, match="the cluster is stopped"):
            await cluster.reserve()
        await node.release()
        lock = locked(tmp_path / "c")
        assert lock is not None
        os.close(lock)
        await cluster.delete()

    asyncio.run(stop())
