# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A compute that shares nothing with the machine of the supervisor: all it knows is a socket."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import tempfile
import uuid
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_ml.compute.archives import pack, unpack
from jupyter_ml.compute.base import Capabilities, Compute, ComputeState, ComputeUsage
from jupyter_ml.compute.process import Exit, Process, ProcessSpec
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.base import Schema

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator

    from jupyter_ml.compute.process import Info


class RemoteSettings(Schema):
    socket: str
    root: str


@contextmanager
def running_agent() -> Iterator[RemoteSettings]:
    """Start an agent with an empty root, and end it with everything that it has started."""
    with tempfile.TemporaryDirectory(prefix="r-") as folder:
        root = Path(folder, "root")
        root.mkdir()
        settings = RemoteSettings(socket=f"{folder}/s", root=str(root))
        command = [sys.executable, "-m", "tests.compute.agent", settings.root, settings.socket]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as agent:
            assert agent.stdout
            assert agent.stdout.readline() == b"ready\n"
            try:
                yield settings
            finally:
                agent.kill()


@asynccontextmanager
async def request(
    socket: str, content: bytes = b"", *, open_ended: bool = False, **what: Any
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        reader, writer = await asyncio.open_unix_connection(socket, limit=2**20)
    except OSError as error:
        raise UnavailableError(f"the agent does not answer: {error}") from error
    try:
        writer.write(json.dumps(what).encode() + b"\n" + content)
        if not open_ended:
            writer.write_eof()
        await writer.drain()
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def call(socket: str, content: bytes = b"", **what: Any) -> dict[str, Any]:
    async with request(socket, content, **what) as (reader, _):
        return await answer(reader)


async def answer(reader: asyncio.StreamReader) -> dict[str, Any]:
    line = await reader.readline()
    if not line:
        raise UnavailableError("the agent has ended")
    answered: dict[str, Any] = json.loads(line)
    if "error" in answered:
        raise OSError(answered["error"])
    return answered


class RemoteProcess(Process):
    _waiting: ClassVar[set[asyncio.Future[Exit]]] = set()

    def __init__(self, socket: str, key: str) -> None:
        self._socket, self._key = socket, key
        self._ended = asyncio.ensure_future(self._wait())
        self._waiting.add(self._ended)  # the loop itself holds no tasks
        self._ended.add_done_callback(self._waiting.discard)
        self._ended.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._proxies: list[asyncio.Server] = []

    async def _wait(self) -> Exit:
        return Exit(**await call(self._socket, do="wait", key=self._key))

    @property
    def exit(self) -> Exit | None:
        if not self._ended.done() or self._ended.cancelled():
            return None
        error = self._ended.exception()
        return Exit(lost=str(error)) if error else self._ended.result()

    async def wait(self) -> Exit:
        with suppress(UnavailableError):
            await asyncio.shield(self._ended)
        assert self.exit
        return self.exit

    async def signal(self, number: int) -> None:
        await call(self._socket, do="signal", key=self._key, number=number)

    async def kill(self) -> None:
        for proxy in self._proxies:
            proxy.close()
        await call(self._socket, do="kill", key=self._key)
        await self.wait()

    async def follow(self, file: PurePath, offset: int = 0) -> AsyncGenerator[bytes, None]:
        async with request(self._socket, do="follow", key=self._key, file=str(file), offset=offset) as (reader, _):
            await answer(reader)
            while piece := await reader.read(2**20):
                yield piece

    async def connect(self, socket: PurePath) -> Path:
        path = Path(f"{self._socket}-{uuid.uuid4().hex[:6]}")

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with closing(writer):
                async with request(self._socket, do="connect", to=str(socket), open_ended=True) as theirs:
                    await asyncio.gather(pump(reader, theirs[1]), pump(theirs[0], writer), return_exceptions=True)

        self._proxies.append(await asyncio.start_unix_server(proxy, path))
        return path

    def info(self) -> Info:
        return {"key": self._key}


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    writer.write_eof()


class RemoteCompute(Compute):
    """Paths on it are below its root, and nothing of this machine is given to it but through the socket."""

    compute_type: ClassVar[str] = "remote"
    capabilities: ClassVar[Capabilities] = Capabilities()
    Settings: ClassVar[type[Schema]] = RemoteSettings

    def __init__(self, name: str, settings: Schema) -> None:
        super().__init__(name, settings)
        assert isinstance(settings, RemoteSettings)
        self._socket, self._root = settings.socket, PurePath(settings.root)

    async def create(self) -> None:
        pass

    async def start(self) -> None:
        pass

    async def state(self) -> ComputeState:
        return ComputeState.RUNNING

    async def usage(self) -> ComputeUsage:
        return ComputeUsage(**await call(self._socket, do="usage"))

    @property
    def python(self) -> str:
        return sys.executable

    def path(self, local: Path) -> PurePath:
        return self._root.joinpath(*local.parts[1:])

    async def send(self, local: Path) -> None:
        archive = io.BytesIO()
        pack(local, archive)
        content = archive.getvalue()
        await call(self._socket, content, do="send", path=str(self.path(local)), file=os.path.isfile(local))  # noqa: ASYNC240, PTH113

    async def fetch(self, local: Path, *, but: Collection[str] = ()) -> None:
        async with request(self._socket, do="fetch", path=str(self.path(local)), but=list(but)) as (reader, _):
            await answer(reader)
            unpack(io.BytesIO(await reader.read()), local)

    async def remove(self, local: Path) -> None:
        await call(self._socket, do="remove", path=str(self.path(local)))

    async def spawn(self, spec: ProcessSpec) -> Process:
        key = uuid.uuid4().hex
        given = asdict(spec) | {"cwd": str(spec.cwd), "log": str(spec.log)}
        stdin = given.pop("stdin")
        await call(self._socket, stdin, do="spawn", key=key, **given)
        return RemoteProcess(self._socket, key)

    async def attach(self, info: Info) -> Process:
        return RemoteProcess(self._socket, **info)

    async def kill_marked(self, marker: str) -> None:
        await call(self._socket, do="kill_marked", marker=marker)
