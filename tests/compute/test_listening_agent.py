# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An agent that listens serves its user only, is one for all clients, and ends when it has nothing to do."""

# ruff: noqa: ASYNC240 -- nothing else runs in the loop of a test

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from jupyter_ml.agent.reaching import reach
from jupyter_ml.compute.agents.reaching import through_socket
from tests.agent.asynchronous import asynchronous
from tests.compute.agent_programs import sleeping
from tests.compute.agents import AgentSettings, SocketCompute

pytestmark = pytest.mark.integration


@asynchronous
async def test_two_clients_at_once_start_one_agent(settings: AgentSettings) -> None:
    computes = [SocketCompute("box", settings) for _ in range(4)]
    await asyncio.gather(*(compute.client.request("ping") for compute in computes))
    process = await computes[0].spawn(sleeping(settings))
    signaled = [(await compute.attach(process.info())).signal(0) for compute in computes]
    await asyncio.gather(*signaled)
    await process.kill()
    ended = [await (await compute.attach(process.info())).wait() for compute in computes]
    assert [each.signal for each in ended] == ["SIGKILL"] * 4, "all have the agent that started it"


@asynchronous
async def test_the_socket_is_private(settings: AgentSettings) -> None:
    async with through_socket(settings.directory) as line:
        await line.greet()
    directory = Path(settings.directory)
    assert oct((directory / "agent.sock").stat().st_mode & 0o777) == "0o600"
    directory.chmod(0o755)
    with pytest.raises(PermissionError, match="mode 0700"):
        reach(settings.directory)
    directory.chmod(0o700)


@asynchronous
async def test_an_agent_without_clients_and_programs_ends(settings: AgentSettings) -> None:
    agent = await asyncio.create_subprocess_exec(*settings.command, "listen", settings.directory, "0.2")
    assert await agent.wait() == 0
    assert not Path(settings.directory, "agent.sock").exists()
    compute = SocketCompute("box", settings)
    process = await compute.spawn(sleeping(settings))
    assert settings.pid() != agent.pid, "another one takes its place"
    await process.kill()


@asynchronous
async def test_frames_of_another_program_end_its_connection_only(settings: AgentSettings) -> None:
    compute = SocketCompute("box", settings)
    process = await compute.spawn(sleeping(settings))
    for sent in (b"GET / HTTP/1.1\r\n\r\n" * 5_000, b"\0jupyter-ml-agent 1\n" + b"\xff" * 8, b"\0jupyter-ml-agent 2\n"):
        with reach(settings.directory) as stranger:
            stranger.settimeout(30)
            stranger.sendall(sent)
            while await asyncio.to_thread(stranger.recv, 1000):
                pass
    assert process.exit is None
    await process.kill()
    assert (await process.wait()).signal == "SIGKILL"
    assert "too large" in Path(settings.directory, "agent.log").read_text()


@asynchronous
async def test_clients_wait_while_too_many_files_are_open(settings: AgentSettings) -> None:
    computes = [SocketCompute("box", settings) for _ in range(2)]
    await computes[0].client.request("ping")
    agent = psutil.Process(settings.pid())
    agent.rlimit(psutil.RLIMIT_NOFILE, (agent.num_fds(), 4096))
    before_s = agent.cpu_times().user + agent.cpu_times().system
    waiting = asyncio.create_task(computes[1].client.request("ping"))
    await asyncio.wait([waiting], timeout=2)
    assert not waiting.done()
    assert agent.cpu_times().user + agent.cpu_times().system - before_s < 1, "it does not try without a pause"
    agent.rlimit(psutil.RLIMIT_NOFILE, (4096, 4096))
    await waiting


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_refused(settings: AgentSettings) -> None:
    reach(settings.directory).close()
    directory = Path(settings.directory)
    directory.chmod(0o777)
    (directory / "agent.sock").chmod(0o777)
    code = (
        "import os, socket, sys\n"
        "os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.settimeout(30)\n"
        "print(s.recv(100))"
    )
    argv = [sys.executable, "-c", code, str(directory / "agent.sock")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.stdout == "b''\n", done.stderr
