# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernels in an instance are forked by its agent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.compute.docker.instance import Instance
from jupyter_ml.schemas.instances import InstanceSettings
from tests.docker_engine import IMAGE
from tests.integration import KILLS
from tests.kernels.specs import ARGV

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kernels.test_contract import Open

pytestmark = [pytest.mark.integration, KILLS, pytest.mark.usefixtures("docker_engine")]

LOOK = """
import os, pathlib, sys
parent = pathlib.Path(f"/proc/{os.getppid()}/cmdline").read_text().split("\\0")
limited = [pathlib.Path(f"/proc/{process}/cgroup").read_text() for process in ("self", 1)]
ours = [name for name in sys.modules if name.startswith("jupyter_ml")]
print("kernels" in parent, limited[0] == limited[1], os.environ["HOME"], ours)
"""
UNTIL_READY = """
import glob, socket, time
def ready(): return [socket.socket(socket.AF_UNIX).connect(path) for path in glob.glob("/tmp/*-bare-*/agent.sock")]
while True:
    try:
        if ready(): break
    except OSError: pass
    time.sleep(0.01)
"""
KILL = "import os, signal; value = 5; os.kill(os.getppid(), signal.SIGKILL)"
HUNGRY = "x = bytearray(900_000_000); x[:] = b'1' * len(x)"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Instance]:
    """Run a container."""
    made = Instance("box", InstanceSettings(image=IMAGE, memory="400MB"))
    made.directory = tmp_path / "box"

    async def start() -> None:
        await made.create()
        await made.start()

    asyncio.run(start())
    yield made
    asyncio.run(made.delete())


@pytest.fixture
def config(box: Instance) -> dict[str, Any]:
    compute = {"name": box.name, "type": "instance", "settings": box.settings.model_dump(mode="json")}
    return {"compute": compute, "directory": str(box.directory), "fork": True}


async def test_kernels_are_forked(open_kernel: Open, box: Instance, caplog: pytest.LogCaptureFixture) -> None:
    """In the limits of the container, and whatever happens to the forkserver."""
    argv = [box.python, *ARGV[1:]]
    first = await open_kernel(argv=argv)
    assert await first.run(LOOK) == "False True /home/jupyter-ml []\n"
    await first.run(UNTIL_READY)
    kernel = await open_kernel(argv=argv)
    assert await kernel.run(LOOK) == "True True /home/jupyter-ml []\n"
    await kernel.run(KILL)
    assert await kernel.run("print(value)") == "5\n"
    await kernel.post("restart")
    await kernel.responds()
    assert (await kernel.run(LOOK)).startswith("False")
    await kernel.run(UNTIL_READY)
    await kernel.post("restart")
    await kernel.responds()
    assert (await kernel.run(LOOK)).startswith("True")
    await kernel.execute(HUNGRY)
    await kernel.receive("status")
    await kernel.responds()
    assert "it was killed because there was not enough memory" in caplog.text
