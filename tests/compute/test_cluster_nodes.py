# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A node, its agent and the programs on it end together, and nothing of them is left."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.agent import archive, kernel_forks
from jupyter_ml.compute.agents.client import AgentClient
from jupyter_ml.compute.agents.reaching import through_socket
from jupyter_ml.compute.dask import holder
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

SLEEPING = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """Return a file that is there as long as the cluster of a node is started."""
    file = tmp_path / "started"
    file.touch()
    return file


@pytest.fixture
def held(started: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a holder, whose worker does nothing."""
    with subprocess.Popen([sys.executable, "-I", holder.__file__, str(started), *SLEEPING]) as process:
        yield process
        process.kill()


def directory_of(process: subprocess.Popen[bytes]) -> Path:
    """Return where the agent of a node listens."""
    [worker] = until(lambda: psutil.Process(process.pid).children())
    return Path(until(lambda: worker.environ().get("JUPYTER_ML_NODE")))


def start_agent(directory: Path, owner: int, idle_s: float) -> psutil.Process:
    directory.mkdir(mode=0o700, parents=True)
    archive.create(directory / "agent.pyz")
    argv = [sys.executable, "-I", str(directory / "agent.pyz"), "daemon", str(directory), str(idle_s), str(owner)]
    subprocess.run(argv, check=True)
    return psutil.Process(int(until(lambda: (directory / "lock").exists() and (directory / "lock").read_text())))


def test_a_node_without_work_ends(held):
    directory = directory_of(held)
    start_agent(directory, held.pid, 0.2)
    held.wait(60)
    assert not directory.exists()


def test_a_worker_that_has_ended_is_started_again_while_there_is_an_agent(held):
    directory = directory_of(held)
    start_agent(directory, held.pid, 600)
    [worker] = psutil.Process(held.pid).children()
    worker.kill()
    [again] = until(lambda: [each for each in psutil.Process(held.pid).children() if each.pid != worker.pid])
    assert again.environ()["JUPYTER_ML_NODE"] == str(directory)
    held.terminate()
    held.wait(60)
    until(lambda: not directory.exists())


def test_a_node_of_a_cluster_that_was_stopped_ends(held, started):
    directory = directory_of(held)
    agent = start_agent(directory, held.pid, 600)
    [worker] = psutil.Process(held.pid).children()
    started.unlink()
    held.wait(60)
    until(lambda: not directory.exists() and not agent.is_running())
    assert not worker.is_running()


def test_a_worker_that_could_not_be_used_is_not_started_again(started):
    command = [sys.executable, "-I", holder.__file__, str(started), sys.executable, "-c", "exit(3)"]
    ended = subprocess.run(command, check=False)
    assert ended.returncode == 3


def test_a_node_takes_the_forkserver_of_its_kernels_with_it(held, tmp_path):
    directory = directory_of(held)
    start_agent(directory, held.pid, 600)
    forks = Path(kernel_forks.directory_of(sys.executable, bare=True, owner=held.pid))
    fork = {"python": sys.executable, "arguments": [], "cwd": "/", "env": {**os.environ}}

    async def start() -> None:
        client = AgentClient("node", lambda: through_socket(directory))
        given = {"argv": [sys.executable, "-c", ""], "cwd": "/", "env": {}, "log": str(tmp_path / "new" / "log")}
        await client.request("start", key="k", **given, fork=fork)
        client.close()

    asyncio.run(start())
    until((forks / "agent.sock").exists)
    forkserver = psutil.Process(int((forks / "lock").read_text()))
    [worker] = psutil.Process(held.pid).children()
    held.kill()
    held.wait(60)
    until(lambda: not forks.exists() and not forkserver.is_running())
    worker.kill()


def test_a_killed_node_takes_its_agent_with_it(held):
    directory = directory_of(held)
    agent = start_agent(directory, held.pid, 600)
    [worker] = psutil.Process(held.pid).children()
    held.kill()
    held.wait(60)
    until(lambda: not directory.exists() and not agent.is_running())
    worker.kill()
