# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernels in containers: how soon they output something in an instance that runs, and in a container each."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from benchmarks.pairs import compare
from benchmarks.targets import Target
from jupyter_ml.compute.docker.instance import Instance
from jupyter_ml.schemas.instances import InstanceSettings
from tests.docker_engine import IMAGE, EngineProcess, write_image
from tests.kernels.specs import ARGV, kernelspec

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["kernels"]


def kernels(pairs: int = 5) -> None:
    """Compare the first output of a kernel in a running instance with that of a kernel in a container of its own."""
    with _engine() as folder, _running(folder / "box") as box:
        ours, peer = partial(_first_output, box), partial(_in_a_container, folder / "each")
        ours()
        time.sleep(5)  # the forkserver starts behind the first kernel
        target = Target(3, goal_s=0.2)
        title = "kernel in a running instance, request to first output"
        compare(title, ours, peer, pairs=pairs, name="a container each", target=target)


@contextmanager
def _engine() -> Iterator[Path]:
    """Run an engine of our own that has an image with this machine's Python; yield a directory for instances."""
    folder = Path(tempfile.mkdtemp(prefix="docker-", dir="/var/tmp"))
    process = EngineProcess(folder)
    try:
        process.start()
        write_image(folder / "root.tar")
        process.run("import", str(folder / "root.tar"), IMAGE).check_returncode()
        os.environ["DOCKER_HOST"] = process.address
        yield folder
    finally:
        process.end()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(directory: Path) -> Iterator[Instance]:
    instance = Instance(directory.name, InstanceSettings(image=IMAGE))
    instance.directory = directory

    async def start() -> None:
        await instance.create()
        await instance.start()

    asyncio.run(start())
    try:
        yield instance
    finally:
        asyncio.run(instance.delete())


def _in_a_container(directory: Path) -> float:
    start = time.perf_counter()
    with _running(directory) as instance:
        _first_output(instance)
        return time.perf_counter() - start


def _first_output(instance: Instance) -> float:
    compute = {"name": instance.name, "type": "instance", "settings": instance.settings.model_dump(mode="json")}
    config = {"compute": compute, "directory": str(instance.directory), "fork": True}
    start = time.perf_counter()
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(**kernelspec(config, argv=[instance.python, *ARGV[1:]]))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    took: list[float] = []

    def receive(message: dict[str, Any]) -> None:
        if message["header"]["msg_type"] == "stream":
            took.append(time.perf_counter() - start)

    client.execute_interactive("print('first')", output_hook=receive, timeout=60)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return took[0]
