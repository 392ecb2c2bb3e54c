# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel runs in a container."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.compute.docker.instance import Instance
from jupyter_ml.schemas.instances import InstanceSettings
from tests.docker_engine import IMAGE
from tests.integration import KILLS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.kernels.session import Session

pytestmark = [pytest.mark.integration, KILLS, pytest.mark.usefixtures("docker_engine")]


@pytest.fixture
def instance(docker_engine: str, tmp_path: Path) -> Iterator[Instance]:
    made = Instance("box", InstanceSettings(image=IMAGE, memory="600MB", pids=256))
    made.directory = tmp_path / "instance"
    asyncio.run(made.create())
    yield made
    asyncio.run(made.delete())


@pytest.fixture
def compute(instance: Instance) -> dict[str, Any]:
    return {"name": "box", "type": "instance", "settings": instance.settings.model_dump(mode="json")}


async def test_a_kernel_in_a_container(
    open_kernel: Callable[..., Awaitable[Session]], instance: Instance, compute: dict[str, Any]
) -> None:
    """The container is started for it, and its processes end with it."""
    config = {"compute": compute, "directory": str(instance.directory)}
    provisioner = {"provisioner_name": "jupyter-ml", "config": config}
    argv = [instance.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = await open_kernel(argv=argv, metadata={"kernel_provisioner": provisioner})
    assert await kernel.run("import os, socket; print(os.getuid() != 0, len(socket.if_nameindex()))") == "True 1\n"
    number = await kernel.execute("print('begun')\nimport time; time.sleep(600)")
    await kernel.receive("stream", number)
    await kernel.post("interrupt")
    reply = await kernel.receive("execute_reply", number)
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    await kernel.post("restart")
    await kernel.responds()
    assert await kernel.run("print('number' in dir())") == "False\n"
    await kernel.shutdown()
    assert await asyncio.to_thread(lambda: asyncio.run(instance.programs())) == 0
