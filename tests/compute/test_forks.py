# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs of the local compute that are forked fulfill the contract, and start in any case."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.agent.environments import BYTES
from jupyter_ml.compute import forks
from jupyter_ml.compute.local import LocalCompute, _ForkedProcess
from jupyter_ml.compute.marked_processes import marked
from jupyter_ml.compute.process import Exit, Fork, ProcessSpec
from jupyter_ml.compute.testing import ComputeContract
from tests.agent.asynchronous import asynchronous
from tests.integration import FORKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ml.compute.process import Process

pytestmark = [
    FORKS,
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="programs are forked on Linux only"),
]

PROGRAM = "tests.compute.forked_program"
ENV = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])}


class ForkingCompute(LocalCompute):
    """Forks Python code, whose environment is given as for a program that is started."""

    async def spawn(self, spec: ProcessSpec) -> Process:
        if spec.argv[:2] == [sys.executable, "-c"]:
            spec = replace(
                spec, fork=Fork(preload=f"{PROGRAM}:preload", call=f"{PROGRAM}:main", arguments=spec.argv[2:])
            )
            spec = replace(spec, env={**ENV, **spec.env})
            await until_ready(self, spec)
        return await super().spawn(spec)


async def until_ready(compute: LocalCompute, spec: ProcessSpec) -> None:
    forkserver = compute._forkserver
    if not forkserver.ready:
        assert spec.fork is not None
        forkserver._start(spec, forks.installed_files())
    await until(lambda: forkserver.ready)


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


class TestForks(ComputeContract):
    @pytest.fixture
    def compute(self) -> LocalCompute:
        return ForkingCompute()

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path


def spec_of(folder: Path, code: str, *arguments: str, preload: str = "preload", **more: Any) -> ProcessSpec:
    fork = Fork(preload=f"{PROGRAM}:{preload}", call=f"{PROGRAM}:main", arguments=[code, *arguments])
    argv = [sys.executable, "-c", code, *arguments]
    given = {"argv": argv, "cwd": folder, "log": folder / "log", "marker": f"forks-{folder}", "env": ENV, "fork": fork}
    return ProcessSpec(**{**given, **more})


@pytest.fixture(autouse=True)
def _no_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "DELAY_S", 0.0)


@pytest.fixture
def compute() -> LocalCompute:
    return LocalCompute()


def server_of(pid: int) -> int:
    """Return the pid of the process that has forked another one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


LOOK = """
import json, os, random, resource, signal, sys, threading
open_here = [int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
handled = [number for number in signal.valid_signals() if hasattr(number, "name")]
print(json.dumps({
    "descriptors": sorted(open_here),
    "session": os.getsid(0) == os.getpid(),
    "handlers": {number.name: str(signal.getsignal(number)) for number in handled},
    "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "threads": threading.active_count(),
    "umask": os.umask(0),
    "priority": os.getpriority(os.PRIO_PROCESS, 0),
    "argv": sys.argv,
    "environment": dict(os.environ),
    "visible": open("/proc/self/environ", "rb").read().rstrip(b"\\0").decode().split("\\0"),
    "random": random.random(),
    "files": resource.getrlimit(resource.RLIMIT_NOFILE),
}))
"""


@asynchronous
async def test_a_fork_looks_like_a_program_that_was_started(tmp_path: Path, compute: LocalCompute) -> None:
    seen = []
    spec = spec_of(tmp_path, LOOK, "a")
    started = await compute.spawn(replace(spec, log=tmp_path / "0"))
    await started.wait()
    await until_ready(compute, spec)
    for number in "12":
        forked = await compute.spawn(replace(spec, log=tmp_path / number))
        assert await forked.wait() == Exit(code=0), (tmp_path / number).read_text()
    for number in "012":
        look = json.loads((tmp_path / number).read_text())
        look["visible"] = sorted(look["visible"])
        look["environment"].pop("PYTHONPATH", None)  # which the program removes
        seen.append((look, look.pop("random")))
    assert type(forked) is not type(started)
    assert seen[0][0] == seen[1][0] == seen[2][0]
    assert len({number for _, number in seen}) == 3, "random numbers differ"


@asynchronous
async def test_an_environment_that_is_read_at_import_is_not_forked(tmp_path: Path, compute: LocalCompute) -> None:
    code = "import os; print(os.environ['PYTHONPATH'])"
    await until_ready(compute, spec_of(tmp_path, code))
    process = await compute.spawn(spec_of(tmp_path, code, env={**ENV, "PYTHONPATH": "/elsewhere"}))
    assert await process.wait() == Exit(code=0)
    assert (tmp_path / "log").read_text() == "/elsewhere\n"


@pytest.mark.parametrize("preload", ["fail", "leave_a_thread", "no_such_function"])
@asynchronous
async def test_what_cannot_be_preloaded_is_started(tmp_path: Path, compute: LocalCompute, preload: str) -> None:
    spec = spec_of(tmp_path, "print('runs')", preload=preload)
    for _ in range(2):
        process = await compute.spawn(spec)
        assert await process.wait() == Exit(code=0)
        assert compute._forkserver._starting is not None
        await compute._forkserver._starting
    assert (tmp_path / "log").read_text() == "runs\n" * 2


@asynchronous
async def test_an_environment_that_is_too_large_is_started(tmp_path: Path, compute: LocalCompute) -> None:
    spec = spec_of(tmp_path, "import os; print(len(os.environ['PATH']))", env={**ENV, "PATH": "p" * BYTES})
    await until_ready(compute, spec_of(tmp_path, ""))
    process = await compute.spawn(spec)
    assert await process.wait() == Exit(code=0)
    assert (tmp_path / "log").read_text() == f"{BYTES}\n"


@asynchronous
async def test_a_program_goes_on_when_its_forkserver_is_killed(tmp_path: Path, compute: LocalCompute) -> None:
    spec = spec_of(tmp_path, "import sys; print(sys.stdin.read()); sys.exit(3)")
    await until_ready(compute, spec)
    waiting = spec_of(tmp_path, "import time; print('waits', flush=True); time.sleep(600)", marker=f"w-{tmp_path}")
    process = await compute.spawn(replace(waiting, log=tmp_path / "waits"))
    async for _ in process.follow(tmp_path / "waits"):
        break
    os.kill(server_of(process.info()["pid"]), signal.SIGKILL)
    other = await compute.spawn(replace(spec, stdin=b"input"))
    assert await other.wait() == Exit(code=3), "the next one starts, whenever that is noticed"
    assert (tmp_path / "log").read_text() == "input\n"
    assert process.exit is None
    assert (await compute.attach(process.info())) is process
    await process.kill()
    assert (await process.wait()).lost
    assert marked(waiting.marker) == []


@asynchronous
async def test_no_program_is_lost_or_runs_twice_when_forkservers_are_killed(
    tmp_path: Path, compute: LocalCompute
) -> None:
    """At any moment: while it starts, forks and reports."""
    code, forked = "import os, sys; os.write(1, sys.stdin.buffer.read())", 0
    usual_s = await _duration(compute, spec_of(tmp_path, code, marker=f"k-{tmp_path}"))
    for number in range(30):
        spec = spec_of(tmp_path, code, stdin=b"%d\n" % number, marker=f"k-{number}-{tmp_path}")
        compute._forkserver._failed_at = -math.inf
        if number % 3:
            await until_ready(compute, spec)
        spawning = asyncio.create_task(compute.spawn(spec))
        if number >= 25:
            await spawning  # on a busy machine all others may be killed before they fork
        killing = asyncio.create_task(_kill_forkservers(number % 25 / 25 * usual_s))
        process = await spawning
        forked += isinstance(process, _ForkedProcess)
        ended = await process.wait()
        assert ended == Exit(code=0) or ended.lost
        await process.kill()
        await killing
        assert marked(spec.marker) == []
    assert (tmp_path / "log").read_text().split() == [str(number) for number in range(30)]
    assert 0 < forked < 30


async def _duration(compute: LocalCompute, spec: ProcessSpec) -> float:
    """Return how long a program takes that is forked and not disturbed."""
    await until_ready(compute, spec)
    begun = time.monotonic()
    process = await compute.spawn(spec)
    assert await process.wait() == Exit(code=0)
    return time.monotonic() - begun


async def _kill_forkservers(after_s: float) -> None:
    await asyncio.sleep(after_s)
    _kill_children()


def _kill_children() -> None:
    for pid in _children():
        with suppress(OSError):
            if b"\0fork\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)


def _children() -> Iterator[int]:
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread has ended
            yield from map(int, (task / "children").read_text().split())


@asynchronous
async def test_it_ends_when_it_is_idle(tmp_path: Path, compute: LocalCompute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "IDLE_S", 0.1)
    spec = spec_of(tmp_path, "import time; time.sleep(0.5)")
    await until_ready(compute, spec)
    process = await compute.spawn(spec)
    assert await process.wait() == Exit(code=0), "it waits for its programs"
    await until(lambda: not compute._forkserver.ready)
    await (await compute.spawn(spec)).wait()
    await until_ready(compute, spec)


@asynchronous
async def test_another_one_starts_when_packages_change(
    tmp_path: Path, compute: LocalCompute, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = spec_of(tmp_path, "")
    await until_ready(compute, spec)
    first = await compute.spawn(spec)
    changed = {**forks.installed_files(), "a.py": 1}
    monkeypatch.setattr(forks, "installed_files", lambda: changed)
    assert type(await compute.spawn(spec)) is not type(first)
    await until_ready(compute, spec)
    last = await compute.spawn(spec)
    assert type(last) is type(first)
    assert await last.wait() == Exit(code=0)
