# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The contract of every compute, as tests: subclass `ComputeContract` and give it the fixtures it names.

The tests know nothing of the machine on which a compute runs its programs: those report through files that are read
with `Process.follow`. A compute that runs its programs on another machine inherits all of them.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import signal
import socket
import sys
import uuid
from functools import partial, wraps
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ParamSpec

import pytest

from jupyter_ml.compute.base import MARKER, Compute, ComputeState, Exit, ProcessSpec
from jupyter_ml.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from jupyter_ml.compute.base import Process

__all__ = ["ComputeContract"]

_TIMEOUT_S = 120.0
_P = ParamSpec("_P")

_BEAT = """
def beat(name):
    while True:
        with open(name, "a") as file:
            file.write("alive\\n")
        time.sleep(0.01)
"""
_DAEMON = f"""
import os, sys, time
{_BEAT}
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        beat("daemon")
    os._exit(0)
os.wait()
if sys.argv[1] == "stay":
    time.sleep(600)
while not os.path.exists("daemon"):
    time.sleep(0.01)
"""
"""Starts a daemon in a session of its own, as users' notebooks do, which shows in a file that it is alive."""
_CHILD = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {f"import time{chr(10)}{_BEAT}beat('child')"!r}], env={{}})
"""
_RESPAWN = """
import os, time
while True:
    if os.fork():
        os._exit(0)
    os.setsid()
    with open("respawned", "a") as file:
        file.write("alive\\n")
    time.sleep(0.01)
"""
_GROWS = """
import os, sys, time
before, end = os.stat(sys.argv[1]).st_size, time.monotonic() + float(sys.argv[2])
while os.stat(sys.argv[1]).st_size == before and time.monotonic() < end:
    time.sleep(0.02)
sys.exit(os.stat(sys.argv[1]).st_size == before)
"""
_SERVER = """
import socket, sys
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind("s")
    listener.listen()
    print("ready", flush=True)
    connection, _ = listener.accept()
    connection.sendall(connection.recv(5).upper())
    connection.recv(1)
"""


def _asynchronous(test: Callable[_P, Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in the loop of the fixture ``runner``, which the fixtures of the test share."""

    @wraps(test)
    def run(*args: Any, runner: asyncio.Runner, **kwargs: Any) -> None:
        runner.run(asyncio.wait_for(test(*args, **kwargs), _TIMEOUT_S))

    added = inspect.Parameter("runner", inspect.Parameter.KEYWORD_ONLY)
    signature = inspect.signature(test)
    run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), added])  # type: ignore[attr-defined]
    return run


class ComputeContract:
    """The tests. A subclass defines the fixtures ``compute``, ``folder`` and ``python``."""

    @pytest.fixture
    def compute(self) -> Compute:
        """Return the compute."""
        raise NotImplementedError

    @pytest.fixture
    def folder(self) -> PurePath:
        """Return the path of an empty directory of the compute, short enough for a Unix socket in it."""
        raise NotImplementedError

    @pytest.fixture
    def python(self) -> str:
        """Return the path of a Python on the compute."""
        return sys.executable

    @pytest.fixture
    def runner(self) -> Iterator[asyncio.Runner]:
        """Yield the loop of one test and its fixtures."""
        with asyncio.Runner() as runner:
            yield runner

    @pytest.fixture
    def marker(self) -> str:
        """Return the marker of the programs of one test."""
        return uuid.uuid4().hex

    @pytest.fixture
    def start(
        self, compute: Compute, marker: str, folder: PurePath, python: str, runner: asyncio.Runner
    ) -> Iterator[Callable[..., Awaitable[Process]]]:
        """Yield a function that starts Python code with arguments; kill what it started at the end."""
        started = []

        async def start(
            code: str, *arguments: str, stdin: bytes = b"", log: str = "log", mark: str = marker, **env: str
        ) -> Process:
            """Start a program and return it."""
            argv = [python, "-c", code, *arguments]
            environment = {"PATH": "/usr/bin:/bin", **env}
            spec = ProcessSpec(argv=argv, cwd=folder, log=folder / log, marker=mark, stdin=stdin, env=environment)
            started.append(await compute.spawn(spec))
            return started[-1]

        yield start
        for process in started:
            runner.run(process.kill())

    async def _read(self, process: Process, file: PurePath, offset: int = 0) -> bytes:
        """Return all of a file that a program writes, after its end."""
        return b"".join([piece async for piece in process.follow(file, offset)])

    async def _first(self, process: Process, file: PurePath) -> None:
        """Wait until something is in a file."""
        async for _ in process.follow(file):
            return

    async def _grows(
        self, start: Callable[..., Awaitable[Process]], file: PurePath, within_s: float = _TIMEOUT_S / 2
    ) -> bool:
        """Return whether a process still writes into a file."""
        return await (await start(_GROWS, str(file), str(within_s), mark=uuid.uuid4().hex)).wait() == Exit(code=0)

    async def _ended(self, start: Callable[..., Awaitable[Process]], file: PurePath) -> bool:
        """Return whether the process that wrote into a file every 10 ms has ended."""
        return not await self._grows(start, file, 0.3)

    @_asynchronous
    async def test_create_and_start_may_be_repeated(self, compute: Compute) -> None:
        """It is ready afterwards, however often."""
        for _ in range(2):
            await compute.create()
            await compute.start()
            assert await compute.state() is ComputeState.RUNNING

    @_asynchronous
    async def test_usage_is_within_its_bounds(self, compute: Compute) -> None:
        """It uses some of what it has."""
        usage = await compute.usage()
        assert usage.cpu_count >= 1
        assert 0 <= usage.cpu_percent <= 100
        assert 0 < usage.memory_bytes <= usage.memory_total_bytes

    @_asynchronous
    async def test_operations_that_it_is_not_capable_of_are_refused(self, compute: Compute) -> None:
        """By a sentence that names the compute."""
        able = compute.capabilities
        refused: list[Callable[[], Awaitable[None]]] = []
        refused += [] if able.stops else [compute.stop, compute.restart, compute.delete]
        refused += [] if able.scales else [partial(compute.want, 2)]
        for operation in refused:
            with pytest.raises(ConflictError, match=f"compute '{compute.name}' of kind '{compute.kind}' cannot be"):
                await operation()
        if not able.logs:
            with pytest.raises(ConflictError, match="cannot be asked for logs"):
                compute.logs()

    @_asynchronous
    async def test_environment_and_folder_are_those_given(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Nothing of our own environment reaches the program, except what was given, and the marker."""
        process = await start("import json, os; print(json.dumps([os.getcwd(), dict(os.environ)]))", GREETING="hello")
        cwd, environment = json.loads(await self._read(process, folder / "log"))
        assert PurePath(cwd).name == folder.name
        assert environment["GREETING"] == "hello"
        assert environment[MARKER]
        assert environment.keys() - {"PATH", "LC_CTYPE"} == {"GREETING", MARKER}

    @_asynchronous
    async def test_output_is_appended_to_a_private_log(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Both streams are written to the log, and a second program does not overwrite it."""
        for text in ("first", "second"):
            code = f"import sys; print({text!r}, flush=True); print('error', file=sys.stderr)"
            assert await (await start(code)).wait() == Exit(code=0)
        process = await start("import os; print(oct(os.stat('log').st_mode & 0o777))")
        assert await self._read(process, folder / "log") == b"first\nerror\nsecond\nerror\n0o600\n"

    @_asynchronous
    async def test_follow_yields_whole_lines_from_an_offset_until_the_end(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """While it runs, of a file that does not exist yet; what has no line end is left out."""
        code = (
            "import os, time\n"
            "file = open('lines', 'wb', buffering=0)\n"
            "file.write(b'one\\ntw')\n"
            "while not os.path.exists('go'): time.sleep(0.01)\n"
            "file.write(b'o\\nthree')"
        )
        process = await start(code, log="other")
        pieces = process.follow(folder / "lines")
        assert await anext(pieces) == b"one\n"
        assert await (await start("open('go', 'w').close()")).wait() == Exit(code=0)
        assert [piece async for piece in pieces] == [b"two\n"]
        assert await self._read(process, folder / "lines", 4) == b"two\n"
        assert await self._read(process, folder / "missing") == b""

    @_asynchronous
    async def test_connect_leads_to_a_socket_of_the_program(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Bytes go both ways."""
        process = await start(_SERVER)
        await self._first(process, folder / "log")
        path = await process.connect(folder / "s")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(_TIMEOUT_S)
            client.connect(str(path))
            client.sendall(b"hello")
            assert await asyncio.to_thread(client.recv, 5) == b"HELLO"

    @_asynchronous
    async def test_standard_input_is_what_was_given(self, start: Callable[..., Awaitable[Process]]) -> None:
        """However long it is, whether or not the program reads it; a program that asks for more does not hang."""
        code = "import sys; sys.exit(sys.stdin.buffer.read() != b'secret' * int(sys.argv[1]))"
        assert await (await start(code, "0")).wait() == Exit(code=0)
        assert await (await start(code, "100000", stdin=b"secret" * 100_000)).wait() == Exit(code=0)
        assert await (await start("raise SystemExit(5)", stdin=b"secret" * 100_000)).wait() == Exit(code=5)

    @pytest.mark.parametrize("code", [0, 1, 42, 255])
    @_asynchronous
    async def test_exit_code(self, start: Callable[..., Awaitable[Process]], code: int) -> None:
        """The exit code is the program's; any number of callers may wait for it, and it stays."""
        process = await start(f"raise SystemExit({code})")
        first, second = await asyncio.gather(process.wait(), process.wait())
        assert first == second == Exit(code=code)
        assert process.exit == await process.wait() == Exit(code=code)

    @_asynchronous
    async def test_a_wait_that_is_cancelled_does_nothing(self, start: Callable[..., Awaitable[Process]]) -> None:
        """The program runs on, and others can wait."""
        process = await start("import time; time.sleep(600)")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.wait(), 0.05)
        assert process.exit is None
        await process.kill()
        assert await process.wait() == Exit(signal="SIGKILL")

    @_asynchronous
    async def test_signal_reaches_the_program(self, start: Callable[..., Awaitable[Process]], folder: PurePath) -> None:
        """A handler runs; after the end a signal does nothing."""
        code = (
            "import signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
            "print('ready', flush=True)\n"
            "time.sleep(600)"
        )
        process = await start(code)
        await self._first(process, folder / "log")
        await process.signal(signal.SIGTERM)
        assert await process.wait() == Exit(code=7)
        await process.signal(signal.SIGTERM)

    @_asynchronous
    async def test_death_by_a_signal_names_it(self, start: Callable[..., Awaitable[Process]]) -> None:
        """By its name, whatever its number is on that machine."""
        process = await start("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        assert await process.wait() == Exit(signal="SIGSEGV")

    @_asynchronous
    async def test_a_program_that_does_not_exist(self, compute: Compute, folder: PurePath) -> None:
        """It cannot be started, and the caller learns so at once."""
        spec = ProcessSpec(argv=["/no-such-program"], cwd=folder, log=folder / "log", marker="none")
        with pytest.raises(OSError, match="no-such-program"):
            await compute.spawn(spec)

    @_asynchronous
    async def test_kill_ends_daemons(self, start: Callable[..., Awaitable[Process]], folder: PurePath) -> None:
        """Even one that forked twice into a session of its own."""
        process = await start(_DAEMON, "stay")
        await self._first(process, folder / "daemon")
        await process.kill()
        assert await process.wait() == Exit(signal="SIGKILL")
        assert await self._ended(start, folder / "daemon")

    @_asynchronous
    async def test_kill_after_the_end_ends_daemons(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """The program has ended by itself, its daemon has not."""
        process = await start(_DAEMON, "leave")
        assert await process.wait() == Exit(code=0)
        assert await self._grows(start, folder / "daemon")
        await process.kill()
        assert await self._ended(start, folder / "daemon")
        assert process.exit == Exit(code=0)

    @_asynchronous
    async def test_kill_marked_needs_no_handle(
        self, compute: Compute, marker: str, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """As after a crash of the supervisor."""
        process = await start(_DAEMON, "stay")
        await self._first(process, folder / "daemon")
        await compute.kill_marked(marker)
        assert await process.wait() == Exit(signal="SIGKILL")
        assert await self._ended(start, folder / "daemon")

    @_asynchronous
    async def test_kill_ends_children_without_the_marker(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """A child may have been started with an environment of its own."""
        process = await start(_CHILD)
        await self._first(process, folder / "child")
        await process.kill()
        assert await self._ended(start, folder / "child")

    @_asynchronous
    async def test_kill_outruns_a_program_that_forks(
        self, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """Each process starts the next one and ends: a moving target."""
        process = await start(_RESPAWN)
        await process.wait()
        assert await self._grows(start, folder / "respawned")
        await process.kill()
        assert await self._ended(start, folder / "respawned")

    @_asynchronous
    async def test_kill_spares_the_others(self, start: Callable[..., Awaitable[Process]]) -> None:
        """Another program of the same compute runs on."""
        other = await start("import time; time.sleep(600)", mark=uuid.uuid4().hex)
        await (await start("import time; time.sleep(600)")).kill()
        assert other.exit is None

    @_asynchronous
    async def test_attach(self, compute: Compute, start: Callable[..., Awaitable[Process]]) -> None:
        """Given what was stored as JSON, another handle sees the program run, waits for it and kills it."""
        process = await start("import time; time.sleep(600)")
        other = await compute.attach(json.loads(json.dumps(process.info())))
        assert other.exit is None
        waiting = asyncio.create_task(other.wait())
        await other.kill()
        assert (await waiting).code is None
        assert await process.wait() == Exit(signal="SIGKILL")

    @_asynchronous
    async def test_attach_after_the_end(
        self, compute: Compute, start: Callable[..., Awaitable[Process]], folder: PurePath
    ) -> None:
        """How it ended may be unknown then, but what it left running can be killed."""
        process = await start(_DAEMON, "leave")
        assert await process.wait() == Exit(code=0)
        other = await compute.attach(process.info())
        ended = await other.wait()
        assert ended == Exit(code=0) or ended.lost
        await other.signal(signal.SIGTERM)
        await other.kill()
        assert await self._ended(start, folder / "daemon")
