# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Nodes that are pods, with a stand-in for Kubernetes."""

# ruff: noqa: ASYNC240 -- nothing else runs in the loop of a test

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.compute.process import Exit, ProcessSpec
from tests.agent.asynchronous import asynchronous
from tests.compute.test_clusters import make
from tests.integration import KILLS
from tests.kubernetes.dask_kubernetes.operator import kill

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.integration, KILLS]


@pytest.fixture
def pods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the directory with what the stand-in has created, which is to be empty in the end."""
    installed, resources = tmp_path / "dask_kubernetes-0.dist-info", tmp_path / "resources"
    installed.mkdir()
    resources.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: dask-kubernetes\nVersion: 0\n")
    (installed / "top_level.txt").write_text("dask_kubernetes\n")
    stand_in = Path(__file__).parents[1] / "kubernetes"
    monkeypatch.setenv("PYTHONPATH", f"{stand_in}{os.pathsep}{tmp_path}")
    monkeypatch.setenv("FAKE_KUBERNETES", str(resources))
    yield resources
    left = [file for file in resources.iterdir() if file.suffix != ".log"]
    for file in resources.glob("*.pod"):
        kill(file)
    assert left == []


def kill_manager(directory: Path) -> None:
    for process in psutil.process_iter(["cmdline"]):
        if process.info["cmdline"] and process.info["cmdline"][-2:] == ["jupyter_ml.compute.dask", str(directory)]:
            process.kill()
            process.wait()


@asynchronous
async def test_each_node_is_a_group_that_is_found_again(pods: Path, tmp_path: Path) -> None:
    cluster = make(tmp_path / "c", deployer="kubernetes", max_instances=2, shared_files=True)
    await cluster.check()
    await cluster.create()
    await cluster.start()
    node = await cluster.reserve(kernel=True)
    code = f"import os, time\nwhile not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.05)\nprint('done')"
    spec = ProcessSpec(argv=[sys.executable, "-c", code], cwd=tmp_path, log=tmp_path / "log", marker=f"k-{tmp_path}")
    process = await node.spawn(spec)
    [group] = [file.stem for file in pods.glob("*.group")]
    kill_manager(tmp_path / "c")
    again = make(tmp_path / "c", deployer="kubernetes", max_instances=2, shared_files=True)
    await again.start()
    assert [file.stem for file in pods.glob("*.group")] == [group]
    (tmp_path / "go").touch()
    found = await again.reserve(node.node)
    attached = await found.attach(process.info())
    assert await attached.wait() == Exit(code=0)
    assert (tmp_path / "log").read_text() == "done\n"
    await node.release()
    await found.release()
    await again.delete()
    assert list(pods.glob("*.group")) == []


@asynchronous
async def test_why_a_pod_waits_is_shown(pods: Path, tmp_path: Path) -> None:
    cluster = make(tmp_path / "c", deployer="kubernetes", options={"image": "missing"}, min_instances=1)
    await cluster.create()
    await cluster.start()
    wanted = "is Pending (ImagePullBackOff: there is no image 'missing')"
    while not any((each.message or "").endswith(wanted) for each in (await cluster.nodes()).nodes):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await cluster.delete()
    assert list(pods.glob("*.group")) == []
