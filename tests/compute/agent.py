# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A program that starts others in a directory of its own, as a remote machine does: ``agent.py ROOT SOCKET``.

Each connection is one request: a line of JSON, then bytes up to the end, and the same back.
"""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_ml.compute.archives import pack, unpack
from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.compute.process import Process, ProcessSpec


class Agent:
    def __init__(self, root: Path) -> None:
        self._root, self._local = root, LocalCompute()
        self._processes: dict[str, Process] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = json.loads(await reader.readline())
        try:
            await getattr(self, request.pop("do"))(reader, writer, **request)
        except OSError as error:
            reply(writer, {"error": str(error)})
        except ConnectionError:
            pass
        writer.close()

    async def spawn(self, reader: Any, writer: Any, *, key: str, **spec: Any) -> None:
        spec = {**spec, "cwd": Path(spec["cwd"]), "log": Path(spec["log"]), "stdin": await reader.read()}
        self._processes[key] = await self._local.spawn(ProcessSpec(**spec))
        reply(writer, {})

    async def wait(self, reader: Any, writer: Any, *, key: str) -> None:
        reply(writer, asdict(await self._processes[key].wait()))

    async def signal(self, reader: Any, writer: Any, *, key: str, number: int) -> None:
        await self._processes[key].signal(number)
        reply(writer, {})

    async def kill(self, reader: Any, writer: Any, *, key: str) -> None:
        await self._processes[key].kill()
        reply(writer, {})

    async def kill_marked(self, reader: Any, writer: Any, *, marker: str) -> None:
        await self._local.kill_marked(marker)
        reply(writer, {})

    async def usage(self, reader: Any, writer: Any) -> None:
        reply(writer, (await self._local.usage()).model_dump())

    async def follow(self, reader: Any, writer: Any, *, key: str, file: str, offset: int) -> None:
        reply(writer, {})
        async for piece in self._processes[key].follow(Path(file), offset):
            writer.write(piece)
            await writer.drain()

    async def connect(self, reader: Any, writer: Any, *, to: str) -> None:
        theirs = await asyncio.open_unix_connection(to)
        await asyncio.gather(pump(reader, theirs[1]), pump(theirs[0], writer))

    async def send(self, reader: Any, writer: Any, *, path: str, file: bool) -> None:
        replace(Path(path), await reader.read(), file=file)
        reply(writer, {})

    async def fetch(self, reader: Any, writer: Any, *, path: str, but: list[str]) -> None:
        archive = io.BytesIO()
        pack(Path(path), archive, but=but)
        reply(writer, {})
        writer.write(archive.getvalue())
        await writer.drain()

    async def remove(self, reader: Any, writer: Any, *, path: str) -> None:
        shutil.rmtree(path, ignore_errors=True)
        reply(writer, {})


def replace(target: Path, archive: bytes, *, file: bool) -> None:
    if not file:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
    unpack(io.BytesIO(archive), target.parent if file else target)


def reply(writer: asyncio.StreamWriter, content: dict[str, Any]) -> None:
    writer.write(json.dumps(content).encode() + b"\n")


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    writer.write_eof()


async def main(root: Path, socket: str) -> None:
    async with await asyncio.start_unix_server(Agent(root).serve, socket, limit=2**20) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
