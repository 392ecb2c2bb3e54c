# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernels on a machine over SSH."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.agent import archive
from jupyter_ml.agent.leases import listens
from jupyter_ml.environments.pythons import own_version
from jupyter_ml.kernels.specs import ENVIRONMENT_PYTHON, NOTEBOOK_KERNEL
from jupyter_ml.schemas.environment_definition import Definition
from tests.integration import SSH
from tests.kernels.specs import ARGV
from tests.kernels.test_contract import KernelContract, forgetting_early
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kernels.test_contract import Open
    from tests.ssh_server import SshServer

pytestmark = SSH


@pytest.fixture(scope="module")
def directory(running_ssh_server: SshServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Attach the machine; return the directory of the compute on this one."""
    folder, agent = tmp_path_factory.mktemp("box"), forgetting_early(archive.content())

    async def attach() -> None:
        machine = running_ssh_server.machine(folder)
        await machine.create()
        await machine.start()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(archive, "content", lambda: agent)
        asyncio.run(attach())
    yield folder
    asyncio.run(running_ssh_server.machine(folder).delete())


class TestSsh(KernelContract):
    @pytest.fixture
    def compute(self, ssh_server: SshServer) -> dict[str, Any]:
        return {"name": "box", "type": "ssh", "settings": ssh_server.settings()}

    @pytest.fixture
    def config(self, compute: dict[str, Any], directory: Path) -> dict[str, Any]:
        return {"compute": compute, "directory": str(directory), "fork": True}

    @pytest.fixture(autouse=True)
    def forkserver(self, open_kernel: Open, ssh_server: SshServer, jp_asyncio_loop: asyncio.AbstractEventLoop) -> int:
        """Return the forkserver there, which starts behind the first kernel."""

        def ready() -> list[int]:
            folders = [path.parent for path in ssh_server.temporary.glob("*bare-kernels-*/agent.sock")]
            return [int((folder / "lock").read_text()) for folder in folders if listens(str(folder))]

        if not ready():
            jp_asyncio_loop.run_until_complete(open_kernel())
        [pid] = until(ready)
        return pid

    async def test_it_is_forked_and_survives_the_forkserver(self, open_kernel: Open, forkserver: int) -> None:
        kernel = await open_kernel()
        assert await kernel.run("import os; print(os.getppid(), __name__)") == f"{forkserver} __main__\n"
        os.kill(forkserver, signal.SIGKILL)
        await kernel.run("value = 5")
        assert await kernel.run("print(value)") == "5\n"
        await kernel.post("restart")
        await kernel.responds()
        assert await kernel.run("print('value' in dir())") == "False\n"

    async def test_its_home_directory_is_that_of_the_user_there(self, open_kernel: Open, ssh_server: SshServer) -> None:
        kernel = await open_kernel()
        assert await kernel.run("import os; print(os.environ['HOME'])") == f"{ssh_server.home}\n"

    async def test_it_runs_in_an_environment_that_is_sent(
        self, open_kernel: Open, config: dict[str, Any], ssh_server: SshServer, directory: Path, tmp_path: Path
    ) -> None:
        """Which ``pip install`` in it does not change; it keeps what that installs while it is restarted."""
        definition = Definition(python=own_version(), requirements=["six==1.16.0"])
        config["environment"] = {
            "folder": str(tmp_path / "e"),
            "policy": "exact",
            "definition": definition.model_dump(mode="json"),
        }
        python = ssh_server.machine(directory).python
        kernel = await open_kernel(argv=[python, *NOTEBOOK_KERNEL, ENVIRONMENT_PYTHON, "{connection_file}"])
        show = "import six; print(six.__version__, six.__file__)"
        version, file = (await kernel.run(show)).split()
        assert version == "1.16.0"
        assert file.startswith(f"{ssh_server.home}/.cache/jupyter-ml/environments/{definition.identity}-")
        await kernel.run("import subprocess, sys; code = subprocess.call([sys.executable, '-m', 'pip', '--version'])")
        assert (await kernel.run("print(code)")).strip().endswith("0")
        await kernel.post("restart")
        await kernel.responds()
        assert (await kernel.run(show)).split() == [version, file]

    async def test_it_survives_cuts_and_the_agent(
        self, open_kernel: Open, ssh_server: SshServer, directory: Path
    ) -> None:
        """Nothing of what it prints is lost."""
        python = ssh_server.machine(directory).python
        kernel = await open_kernel(argv=[python, *ARGV[1:]])
        number = await kernel.execute("import time\nfor n in range(100): print(n, flush=True); time.sleep(0.02)")
        received = ""
        for _ in range(3):
            received += (await kernel.receive("stream", number))["content"]["text"]
            await asyncio.to_thread(until, ssh_server.cut)
        while "99\n" not in received:
            received += (await kernel.receive("stream", number))["content"]["text"]
        assert received == "".join(f"{n}\n" for n in range(100))
        [agent] = ssh_server.agents()
        os.kill(agent, signal.SIGKILL)
        await kernel.responds()
        assert await kernel.run("import sys; print(n, sys.prefix)") == f"99 {python.rpartition('/bin/')[0]}\n"
