# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs of an agent survive what ends the agent or its client, none starts twice, and none is left over."""

# ruff: noqa: ASYNC110, ASYNC220, ASYNC240 -- nothing else runs in the loop of a test

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.agent.processes import marked, start_time
from jupyter_ml.compute.process import Exit
from tests.agent.asynchronous import asynchronous
from tests.compute.agent_programs import marker, python, sleeping, spec
from tests.compute.agents import AgentSettings, RelayCompute, SocketCompute, StdioCompute

if TYPE_CHECKING:
    from jupyter_ml.compute.agents.compute import AgentCompute

pytestmark = pytest.mark.integration

CLIENT = """
import asyncio, json, sys
from pathlib import Path
from tests.compute import agent_programs, agents
async def main(kind, directory):
    compute = getattr(agents, kind)("box", agents.AgentSettings(directory=directory))
    process = await compute.spawn(agent_programs.spec(Path(directory), ["sleep", "600"]))
    print(json.dumps(process.info()), flush=True)
    await process.wait()
asyncio.run(main(*sys.argv[1:]))
"""


async def until_gone(pid: int) -> None:
    """Wait until a process is not even a zombie."""
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]:
        await asyncio.sleep(0.01)


def children(of: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{of}/task/{of}/children").read_text().split()]


def relays() -> list[int]:
    return [pid for pid in children(os.getpid()) if b"\0relay\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@asynchronous
async def test_programs_go_on_when_the_connection_is_cut(settings: AgentSettings) -> None:
    compute = RelayCompute("box", settings)
    code = (
        "import itertools, os, sys, time\n"
        "for number in itertools.count():\n"
        "    print(number, flush=True)\n"
        "    if os.path.exists('stop'): sys.exit(3)\n"
        "    time.sleep(0.01)"
    )
    process = await compute.spawn(python(settings, code))
    received, cuts = b"", 0
    async with aclosing(process.follow(compute.root / "log")) as pieces:
        async for piece in pieces:
            received += piece
            if cuts < 5:
                cuts += 1
                for relay in relays():
                    os.kill(relay, signal.SIGKILL)
            else:
                Path(compute.root, "stop").touch()
    lines = received.split()
    assert lines == [str(number).encode() for number in range(len(lines))], "each line once"
    assert await process.wait() == Exit(code=3)


@pytest.mark.parametrize("kind", [RelayCompute, SocketCompute])
@asynchronous
async def test_programs_go_on_when_the_agent_is_killed(settings: AgentSettings, kind: type[AgentCompute]) -> None:
    compute = kind("box", settings)
    process = await compute.spawn(sleeping(settings))
    first = settings.pid()
    os.kill(first, signal.SIGKILL)
    await process.signal(signal.SIGCONT)
    assert settings.pid() != first
    assert process.exit is None
    assert start_time(process.info()["pid"]) == process.info()["start_time"], "it goes on"
    await process.signal(signal.SIGTERM)
    ended = await process.wait()
    assert ended.lost
    assert "an agent that has ended" in ended.lost


@asynchronous
async def test_programs_of_a_killed_agent_are_killed_by_the_next_one(settings: AgentSettings) -> None:
    compute = RelayCompute("box", settings)
    code = "import os, time\nif os.fork() == 0: os.setsid()\ntime.sleep(600)"
    process = await compute.spawn(python(settings, code))
    os.kill(settings.pid(), signal.SIGKILL)
    await process.kill()
    assert (await process.wait()).lost
    assert not marked(marker(Path(settings.directory)))


@pytest.mark.parametrize("kind", ["RelayCompute", "SocketCompute"])
@asynchronous
async def test_the_next_client_learns_how_a_program_ended(settings: AgentSettings, kind: str) -> None:
    with subprocess.Popen([sys.executable, "-c", CLIENT, kind, settings.directory], stdout=subprocess.PIPE) as client:
        assert client.stdout
        info = json.loads(await asyncio.to_thread(client.stdout.readline))
        client.kill()
    process = await RelayCompute("box", settings).attach(info)
    await process.signal(signal.SIGTERM)
    assert await process.wait() == Exit(signal="SIGTERM")


@asynchronous
async def test_an_agent_on_standard_input_ends_with_its_client_and_so_do_its_programs(settings: AgentSettings) -> None:
    argv = [sys.executable, "-c", CLIENT, "StdioCompute", settings.directory]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as client:
        assert client.stdout
        info = json.loads(await asyncio.to_thread(client.stdout.readline))
        agent = children(client.pid)
        client.kill()
    for pid in (info["pid"], *agent):
        await until_gone(pid)


@asynchronous
async def test_a_program_starts_once_however_often_that_is_requested(settings: AgentSettings) -> None:
    compute = StdioCompute("box", settings)
    directory = Path(settings.directory, "root")
    start = {"key": "k", "argv": ["sh", "-c", "echo started"], "cwd": str(directory), "env": {}}
    replies = await asyncio.gather(
        *(compute.client.request("start", **start, log=str(directory / "log")) for _ in range(20))
    )
    assert len({reply["pid"] for reply, _ in replies}) == 1
    program = {"key": "k", "marker": "", **replies[0][0]}
    assert await compute.client.request("wait", program=program) == ({"code": 0}, b"")
    assert (directory / "log").read_text() == "started\n"


@asynchronous
async def test_a_program_does_not_start_when_its_agent_ended_meanwhile(settings: AgentSettings) -> None:
    compute = SocketCompute("box", settings)
    await compute.client.request("ping")
    os.kill(settings.pid(), signal.SIGSTOP)
    starting = asyncio.create_task(compute.spawn(sleeping(settings)))
    while not any(request.sent_to for request in compute.client._pending.values()):
        await asyncio.sleep(0.01)
    os.kill(settings.pid(), signal.SIGKILL)
    with pytest.raises(OSError, match="has ended, perhaps after it did what was requested"):
        await starting
    await compute.client.request("ping")


@asynchronous
async def test_a_signal_is_sent_once_however_often_that_is_requested(settings: AgentSettings) -> None:
    compute = StdioCompute("box", settings)
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGUSR1, lambda *_: print('signal', flush=True))\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(1)"
    )
    process = await compute.spawn(python(settings, code))
    async with aclosing(process.follow(compute.root / "log")) as pieces:
        assert await anext(pieces) == b"ready\n"
        for key in ("a", "b"):
            for _ in range(3):
                await compute.client.request("signal", program=process.info(), number=signal.SIGUSR1, key=key)
            assert await anext(pieces) == b"signal\n"
        await process.signal(signal.SIGTERM)
        assert [piece async for piece in pieces] == []
    assert await process.wait() == Exit(code=0)


@asynchronous
async def test_a_thousand_programs(settings: AgentSettings) -> None:
    compute = SocketCompute("box", settings)
    places = asyncio.Semaphore(50)

    async def run(number: int) -> Exit:
        async with places:
            process = await compute.spawn(spec(Path(settings.directory), ["sh", "-c", f"exit {number % 7}"]))
        return await process.wait()

    assert await asyncio.gather(*map(run, range(1000))) == [Exit(code=number % 7) for number in range(1000)]
    descriptors = len(os.listdir(f"/proc/{settings.pid()}/fd"))  # noqa: PTH208
    assert descriptors < 20, "none is left open"


@asynchronous
async def test_much_output_is_followed_while_it_is_written(settings: AgentSettings) -> None:
    compute = RelayCompute("box", settings)
    code = "import sys\nfor n in range(200): sys.stdout.buffer.write(bytes([n]) * 100_000)"
    process = await compute.spawn(python(settings, code))
    followed, expected = hashlib.sha256(), hashlib.sha256()
    async for piece in process.follow(compute.root / "log"):
        followed.update(piece)
    for number in range(200):
        expected.update(bytes([number]) * 100_000)
    assert followed.digest() == expected.digest()


@asynchronous
async def test_a_file_that_cannot_be_copied_is_reported(settings: AgentSettings, tmp_path: Path) -> None:
    compute = RelayCompute("box", settings)
    (tmp_path / "file").write_bytes(b"x")
    blocked = Path(compute.path(tmp_path)).parent
    blocked.parent.mkdir(parents=True)
    blocked.write_bytes(b"a file in place of the directory")
    with pytest.raises(Exception, match=r"unpack .* failed: .*(exists|Not a directory)"):
        await compute.send(tmp_path)
