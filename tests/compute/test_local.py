# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The local compute fulfills the contract, and distinguishes its processes from unrelated ones."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute import streams
from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.compute.marked_processes import marked
from jupyter_ml.compute.process import MARKER, Exit, ProcessSpec
from jupyter_ml.compute.testing import ComputeContract
from jupyter_ml.errors import UnavailableError
from jupyter_ml.memory import OutOfMemoryWatch

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration


ATTACH = """
import asyncio, json, sys
from jupyter_ml.compute.local import LocalCompute
async def main():
    process = await LocalCompute().attach(json.loads(sys.argv[1]))
    print("runs" if process.exit is None else "ended", flush=True)
    print((await process.wait()).lost)
asyncio.run(main())
"""


class TestLocalCompute(ComputeContract):
    @pytest.fixture
    def compute(self) -> LocalCompute:
        return LocalCompute()

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path


def sleeping(folder: Path, marker: str) -> ProcessSpec:
    return ProcessSpec(argv=["sleep", "600"], cwd=folder, log=folder / "log", marker=marker)


def test_a_recycled_pid_is_not_mistaken_for_the_program(tmp_path: Path) -> None:
    async def check() -> None:
        compute = LocalCompute()
        unrelated = await compute.spawn(sleeping(tmp_path, f"recycled-{tmp_path}"))
        process = await compute.attach({**unrelated.info(), "birth": "earlier", "marker": "gone"})
        assert (await process.wait()).lost
        await process.signal(9)
        await process.kill()
        assert unrelated.exit is None
        await unrelated.kill()

    asyncio.run(check())


def test_another_process_waits_for_the_end_and_does_not_learn_how_it_ended(tmp_path: Path) -> None:
    async def check() -> None:
        process = await LocalCompute().spawn(sleeping(tmp_path, f"attached-{tmp_path}"))
        argv = [sys.executable, "-c", ATTACH, json.dumps(process.info())]
        other = await asyncio.create_subprocess_exec(*argv, stdout=subprocess.PIPE)
        assert other.stdout
        assert await other.stdout.readline() == b"runs\n"
        await process.kill()
        assert (await process.wait()).signal == "SIGKILL"
        assert b"another process" in await other.stdout.read()
        await other.wait()

    asyncio.run(check())


def test_a_wait_costs_no_cpu(tmp_path: Path) -> None:
    async def check() -> None:
        process = await LocalCompute().spawn(sleeping(tmp_path, f"idle-{tmp_path}"))
        looks = 0

        def look() -> Exit | None:
            nonlocal looks
            looks += 1
            return None

        watched = type("Watched", (type(process),), {"exit": property(lambda _: look())})
        process.__class__ = watched
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.wait(), 0.3)
        assert looks == 1
        process.__class__ = watched.__base__
        await process.kill()

    asyncio.run(check())


def test_the_environment_is_not_shown(tmp_path: Path) -> None:
    spec = ProcessSpec(argv=["true"], cwd=tmp_path, log=tmp_path / "log", marker="m", env={"TOKEN": "hidden-value"})
    assert "hidden-value" not in repr(spec)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_other_processes_cannot_open_the_standard_input(tmp_path: Path) -> None:
    async def check() -> None:
        spec = replace(sleeping(tmp_path, f"stdin-{tmp_path}"), stdin=b"secret")
        process = await LocalCompute().spawn(spec)
        try:
            with pytest.raises(OSError, match="No such device or address"):
                os.open(f"/proc/{process.info()['pid']}/fd/0", os.O_RDONLY)
        finally:
            await process.kill()

    asyncio.run(check())


def test_a_program_that_does_not_read_a_long_standard_input_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_INPUT_S", 0.1)

    async def check() -> None:
        marker = f"stdin-{tmp_path}"
        with pytest.raises(UnavailableError, match="did not read its standard input"):
            await LocalCompute().spawn(replace(sleeping(tmp_path, marker), stdin=bytes(2_000_000)))
        assert not marked(marker)

    asyncio.run(check())


def test_kill_marked_spares_the_caller_and_its_ancestors(tmp_path: Path) -> None:
    marker = f"own-{tmp_path}"
    code = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', sys.argv[1], sys.argv[2]]))"
    inner = "import sys; from jupyter_ml.compute.marked_processes import kill_marked as kill; "
    inner += "kill(sys.argv[1]); print('alive')"
    argv = [sys.executable, "-c", code, inner, marker]
    done = subprocess.run(argv, env={**os.environ, MARKER: marker}, capture_output=True, text=True, check=True)
    assert done.stdout == "alive\n"


HOARD = """
import os, sys
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
hoard = [bytearray(os.urandom(2**20)) for _ in range(256)]
"""


@pytest.fixture
def small_group() -> Iterator[Path]:
    """Create a control group with 32 MB of memory."""
    groups = dict(line.split(":")[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    if "memory" not in groups:
        pytest.skip("version 2 gives a group without delegated controllers no limit")
    group = Path(f"/sys/fs/cgroup/memory{groups['memory']}/jupyter-ml-test-{os.getpid()}")
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be created: {error}")
    try:
        (group / "memory.limit_in_bytes").write_text(str(32 * 2**20))
        yield group
    finally:
        group.rmdir()


def test_a_program_that_is_killed_for_its_memory(tmp_path: Path, small_group: Path) -> None:
    async def check() -> None:
        spec = sleeping(tmp_path, f"memory-{tmp_path}")
        hoarding = replace(spec, argv=[sys.executable, "-c", HOARD, str(small_group)])
        process = await LocalCompute().spawn(hoarding)
        ended = await process.wait()
        assert ended == Exit(signal="SIGKILL", out_of_memory=True), (tmp_path / "log").read_text()

    asyncio.run(check())


def test_a_program_that_is_killed_while_another_one_has_used_too_much_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OutOfMemoryWatch, "killed", lambda _: True)

    async def check(argv: list[str], *, signal: int | None = None) -> Exit:
        process = await LocalCompute().spawn(replace(sleeping(tmp_path, f"other-{tmp_path}"), argv=argv))
        if signal is not None:
            await process.signal(signal)
        return await process.wait()

    assert asyncio.run(check(["sleep", "600"], signal=9)).out_of_memory, "the two cannot be distinguished"
    assert not asyncio.run(check(["sleep", "600"], signal=15)).out_of_memory
    assert not asyncio.run(check(["false"])).out_of_memory


def test_the_end_of_a_child_is_known_to_a_second_handle(tmp_path: Path) -> None:
    async def check() -> None:
        compute = LocalCompute()
        process = await compute.spawn(replace(sleeping(tmp_path, f"again-{tmp_path}"), argv=["false"]))
        info = process.info()
        del process
        assert await (await compute.attach(info)).wait() == Exit(code=1)

    asyncio.run(check())
