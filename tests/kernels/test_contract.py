# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a kernel on any compute does, when a Jupyter server starts it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tornado.httpclient import HTTPClientError

from jupyter_ml.agent.kernel_forks import directory_of, start_forkserver
from tests.compute.agents import AgentSettings, agent_settings
from tests.integration import FORKS
from tests.kernels.specs import PROGRAM, kernelspec
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.kernels.session import Session

    Open = Callable[..., Awaitable[Session]]

ABOUT = """
import json, os
from ipykernel import get_connection_file
print(os.getpid(), os.path.dirname(json.load(open(get_connection_file()))["ip"]))
"""
"""Prints its process ID, and the folder of its sockets."""
COMM = """
from comm import create_comm
comm = create_comm(target_name="tests", data={}, buffers=[bytes(range(256))])
comm.on_msg(lambda message: comm.send({}, buffers=[bytes(message["buffers"][0])[::-1]]))
"""
OUTPUT = """
for _ in range(20):
    print("x" * 1_000_000)
"""


def forgetting_early(agent: bytes) -> bytes:
    """Return an agent that closes connections of clients that are gone after 2 s instead of 10 minutes."""
    with zipfile.ZipFile(io.BytesIO(agent)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    usual, early = b"\nCHANNEL_S = 600.0\n", b"\nCHANNEL_S = 2.0\n"
    assert sum(usual in content for content in files.values()) == 1
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content.replace(usual, early))
    return changed.getvalue()


NOT_STARTING: list[tuple[dict[str, Any], str]] = [
    ({"argv": ["/no/python", "{connection_file}"]}, "/no/python"),
    ({"argv": [*PROGRAM, "raise SystemExit('no memory for it')"]}, "it ended with exit code 1: no memory for it"),
    ({"argv": [*PROGRAM, "import os; os.kill(os.getpid(), 11)"]}, "it was ended by SIGSEGV"),
    (
        {"argv": [*PROGRAM, "import time; time.sleep(600)"], "env": {"KERNEL_LAUNCH_TIMEOUT": "0.5"}},
        "it did not listen within 0.5 s",
    ),
]


def runs(pid: int) -> bool:
    """Return whether a process exists that is not a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.integration
class KernelContract:
    """A subclass has the fixture ``compute``: the configuration of a compute on this machine."""

    async def test_interrupt_and_input(self, open_kernel: Open) -> None:
        kernel = await open_kernel()
        for code in (
            "import time\nprint('begun')\ntime.sleep(600)",
            "import os\nprint('begun')\nos.system('sleep 600')",
        ):
            number = await kernel.execute(code)
            await kernel.receive("stream", number)
            await kernel.post("interrupt")
            reply = await kernel.receive("execute_reply", number)
            assert reply["content"].get("ename", "KeyboardInterrupt") == "KeyboardInterrupt"
        number = await kernel.execute("print(input('Name? ').upper())", allow_stdin=True)
        asked = await kernel.receive("input_request", number)
        assert asked["content"]["prompt"] == "Name? "
        await kernel.send("stdin", "input_reply", {"value": "ada"})
        assert (await kernel.receive("stream", number))["content"]["text"] == "ADA\n"

    async def test_comms_with_buffers_and_large_outputs(self, open_kernel: Open) -> None:
        kernel = await open_kernel()
        number = await kernel.execute(COMM)
        opened = await kernel.receive("comm_open", number)
        assert bytes(opened["buffers"][0]) == bytes(range(256))
        data = os.urandom(3_000_000)
        content = {"comm_id": opened["content"]["comm_id"], "data": {}}
        number = await kernel.send("shell", "comm_msg", content, [data])
        assert bytes((await kernel.receive("comm_msg", number))["buffers"][0]) == data[::-1]
        assert len((await kernel.run(OUTPUT)).replace("\n", "")) == 20_000_000

    async def test_restart_and_shutdown(self, open_kernel: Open) -> None:
        """The connection of a front end leads to the new process; nothing is left in the end."""
        kernel = await open_kernel()
        code = f"import subprocess; value = subprocess.Popen(['sleep', '600'], start_new_session=True)\n{ABOUT}"
        first, folder = (await kernel.run(f"{code}\nprint(value.pid)")).split()[:2]
        await kernel.post("restart")
        await kernel.responds()
        second, started = (await kernel.run(f"print('value' in dir())\n{code}\nprint(value.pid)")).split()[1::2]
        assert second != first
        assert not runs(int(first))
        await kernel.shutdown()
        assert not runs(int(second))
        assert not runs(int(started))
        assert not Path(folder).exists()  # noqa: ASYNC240

    async def test_a_killed_kernel_is_started_again(self, open_kernel: Open) -> None:
        kernel = await open_kernel()
        first = int((await kernel.run(ABOUT)).split()[0])
        os.kill(first, signal.SIGKILL)
        await kernel.receive("status")
        await kernel.responds()
        assert int((await kernel.run(ABOUT)).split()[0]) != first

    async def test_each_way_not_to_start_has_a_cause(self, open_kernel: Open) -> None:
        for changes, cause in NOT_STARTING:
            with pytest.raises(HTTPClientError) as failed:
                await open_kernel(**changes)
            message = json.loads(failed.value.response.body)["message"]
            assert cause in message
            assert message.startswith("Python (there) on compute ")
            assert "\n" not in message

    async def test_it_ends_with_a_killed_server(self, config: dict[str, Any]) -> None:
        """And so does what it has started in a session of its own."""
        command = [sys.executable, "-m", "tests.kernels.owner", json.dumps(kernelspec(config))]
        owner = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = await owner.stdout.readline()
        owner.kill()
        await owner.wait()
        self.after_kill()
        pids = [int(each) for each in line.split()]
        assert len(pids) == 2
        await asyncio.to_thread(until, lambda: not any(map(runs, pids)))

    def after_kill(self) -> None:
        """Do what happens some time after the kill of a server."""


class TestLocal(KernelContract):
    @pytest.fixture
    def compute(self) -> dict[str, Any]:
        return {"name": "local", "type": "local"}


@FORKS
@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
class TestForked(TestLocal):
    @pytest.fixture
    def config(self, compute: dict[str, Any]) -> dict[str, Any]:
        return {"compute": compute, "fork": True}

    @pytest.fixture(autouse=True)
    def forkserver(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jp_environ: None) -> Iterator[psutil.Process]:
        """Return a forkserver that is ready, with the variables of the server."""
        with tempfile.TemporaryDirectory(prefix="f-") as folder:
            monkeypatch.setenv("TMPDIR", folder)
            monkeypatch.setattr(tempfile, "tempdir", folder)
            start_forkserver(sys.executable, os.environ, bare=True)
            directory = Path(directory_of(sys.executable, bare=True))
            until((directory / "agent.sock").exists)
            process = psutil.Process(int((directory / "lock").read_text()))
            yield process
            with suppress(psutil.NoSuchProcess):  # a test has killed it
                process.kill()

    async def test_it_survives_its_forkserver(self, open_kernel: Open, forkserver: psutil.Process) -> None:
        kernel = await open_kernel()
        pid = int((await kernel.run(ABOUT)).split()[0])
        assert psutil.Process(pid).ppid() == forkserver.pid
        await kernel.run("value = 5")
        forkserver.kill()
        assert await kernel.run("print(value)") == "5\n"
        await kernel.post("restart")
        await kernel.responds()
        again = int((await kernel.run(ABOUT)).split()[0])
        assert psutil.Process(again).ppid() == os.getpid()
        assert not runs(pid)

    async def test_it_has_the_directory_and_the_variables(
        self, open_kernel: Open, forkserver: psutil.Process, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look = "import os, sys\nprint(os.getppid(), os.getcwd(), os.environ['GIVEN'], sys.argv[1:] != [])\n__file__ = 1"
        printed = (await (await open_kernel(env={"GIVEN": "here"})).run(look)).split()
        assert int(printed[0]) == forkserver.pid
        monkeypatch.setenv("PYTHONHASHSEED", "5")
        again = (await (await open_kernel(env={"GIVEN": "here"})).run(look)).split()
        assert (int(again[0]), again[1:]) == (os.getpid(), printed[1:])


class _AgentContract(KernelContract):
    type = ""

    @pytest.fixture
    def settings(self) -> Iterator[AgentSettings]:
        with agent_settings() as settings:
            agent = Path(settings.directory, "agent.pyz")
            agent.write_bytes(forgetting_early(agent.read_bytes()))
            yield settings

    @pytest.fixture
    def compute(self, settings: AgentSettings) -> dict[str, Any]:
        return {"name": "box", "type": self.type, "settings": settings.model_dump()}

    def kill_agent(self, settings: AgentSettings) -> bool:
        """Kill the agent, and return whether there was one."""
        found = runs(settings.pid())
        settings.kill()
        return found

    async def test_a_kernel_survives_the_agent(self, open_kernel: Open, settings: AgentSettings) -> None:
        kernel = await open_kernel()
        await kernel.run("value = 5")
        assert self.kill_agent(settings)
        await kernel.responds()
        assert await kernel.run("print(value)") == "5\n"
        pid = int((await kernel.run(ABOUT)).split()[0])
        await kernel.shutdown()
        assert not runs(pid)


class TestRelay(_AgentContract):
    type = "relay"


class TestStdio(_AgentContract):
    type = "stdio"

    def kill_agent(self, settings: AgentSettings) -> bool:
        command = settings.command
        found = [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == command]
        for each in found:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        return bool(found)


class TestSocket(_AgentContract):
    type = "socket"
